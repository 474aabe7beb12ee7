"""How many times faster all box records of a map are made at once than object by object.

Run ``python -m benchmarks.boxes [--repeats N]``.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scumble.data.boxes import object_boxes

SIZES = ((256, 512), (480, 640))
"""Height and width of the maps."""
COUNTS = (5, 30, 100)
"""Objects in a map."""
CATEGORIES = (24, 26)


def street_map(height: int, width: int, objects: int) -> NDArray[np.int32]:
    """An instance map in the manner of Cityscapes: eight bands of stuff, and ellipses behind each other."""
    rng = np.random.default_rng(objects)
    y, x = np.ogrid[:height, :width]
    ids = np.broadcast_to(y * 8 // height + 7, (height, width)).astype(np.int32)
    made = 0
    while made < objects:
        rows, columns = rng.uniform(4, height / 8, 2)
        ellipse = ((y - rng.integers(height)) / rows) ** 2 + ((x - rng.integers(width)) / columns) ** 2 <= 1
        seen = ellipse & (ids < 1000)
        if seen.any():
            ids[seen] = 1000 * int(rng.choice(CATEGORIES)) + made
            made += 1
    return ids


def object_by_object(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """The records, with a pass over the map for each object."""
    height, width = ids.shape
    records = []
    for id_ in np.unique(ids).tolist():
        if id_ // 1000 not in CATEGORIES:
            continue
        rows, columns = np.nonzero(ids == id_)
        extents = []
        for places, size in ((rows, height), (columns, width)):
            low, high = int(places.min()), int(places.max())
            if (high - low) % 2 and high + 1 <= size:
                high += 1
            if (high - low) % 2 and low >= 1:
                low -= 1
            extents += [low, high]
        if extents[1] - extents[0] >= 2 and extents[3] - extents[2] >= 2:
            records.append([id_, *extents, 1, 1])
    return np.array(records, dtype=np.int64)


def seconds(make: Callable[[NDArray[np.int32]], object], ids: NDArray[np.int32], repeats: int) -> float:
    """The median CPU time of a call."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        make(ids)
        times.append(time.process_time() - start)
    return statistics.median(times)


def at_once(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """The records as scumble makes them."""
    return object_boxes(ids, CATEGORIES)


def main() -> None:
    """Print a table: milliseconds of both ways and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=50, help="measurements of each (default: 50)")
    repeats = parser.parse_args().repeats
    print("height x width  objects  one by one (ms)  at once (ms)  ratio")
    for height, width in SIZES:
        for objects in COUNTS:
            ids = street_map(height, width, objects)
            if not np.array_equal(at_once(ids), object_by_object(ids)):
                raise AssertionError("The two ways disagree.")
            slow, fast = (1000 * seconds(make, ids, repeats) for make in (object_by_object, at_once))
            size = f"{height} x {width}"
            print(f"{size:>14}{objects:9}{slow:17.2f}{fast:14.3f}{slow / fast:7.0f}")


if __name__ == "__main__":
    main()
