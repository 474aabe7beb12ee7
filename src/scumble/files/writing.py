"""Writing results: whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import InputError


@contextmanager
def _replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A stream whose content becomes the file at ``path`` in one step when the block ends well."""
    target = Path(path)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        try:
            with temporary.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; choose another place."
        ) from None


def write_image(path: str | os.PathLike[str], array: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write a PNG in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        array: ``[H, W, 3]`` RGB or ``[H, W]`` grey of uint8, or ``[H, W]`` of uint16.

    Raises:
        InputError: the place cannot be written.
    """
    picture = Image.fromarray(array)
    with _replacing(path) as stream:
        picture.save(stream, format="PNG")


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write JSON in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        value: JSON-able; NaN and infinities are not.

    Raises:
        InputError: the place cannot be written.
        ValueError: the value holds NaN or an infinity.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text in UTF-8 in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        text: what to write.

    Raises:
        InputError: the place cannot be written.
    """
    with _replacing(path) as stream:
        stream.write(text.encode("utf-8"))


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}; check the path.") from None


class OutputFolder:
    """Collects the files of a run and puts them into a folder only if the run succeeds.

    Use it as a context manager, which gives a hidden temporary folder to write to. When the block ends
    well, its files move into the output folder: same-named files there are replaced, others stay. When the
    block fails, nothing of it remains and the output folder is as before.

    The temporary folder lies inside the output folder where that exists (it may be a mounted volume, across
    whose border files cannot be moved in one step), else in the nearest folder above it that exists.

    Args:
        path: the output folder; it need not exist.
        new: refuse an output folder that holds anything.
    """

    def __init__(self, path: str | os.PathLike[str], *, new: bool = False) -> None:
        self._target = Path(path)
        self._new = new
        self._temporary = Path()

    def __enter__(self) -> Path:
        """Make the temporary folder.

        Returns:
            The folder to write files to; subfolders are allowed.

        Raises:
            InputError: the output folder is a file, cannot be written, or is not empty but should be new.
        """
        try:
            if self._new and self._target.is_dir() and any(self._target.iterdir()):
                raise InputError(
                    f"The output folder {self._target} is not empty; expected a new or an empty one; choose "
                    "another place or move it away."
                )
            place = self._target.absolute()
            while not place.exists():
                place = place.parent
            if not place.is_dir():
                raise InputError(
                    f"{self._target} cannot be the output folder: {place} is a file; expected a folder; "
                    "choose another place."
                )
            self._temporary = place / f".scumble-{secrets.token_hex(8)}.tmp"
            self._temporary.mkdir()
        except (OSError, ValueError) as error:
            raise self._not_writable(error) from None
        return self._temporary

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Move the files into the output folder, or remove them if the block failed."""
        try:
            if kind is None:
                self._move()
        except OSError as problem:
            raise self._not_writable(problem) from None
        finally:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _move(self) -> None:
        if not self._target.exists():
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.rename(self._target)
            return
        files = sorted(file for file in self._temporary.rglob("*") if file.is_file())
        targets = [self._target / file.relative_to(self._temporary) for file in files]
        for target in targets:
            # Looked at before the first file moves, so that a clash leaves the folder as it was.
            if target.is_dir():
                raise InputError(
                    f"{target} is a folder; expected a file or nothing there; move it away or choose another "
                    "output folder."
                )
        for file, target in zip(files, targets, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)

    def _not_writable(self, error: OSError | ValueError) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(
            f"The output folder {self._target} cannot be written: {reason}; choose another place."
        )
