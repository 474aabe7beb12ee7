"""What clients send as files: kept under names of ours while it is read, and never called by theirs."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from scumble.errors import InputError, ScumbleError
from scumble.files import read_image, read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, ImageArray
from scumble.studio.refusals import BusyError

_AT_ONCE = 2
"""Pictures that are decoded at a time: each may take a gigabyte."""
_PATIENCE = 60.0


class Intake:
    """Reads the pictures and maps that clients send.

    Args:
        folder: where files lie meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until there is memory for large arrays.

        Raises:
            BusyError: that takes too long.
        """
        if not self._free.acquire(timeout=_PATIENCE):
            raise BusyError("Too many pictures are being read at once; try again.", 5)
        try:
            yield
        finally:
            self._free.release()

    def photograph(self, stream: BinaryIO, what: str = "The photo") -> ImageArray:
        """A picture ``[H, W, 3]``.

        Raises:
            InputError: it cannot be used; the message calls it ``what``.
        """
        with self._kept(stream, what) as path:
            return read_image(path)

    def labels(self, stream: BinaryIO, space: LabelSpace, size: tuple[int, int] | None) -> IdArray:
        """A label map ``[H, W]``, see `read_labels`.

        Raises:
            InputError: it cannot be used, or is not of this size.
        """
        with self._kept(stream, "The label map") as path:
            return read_labels(path, LabelCoding.of_photograph(space), size)

    def instances(self, stream: BinaryIO | None, labels: IdArray, space: LabelSpace) -> IdArray:
        """An instance map ``[H, W]`` in our numbering; derived from the labels where none is sent.

        Raises:
            InputError: it cannot be used, or is not of the size of the labels.
        """
        if stream is None:
            return derive_instances(labels, space)
        with self._kept(stream, "The instance map") as path:
            given = read_instances(path, (labels.shape[1], labels.shape[0]))
        if int(given.max()) >= 2**24:
            raise InputError(
                f"The instance map has the id {given.max()}; expected ids below {2**24:,}; "
                "number them from 0."
            )
        return consistent_instances(labels, given.astype(np.int32), space)

    @contextmanager
    def _kept(self, stream: BinaryIO, what: str) -> Iterator[Path]:
        start = stream.read(6)
        suffix = ".npy" if start == b"\x93NUMPY" else ".png"
        path = self._folder / f".{secrets.token_hex(8)}{suffix}"
        try:
            with path.open("xb") as file:
                file.write(start)
                shutil.copyfileobj(stream, file)
            yield path
        except ScumbleError as error:
            raise type(error)(str(error).replace(str(path), what)) from None
        finally:
            path.unlink(missing_ok=True)
