"""How many rendered streets of 256 x 256 pixels a machine makes in a second, with one process and with two.

Run ``python benchmarks/streets.py [--scenes N]``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time

from scumble.streets import render_street

_WARM_UP = 10
"""Scenes that each process renders before its time counts."""


def measure(first: int, scenes: int) -> tuple[float, float]:
    """Seconds on the clock and seconds of CPU that the scenes from this seed on take."""
    for seed in range(first, first + _WARM_UP):
        render_street(seed)
    start, cpu = time.perf_counter(), time.process_time()
    for seed in range(first, first + scenes):
        render_street(seed)
    return time.perf_counter() - start, time.process_time() - cpu


def main() -> None:
    """Print scenes a second and CPU time a scene."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scenes", type=int, default=60, help="scenes for each process (default: 60)")
    scenes = parser.parse_args().scenes
    # Several processes that use several threads each would be in each other's way.
    os.environ["OMP_NUM_THREADS"] = "1"
    for processes in (1, 2):
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            times = pool.starmap(measure, [(i * scenes, scenes) for i in range(processes)], chunksize=1)
        rate = sum(scenes / seconds for seconds, _ in times)
        cpu = sum(seconds for _, seconds in times) / (scenes * processes)
        print(f"{processes} process(es): {rate:.1f} scenes a second, {1000 * cpu:.0f} ms of CPU a scene")


if __name__ == "__main__":
    main()
