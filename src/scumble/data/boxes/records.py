"""Box records of a map, all regions at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scumble.data.boxes.runs import MapArray, find_runs, look_up
from scumble.errors import ConfigError

BoxArray = NDArray[np.int64]
"""Box records, ``[K, 7]``: ``code, hs, he, ws, we, H0, W0``.

``code`` is part category * 1000 + number of the object. ``hs, he`` are its first row and the end of its
rows, ``ws, we`` the same of its columns, in pixels of the map. ``H0, W0`` are height and width of the
photograph where the map was squashed from its proportions, else 1, 1.
"""
OBJECTS_PER_CATEGORY = 1000
"""A code is part category * 1000 + number of the object."""

_LARGEST_CATEGORY = np.iinfo(np.int32).max // OBJECTS_PER_CATEGORY - 1


def region_boxes(ids: MapArray, original: tuple[int, int] = (1, 1)) -> BoxArray:
    """The record of every id of a map, by rising id, those of stuff and background too.

    The end of rows and of columns is the *last* row and column (iPOSE, released code): one short, which a
    margin of 2 pixels makes up for later. Then `even_boxes` applies, which drops objects of one pixel, of
    one row and of one column.

    Args:
        ids: ``[H, W]``, 0..2147483647.
        original: ``H0`` and ``W0`` of the records.

    Raises:
        InputError: the map cannot be used.
    """
    runs = find_runs(ids=ids)
    height, width = runs.shape
    order = np.argsort(runs.values[0], kind="stable")
    value, start = runs.values[0][order], runs.starts[order]
    end = np.append(runs.starts[1:], height * width)[order] - 1
    row, left = np.divmod(start, width)
    first = np.flatnonzero(np.diff(value, prepend=-1))
    last = np.append(first[1:], len(value)) - 1
    boxes = np.empty((len(first), 7), dtype=np.int64)
    boxes[:, 0] = value[first]
    # The sort is stable: the runs of an id stay in the order of their rows.
    boxes[:, 1], boxes[:, 2] = row[first], row[last]
    boxes[:, 3] = np.minimum.reduceat(left, first)
    boxes[:, 4] = np.maximum.reduceat(end - row * width, first)
    boxes[:, 5:] = original
    return even_boxes(boxes, height, width)


def object_boxes(codes: MapArray, categories: Iterable[int], original: tuple[int, int] = (1, 1)) -> BoxArray:
    """The records of the objects of a map.

    Args:
        codes: ``[H, W]``, part category * 1000 + number of the object; values below 1000 are no objects.
        categories: the part categories whose objects count, in the order in which they are painted; none
            give no records. Objects of one category are painted by rising code.
        original: height and width of the photograph if the map was squashed from other proportions.

    Returns:
        ``[K, 7]`` records in painting order; what `region_boxes` drops is not among them.

    Raises:
        InputError: the map cannot be used.
        ConfigError: a category is not in 1..2147482.
    """
    order = list(dict.fromkeys(categories))
    check_categories(order)
    boxes = region_boxes(codes, original)
    place = look_up(boxes[:, 0] // OBJECTS_PER_CATEGORY, {category: i for i, category in enumerate(order, 1)})
    boxes, place = boxes[place > 0], place[place > 0]
    return boxes[np.argsort(place, kind="stable")]


def even_boxes(boxes: BoxArray, height: int, width: int) -> BoxArray:
    """Records whose boxes have even height and width, where the map lets them; too small ones are dropped.

    An odd extent grows by one at its end, or at its beginning where the end is that of the map. Extents
    below 2 are dropped.

    Args:
        boxes: ``[K, 7]`` records.
        height: of the map in pixels.
        width: of the map in pixels.
    """
    boxes = boxes.copy()
    for low, size in ((1, height), (3, width)):
        start, end = boxes[:, low], boxes[:, low + 1]
        odd = (end - start) % 2 == 1
        at_end = end + 1 > size
        end += odd & ~at_end
        start -= odd & at_end & (start > 0)
    extents = boxes[:, [2, 4]] - boxes[:, [1, 3]]
    return boxes[(extents >= 2).all(axis=1)]


def check_categories(categories: Iterable[int]) -> None:
    """Refuse part categories that cannot be part of a code.

    Raises:
        ConfigError: a category is not in 1..2147482.
    """
    for category in categories:
        if not 1 <= category <= _LARGEST_CATEGORY:
            raise ConfigError(
                f"A part category is {category}; expected 1..{_LARGEST_CATEGORY}; see "
                "scumble.data.part_categories for the published ones."
            )
