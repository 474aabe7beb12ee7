"""Files inside of tar files, read where they lie: nothing is ever extracted to the disk."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scumble.errors import InputError

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Size of the largest picture file that is read."""


@dataclass(frozen=True)
class TarMember:
    """A file in an uncompressed tar file, as an index names it; readers take it in the place of a path.

    Attributes:
        archive: the tar file.
        offset: of the member's header in the tar file, in bytes.
        size: of the member's content, in bytes.
        name: of the member. It is compared with that in the header, and nothing else is done with it.
    """

    archive: Path
    offset: int
    size: int
    name: str

    def __fspath__(self) -> str:
        """What messages call it; no file of the disk."""
        return f"{self.archive}/{self.name}"

    __str__ = __fspath__

    @property
    def suffix(self) -> str:
        """The ending of the name, such as ``.png``."""
        return PurePosixPath(self.name).suffix

    def read_bytes(self) -> bytes:
        """The content.

        Raises:
            InputError: the member is too large, or the tar file is not what the index was made for.
        """
        if self.size > MAX_FILE_BYTES:
            raise InputError(
                f"{self} has {self.size:,} bytes; expected at most {MAX_FILE_BYTES:,}; pack the set anew."
            )
        try:
            with self.archive.open("rb") as stream:
                stream.seek(self.offset)
                block = stream.read(tarfile.BLOCKSIZE + self.size)
        except OSError as error:
            raise InputError(
                f"{self.archive} cannot be opened: {error.strerror or error}; check the path."
            ) from None
        try:
            header = tarfile.TarInfo.frombuf(block[: tarfile.BLOCKSIZE], "utf-8", "replace")
        except tarfile.HeaderError as error:
            raise self._changed(f"there is no header of a file there ({error})") from None
        if (header.name, header.size, header.isreg()) != (self.name, self.size, True):
            raise self._changed(f"there is {header.name!r} of {header.size:,} bytes")
        content = block[tarfile.BLOCKSIZE :]
        if len(content) < self.size:
            raise self._changed(f"the file ends after {len(content):,} of its bytes")
        return content

    def _changed(self, found: str) -> InputError:
        return InputError(
            f"{self.archive}: {self.name!r} of {self.size:,} bytes should begin at byte {self.offset:,}, but "
            f"{found}; the file is damaged or of another set: copy it again or pack the set anew."
        )


AnyFile = Path | TarMember
"""A file on the disk or in a tar file."""
