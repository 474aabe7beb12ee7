"""A disk that becomes full, or that can no longer be written."""

from __future__ import annotations

import builtins
import errno
import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch

FAILURES = [(errno.ENOSPC, False), (errno.ENOSPC, True), (errno.EROFS, True)]
"""Error number, and whether what comes after it fails too."""


class Disk:
    """Lets what writes to a folder fail.

    Args:
        patch: puts it in place.
        folder: where.
        code: number of the error.
        at: which call fails, from 1.
        forever: whether all later calls fail too.
    """

    def __init__(
        self, patch: pytest.MonkeyPatch, folder: Path, code: int, at: int = 1, forever: bool = True
    ) -> None:
        self.folder, self.code, self.at, self.forever, self.calls = str(folder), code, at, forever, 0
        for module, name in ((io, "open"), (builtins, "open")):
            self._patch(
                patch, module, name, lambda path, mode="r", *_: path if set(mode) & set("wax+") else ""
            )
        for name in ("mkdir", "rename", "replace", "link"):
            self._patch(
                patch, os, name, lambda *paths: paths[-1] if isinstance(paths[-1], str | Path) else paths[0]
            )
        for name in ("fsync", "sendfile"):
            self._patch(patch, os, name, lambda *_: self.folder)
        self._patch(patch, safetensors.torch, "save_file", lambda _, path: path)
        if code == errno.EROFS:
            for name in ("unlink", "rmdir"):
                self._patch(patch, os, name, lambda path: path if os.path.lexists(path) else "")

    def _patch(self, patch: pytest.MonkeyPatch, module: Any, name: str, place: Callable[..., Any]) -> None:
        """Fail where ``place`` finds a path in the folder among the arguments."""
        original = getattr(module, name)

        def perhaps(*given: Any, **more: Any) -> Any:
            if str(place(*given)).startswith(self.folder):
                self.calls += 1
                if self.calls == self.at or (self.forever and self.calls > self.at):
                    raise OSError(self.code, os.strerror(self.code))
            return original(*given, **more)

        patch.setattr(module, name, perhaps)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let the system cut every file that this process writes at so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
