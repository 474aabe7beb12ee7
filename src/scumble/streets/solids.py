"""Faces of rods and boxes, and what of them the camera sees."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scumble.streets.camera import NEAR, Camera, FloatArray
from scumble.streets.vectors import cross, lengths, unit

_BOX = np.array(
    [
        [[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]],
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
        [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]],
        [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]],
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 1, 0], [0, 1, 1], [1, 1, 1], [1, 1, 0]],
    ],
    dtype=np.float64,
)


def rods(starts: FloatArray, ends: FloatArray, radii: FloatArray, sides: int = 6) -> FloatArray:
    """Side faces of straight round rods, without their ends.

    Args:
        starts: ``[N, 3]`` in metres.
        ends: ``[N, 3]`` in metres, different from the starts.
        radii: ``[N, 2]`` in metres, at the start and at the end.
        sides: faces around each rod.

    Returns:
        ``[N * sides, 4, 3]``; seen from outside, the corners run counterclockwise where x is right, y up and
        z towards the viewer.
    """
    axis = unit(ends - starts)
    upright = np.abs(axis[:, 1:2]) > 0.9
    across = unit(cross(axis, np.where(upright, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])))
    other = cross(axis, across)
    cos, sin = _circle(sides)
    ring = cos * across[:, None] + sin * other[:, None]
    low = starts[:, None] + radii[:, :1, None] * ring
    high = ends[:, None] + radii[:, 1:, None] * ring
    faces = np.empty((len(starts), sides, 4, 3))
    faces[:, :, 0], faces[:, :, 1] = low[:, :-1], low[:, 1:]
    faces[:, :, 2], faces[:, :, 3] = high[:, 1:], high[:, :-1]
    return faces.reshape(-1, 4, 3)


@cache
def _circle(sides: int) -> tuple[FloatArray, FloatArray]:
    """Cosines and sines ``[sides + 1, 1]`` from 0 to 360 degrees."""
    angle = np.arange(sides + 1)[:, None] * (2 * math.pi / sides)
    return np.cos(angle), np.sin(angle)


def boxes(low: FloatArray, high: FloatArray) -> FloatArray:
    """Faces ``[N * 6, 4, 3]`` of upright boxes between corners ``[N, 3]``, wound like those of `rods`.

    The six faces of a box are those at low z, high z, low x, high x, low y and high y.
    """
    return (low[:, None, None] + _BOX * (high - low)[:, None, None]).reshape(-1, 4, 3)


def visible(faces: FloatArray, camera: Camera) -> NDArray[np.intp]:
    """Positions of the faces ``[N, K, 3]`` (wound like those of `rods`) seen from outside, far ones first.

    How far is measured along the ground, as what stands on it is mostly upright.
    """
    normal = cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    eye = camera.position
    seen = np.flatnonzero((normal * (eye - faces[:, 0])).sum(1) > 0)
    distance = lengths((faces[seen].mean(1) - eye)[:, ::2])[:, 0]
    return seen[np.argsort(-distance, kind="stable")]


def pixels_across(camera: Camera, place: tuple[float, float], reach: float) -> float | None:
    """How large something is in the picture, to choose how much detail it gets.

    Args:
        camera: that sees it.
        place: x and z of its middle in metres.
        reach: metres along the ground from its middle to its farthest point.

    Returns:
        Pixels that ``reach`` takes there, or at a distance of 1 m if it is nearer; None where nothing of it
        is in sight.
    """
    right, _, ahead = camera.view(np.array([place[0], 0.0, place[1]]))
    if ahead < NEAR - reach:
        return None
    scale = camera.focal * camera.height
    # The farther away, the farther aside it may stand: its far end decides.
    if abs(right) - reach > (ahead + reach) * camera.width / 2 / scale:
        return None
    return float(scale * reach / max(ahead, 1.0))
