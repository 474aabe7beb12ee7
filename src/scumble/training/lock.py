"""One training at a time in a folder."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scumble.errors import ConfigError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder of a run and hold it; the system lets go of it when this process ends, however it does.

    On file systems that know no locks nothing is held.

    Args:
        folder: the run.

    Raises:
        ConfigError: another process holds it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise ConfigError(f"--run-dir {folder} cannot be made ({error}); give another.") from None
    with file:
        if not _take(file):
            raise ConfigError(
                f"--run-dir {folder} is being trained by another process; wait until it has ended, stop it, "
                "or give another folder."
            )
        yield


def _take(file: IO[str]) -> bool:
    if fcntl is None:
        return True
    try:
        # Not flock, which processes that read samples would share and keep for a moment after this one's end.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)
    return True
