"""Freed memory is kept."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from scumble.allocator import keep_freed_memory

PROGRAM = """
import resource, threading
import numpy as np
from scumble.allocator import has_painted, keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        np.ones(2**25)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults())
keep_freed_memory()
has_painted()
faults()
print(faults())
thread = threading.Thread(target=lambda: print(faults()))
thread.start()
thread.join()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_memory_that_was_freed_is_not_asked_for_again_in_no_thread() -> None:
    assert keep_freed_memory()
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    before, after, threaded = map(int, done.stdout.split())
    if before < 100:
        pytest.skip("this system does not count page faults")
    assert after < before / 20
    assert threaded < before / 20
