"""Freed memory is kept for what comes next, instead of being given back to the system.

The C library asks the system for every large tensor and gives it back when it is freed. The next one is then
new to the process, page by page, which on a virtual machine takes a quarter of the time of a picture.
"""

from __future__ import annotations

import ctypes

KEPT = 2**30
"""Bytes of free memory from which on the C library gives it back."""
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
"""Parameters of glibc's ``mallopt``."""


def keep_freed_memory() -> bool:
    """Let this process keep up to `KEPT` bytes of memory that it has freed; commands of scumble do.

    Returns:
        Whether the C library could be told, as only glibc (Linux) can.
    """
    try:
        tell = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    # One arena, because those of threads map large pieces all the same.
    wanted = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, KEPT), (_ARENA_MAX, 1))
    return all(tell(parameter, value) == 1 for parameter, value in wanted)
