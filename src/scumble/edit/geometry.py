"""Which pixels strokes and polygons cover, in exact integer arithmetic.

The studio's page computes the same in JavaScript, whose whole numbers are exact below 2^53; the bounds of
coordinates and radii keep every intermediate value below that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scumble.scene import MaskArray

LARGEST_COORDINATE = 65_535
"""Bound of the size of coordinates, in pixels."""
LARGEST_RADIUS = 512
"""Bound of the radius of a stroke, in pixels."""

Point: TypeAlias = tuple[int, int]
"""``(x, y)``, x to the right, y down; pixel centres have whole coordinates."""
_Columns: TypeAlias = NDArray[np.int64]
_Runs: TypeAlias = tuple[_Columns, _Columns]

_FAR = 4 * LARGEST_COORDINATE
"""A column behind all that can be covered."""


def stroke_region(points: Sequence[Point], radius: int, size: tuple[int, int]) -> MaskArray:
    """The pixels whose centre is within a distance of a polyline.

    Args:
        points: at least one, coordinates up to `LARGEST_COORDINATE`.
        radius: 0..`LARGEST_RADIUS`, in pixels.
        size: width and height of the picture.

    Returns:
        ``[H, W]``, True for the covered pixels, perhaps none.
    """
    width, height = size
    # Runs are marked where they begin and behind their end, and summed along the rows at last.
    marks = np.zeros((height, width + 1), dtype=np.int32)
    for start, end in zip(points[:-1] or points, points[1:] or points, strict=True):
        top = max(min(start[1], end[1]) - radius, 0)
        bottom = min(max(start[1], end[1]) + radius, height - 1)
        rows = np.arange(top, bottom + 1, dtype=np.int64)
        first, last = _segment_runs(rows, start, end, radius)
        first, last = np.maximum(first, 0), np.minimum(last, width - 1)
        inside = first <= last
        np.add.at(marks, (rows[inside], first[inside]), 1)
        np.add.at(marks, (rows[inside], last[inside] + 1), -1)
    return np.asarray(np.cumsum(marks, axis=1)[:, :-1] > 0)


def polygon_region(points: Sequence[Point], size: tuple[int, int]) -> MaskArray:
    """The pixels whose centre is inside a closed polygon, by the even-odd rule.

    A centre on a left or upper side counts as inside, one on a right or lower side does not, so that polygons
    that share a side neither overlap nor leave a gap.

    Args:
        points: the corners, coordinates up to `LARGEST_COORDINATE`.
        size: width and height of the picture.

    Returns:
        ``[H, W]``, True for the covered pixels, perhaps none.
    """
    width, height = size
    crossings = np.zeros((height, width + 1), dtype=np.int32)
    for start, end in zip(points, (*points[1:], points[0]), strict=True):
        (x0, y0), (x1, y1) = (start, end) if start[1] <= end[1] else (end, start)
        rows = np.arange(max(y0, 0), min(y1, height), dtype=np.int64)
        if len(rows):
            column = -((x0 * (y0 - y1) - (rows - y0) * (x1 - x0)) // (y1 - y0))  # rounded up
            np.add.at(crossings, (rows, np.clip(column, 0, width)), 1)
    return np.asarray(np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1)


def _segment_runs(rows: _Columns, start: Point, end: Point, radius: int) -> _Runs:
    """First and last covered column of each row; the last is smaller where none is covered.

    In a row a thick segment covers one run: the union of the runs of the discs around its ends and of the
    band between them, where the cross product with the segment is at most ``radius * length``.
    """
    runs = [_disc_runs(rows, start, radius), _disc_runs(rows, end, radius)]
    across, down = end[0] - start[0], end[1] - start[1]
    square = across * across + down * down
    if square:
        y = rows - start[1]
        reach = math.isqrt(radius * radius * square)
        band = _strip(-down, across * y, -reach, reach)
        between = _strip(across, down * y, 0, square)
        first, last = np.maximum(band[0], between[0]), np.minimum(band[1], between[1])
        runs.append((start[0] + first, start[0] + last))
    first = np.min([np.where(a <= b, a, _FAR) for a, b in runs], axis=0)
    last = np.max([np.where(a <= b, b, -_FAR) for a, b in runs], axis=0)
    return first, last


def _disc_runs(rows: _Columns, center: Point, radius: int) -> _Runs:
    square = radius * radius - (rows - center[1]) ** 2
    half = np.floor(np.sqrt(np.maximum(square, 0))).astype(np.int64)
    return center[0] - half, np.where(square >= 0, center[0] + half, center[0] - half - 1)


def _strip(factor: int, offset: _Columns, low: int, high: int) -> _Runs:
    """The columns x of each row with ``low <= factor * x + offset <= high``."""
    if factor == 0:
        inside = (low <= offset) & (offset <= high)
        return np.where(inside, -_FAR, _FAR), np.where(inside, _FAR, -_FAR)
    if factor < 0:
        factor, offset, low, high = -factor, -offset, -high, -low
    return -((offset - low) // factor), (high - offset) // factor
