"""Upright walls as planes with coordinates of their own, and shapes in these."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scumble.streets.camera import NEAR, Camera, FloatArray


@dataclass(frozen=True)
class Wall:
    """An upright plane with coordinates u (along), v (up from the ground), w (out of the wall), in metres."""

    x: float
    """Of u = 0 in the world."""
    z: float
    """Of u = 0 in the world."""
    along: tuple[float, float]
    """x and z of the unit vector of u."""
    outward: tuple[float, float]
    """x and z of the unit vector of w."""
    length: float
    """Extent in u."""

    def in_world(self, points: FloatArray) -> FloatArray:
        """World points ``[..., 3]`` of points ``[..., 3]`` in u, v, w."""
        axes = np.array([[self.along[0], 0, self.along[1]], [0, 1, 0], [self.outward[0], 0, self.outward[1]]])
        world: FloatArray = points.reshape(-1, 3) @ axes + (self.x, 0.0, self.z)
        return world.reshape(points.shape)

    def position(self, camera: Camera) -> tuple[float, float]:
        """Where the camera is in u and w; w is positive if it sees the wall's outside."""
        x, z = camera.x - self.x, -self.z
        return x * self.along[0] + z * self.along[1], x * self.outward[0] + z * self.outward[1]

    def sight(self, camera: Camera) -> tuple[float, float, float, float]:
        """Places in the wall's plane as the camera sees them, to the right of it and ahead of it.

        Returns:
            ``a, b, c, d``, such that u is ``a + b * u`` to the right and ``c + d * u`` ahead, in metres.
        """
        cos, sin = math.cos(camera.yaw), math.sin(camera.yaw)
        x, z = self.x - camera.x, self.z
        step_x, step_z = self.along
        return cos * x - sin * z, cos * step_x - sin * step_z, sin * x + cos * z, sin * step_x + cos * step_z

    def span(self, camera: Camera, farthest: float = math.inf) -> tuple[float, float]:
        """Least and greatest u that the picture can show; the first is not below the second if there is none.

        Args:
            camera: that looks at the wall.
            farthest: distance ahead of the camera in metres up to which the wall counts.
        """
        right, right_step, ahead, ahead_step = self.sight(camera)
        half = 1.02 * camera.width / (2 * camera.focal * camera.height)
        low, high = 0.0, self.length
        for value, step in (
            (ahead - 1.2 * NEAR, ahead_step),
            (half * ahead - right, half * ahead_step - right_step),
            (half * ahead + right, half * ahead_step + right_step),
            (farthest - ahead, -ahead_step),
        ):
            if abs(step) < 1e-9:
                low = low if value > 0 else math.inf
            elif step > 0:
                low = max(low, -value / step)
            else:
                high = min(high, -value / step)
        return low, high


def quads(u: ArrayLike, v: ArrayLike, w: ArrayLike = 0.0) -> FloatArray:
    """Polygons ``[N, 4, 3]`` of coordinates ``[N, 4]`` or ``[4]`` that broadcast."""
    u, v, w = (np.asarray(c, dtype=np.float64) for c in (u, v, w))
    corners = np.empty((*np.broadcast(u, v, w).shape, 3))
    corners[..., 0], corners[..., 1], corners[..., 2] = u, v, w
    return corners.reshape(-1, 4, 3)


def rectangles(
    left: ArrayLike, right: ArrayLike, bottom: ArrayLike, top: ArrayLike, out: ArrayLike = 0.0
) -> FloatArray:
    """Upright rectangles ``[N, 4, 3]`` parallel to a wall; the arguments broadcast to ``[N]``."""
    return _upright(np.empty((_count(left, right, bottom, top, out), 4, 3)), left, right, bottom, top, out)


def boxes(
    viewer: tuple[float, float],
    left: ArrayLike,
    right: ArrayLike,
    bottom: ArrayLike,
    top: ArrayLike,
    out: ArrayLike,
    start: ArrayLike = 0.0,
) -> FloatArray:
    """What is seen of boxes on a wall: lower or upper side, end, front ``[N, 3, 4, 3]``.

    Args:
        viewer: u and v of the eye; sides that it cannot see have no area.
        left: least u.
        right: greatest u.
        bottom: least v.
        top: greatest v.
        out: w of the front.
        start: w of the back.
    """
    box = np.empty((_count(left, right, bottom, top, out, start), 3, 4, 3))
    end = np.minimum(np.maximum(viewer[0], left), right)
    level = np.minimum(np.maximum(viewer[1], bottom), top)
    # A side that cannot be seen gets no depth: from between two ends one sees neither.
    hidden_end, hidden_level = (end > left) & (end < right), (level > bottom) & (level < top)
    flat, side = box[:, 0], box[:, 1]
    _upright(flat, left, right, level, level, out)
    flat[:, 2:, 2] = np.where(hidden_level, out, start)[..., None]
    _upright(side, end, end, bottom, top, out)
    side[:, ::3, 2] = np.where(hidden_end, out, start)[..., None]
    _upright(box[:, 2], left, right, bottom, top, out)
    return box


def _count(*values: ArrayLike) -> int:
    return np.broadcast(*values).size


def _upright(
    corners: FloatArray, left: ArrayLike, right: ArrayLike, bottom: ArrayLike, top: ArrayLike, out: ArrayLike
) -> FloatArray:
    """Fill ``[N, 4, 3]`` with the u, v, w of rectangles."""
    corners[:, 0, 0] = corners[:, 3, 0] = left
    corners[:, 1, 0] = corners[:, 2, 0] = right
    corners[:, 0, 1] = corners[:, 1, 1] = bottom
    corners[:, 2, 1] = corners[:, 3, 1] = top
    corners[..., 2] = np.asarray(out)[..., None]
    return corners
