"""Which faces the hulls of cars consist of, the same for all cars of a style and distance."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scumble.streets.camera import FloatArray
from scumble.streets.vehicles.car_bodies import LOWER_LEVELS, STYLES, UPPER_LEVELS, grid, on_both_sides

NEAR_RING = np.array([-90, -69, -55, -48.5, -42, -30, 0, 25, 36, 42, 48.5, 55, 69, 90.0])
"""Bearings (see `Shell`) at which lower hulls bend, on the right side, of cars seen from near."""
ROOF_RING = np.array([-90, -62, -50, -45, -40, -15, 15, 40, 45, 50, 62, 90.0])
"""The same of glasshouses."""
FAR_RING = np.array([-90, -56, -46, -34, 0, 16, 34, 46, 56, 90.0])
"""The same of both, of cars seen from far."""


def _around(side: FloatArray) -> FloatArray:
    """Bearings all around, of those of the right side from -90 to 90."""
    return np.concatenate([side, 180 - side[-2::-1]])


FAR_AROUND = _around(FAR_RING)
"""Bearings of `FAR_RING` all around."""


@cache
def arc(first: float, last: float, corners: int) -> tuple[FloatArray, FloatArray]:
    """Cosines and sines ``[corners]`` of angles from the first to the last, in degrees."""
    turns = np.radians(np.linspace(first, last, corners))
    return np.cos(turns), np.sin(turns)


@cache
def hull_quads(detailed: bool) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.bool_]]:
    """Faces ``[N, 4, 2]`` all around the lower hull, and which of them are bumpers and sills."""
    levels = LOWER_LEVELS if detailed else LOWER_LEVELS[[0, 1, 3, 5]]
    quads = grid(_around(NEAR_RING) if detailed else FAR_AROUND, levels)
    middle = quads.mean(1)
    ahead, level = np.sin(np.radians(middle[:, 0])), middle[:, 1]
    return quads, ((level < 0.6) & (ahead > 0.66)) | ((level < 0.5) & (ahead < -0.66)), level < 0.1


@cache
def glasshouse_quads(style: str, detailed: bool) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Faces ``[N, 4, 2]`` of the upper hull, frames and panes; and how much of the sky each pane mirrors."""
    windows = STYLES[style].windows
    levels = UPPER_LEVELS if detailed else UPPER_LEVELS[[0, 2, 4]]
    hull = grid(_around(ROOF_RING) if detailed else FAR_AROUND, levels)
    heights = np.array([0.1, 0.35, 0.6, 0.82]) if detailed else np.array([0.1, 0.5, 0.82])
    columns = 5 if detailed else 3
    sides = np.linspace(windows[0][0] - 1, windows[-1][1] + 1, columns)
    frame = on_both_sides(grid(sides, np.array([0.06, 0.45, 0.86])))
    panes = [on_both_sides(grid(np.linspace(*span, columns // 2 + 1), heights)) for span in windows]
    panes.append(grid(np.linspace(47.5, 132.5, columns), np.array([0.03, *heights[1:-1], 0.88])))
    behind = ((224, 266), (274, 316)) if style == "van" else ((226, 314),)
    panes += [grid(np.linspace(*span, columns), np.array([0.16, *heights[1:]])) for span in behind]
    glass = np.concatenate(panes)
    # The higher, the more of the sky a pane mirrors, even where the hull is too flat to show it.
    bands = len(heights) - 1
    return hull, frame, glass, np.tile(np.linspace(0.05, 0.32, bands), len(glass) // bands)
