"""Faces of rods and boxes, and what of them the camera sees."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scumble.streets.camera import NEAR, Camera, FloatArray

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
    axis = ends - starts
    axis = axis / np.linalg.norm(axis, axis=1, keepdims=True)
    upright = np.abs(axis[:, 1:2]) > 0.9
    across = np.cross(axis, np.where(upright, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    other = np.cross(axis, across)
    angle = np.arange(sides + 1) * (2 * math.pi / sides)
    ring = np.cos(angle)[:, None] * across[:, None] + np.sin(angle)[:, None] * other[:, None]
    low = starts[:, None] + radii[:, :1, None] * ring
    high = ends[:, None] + radii[:, 1:, None] * ring
    return np.stack([low[:, :-1], low[:, 1:], high[:, 1:], high[:, :-1]], axis=2).reshape(-1, 4, 3)


def boxes(low: FloatArray, high: FloatArray) -> FloatArray:
    """Faces ``[N * 6, 4, 3]`` of upright boxes between corners ``[N, 3]``, wound like those of `rods`.

    The six faces of a box are those at low z, high z, low x, high x, low y and high y.
    """
    return (low[:, None, None] + _BOX * (high - low)[:, None, None]).reshape(-1, 4, 3)


def visible(faces: FloatArray, camera: Camera) -> NDArray[np.intp]:
    """Positions of the faces ``[N, K, 3]`` (wound like those of `rods`) seen from outside, far ones first.

    How far is measured along the ground, as what stands on it is mostly upright.
    """
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    eye = np.array([camera.x, camera.eye, 0.0])
    seen = np.flatnonzero((normal * (eye - faces[:, 0])).sum(1) > 0)
    distance = np.linalg.norm((faces[seen].mean(1) - eye)[:, [0, 2]], axis=1)
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
