"""Freed memory is kept for what comes next, instead of being given back to the system.

The C library asks the system for every large tensor and gives it back when it is freed. The next one is then
new to the process, page by page, which on a virtual machine takes a quarter of the time of a picture.

It is kept only from the first picture on. Until then large pieces have memory of their own, so that weights,
which stay, do not lie between what pictures use and free again; else these need half as much memory again.
"""

from __future__ import annotations

import ctypes

KEPT = 2**30
"""Bytes of free memory from which on the C library gives it back."""
_LARGE = 2**21
"""Bytes from which on a piece gets memory of its own before the first picture."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -3, -4, -8
"""Parameters of glibc's ``mallopt``."""
_wanted = False


def keep_freed_memory() -> bool:
    """Let this process keep up to `KEPT` bytes of freed memory once it has painted; commands of scumble do.

    Call it before a network is loaded.

    Returns:
        Whether the C library could be told, as only glibc (Linux) can.
    """
    global _wanted
    try:
        tell = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    # One arena, because those of threads map large pieces all the same.
    _wanted = all(
        tell(parameter, value) == 1 for parameter, value in ((_MMAP_THRESHOLD, _LARGE), (_ARENA_MAX, 1))
    )
    return _wanted


def has_painted() -> None:
    """Weights lie where they stay, so memory may be kept from now on if that is wanted."""
    global _wanted
    if not _wanted:
        return
    _wanted = False
    library = ctypes.CDLL(None)
    library.malloc_trim(0)
    library.mallopt(_TRIM_THRESHOLD, KEPT)
    library.mallopt(_MMAP_MAX, 0)
