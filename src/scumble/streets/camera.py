"""A pinhole camera on a street.

World coordinates are in metres: x to the right of the street, y up from the ground, z along the street.
The camera stands at z = 0, is level, and is turned by ``yaw`` about the vertical. The horizon is moved by
shifting the picture, not by tilting the camera, so vertical edges stay vertical.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
NEAR = 0.4
"""Distance in metres in front of the camera at which faces are cut off."""


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from."""

    width: int
    """Of the picture, in pixels."""
    height: int
    """Of the picture, in pixels."""
    x: float
    """Metres to the right of the middle of the street."""
    eye: float
    """Height above the ground in metres."""
    yaw: float
    """Radians to the right; 0 looks along the street."""
    focal: float
    """Focal length as a multiple of the picture's height."""
    horizon: float
    """Row of the horizon as a share of the picture's height, from the top."""

    @cached_property
    def position(self) -> FloatArray:
        """In the world ``[3]``, in metres."""
        return np.array([self.x, self.eye, 0.0])

    def view(self, points: FloatArray) -> FloatArray:
        """World points ``[..., 3]`` as right, up, ahead of the camera, in metres ``[..., 3]``."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
        seen: FloatArray = (points - self.position).reshape(-1, 3) @ turn
        return seen.reshape(points.shape)

    def project(self, seen: FloatArray) -> FloatArray:
        """Points of `view` in front of the camera as pixel coordinates ``[..., 2]`` (x, y)."""
        scale = self.focal * self.height / seen[..., 2]
        pixels = np.empty((*scale.shape, 2))
        pixels[..., 0] = self.width / 2 + seen[..., 0] * scale
        pixels[..., 1] = self.horizon * self.height - seen[..., 1] * scale
        return pixels

    def misses(self, places: FloatArray, margin: float) -> bool:
        """Whether all that stands within ``margin`` metres of places ``[N, 2]`` (x, z) is out of the picture.

        All have to be behind the camera or beyond the same side of the picture, so that what lies between
        them is out of the picture too.
        """
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        half = self.width / (2 * self.focal * self.height)
        slant = margin * math.hypot(1, half)
        offsets = [(x - self.x, z) for x, z in places.tolist()]
        seen = [(cos * x - sin * z, sin * x + cos * z) for x, z in offsets]
        return (
            all(ahead + margin < NEAR for _, ahead in seen)
            or all(right - slant > half * ahead for right, ahead in seen)
            or all(-right - slant > half * ahead for right, ahead in seen)
        )

    def outlines(
        self, seen: FloatArray, scale: int = 1, thinnest: float = 0.0
    ) -> list[tuple[int, list[float]]]:
        """Which polygons the picture shows, and where: positions and x, y, x, y, ... in pixels, in any order.

        Args:
            seen: corners ``[N, K, 3]`` from `view`.
            scale: by which the picture is larger.
            thinnest: pixels below which quadrilaterals wholly ahead of the camera are too thin to be shown.
        """
        size = self.width * scale, self.height * scale
        ahead = np.ascontiguousarray(seen[..., 2].T) > NEAR
        whole, some = np.asarray(ahead.all(0)), np.asarray(ahead.any(0))
        pixels = self.project(np.where(whole[:, None, None], seen, 1.0)) * scale
        corners = np.ascontiguousarray(pixels.T)
        low, high = corners.min(1), corners.max(1)
        shown = whole & (high > 0).all(0) & (low < [[size[0]], [size[1]]]).all(0)
        if thinnest:
            # Twice the area of a quadrilateral is the cross product of its diagonals.
            one, other = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
            area = np.abs(one[0] * other[1] - one[1] * other[0]) / 2
            shown &= area > thinnest * (high - low).max(0)
        inside = np.flatnonzero(shown)
        rows = _bounded(pixels[inside], size).reshape(-1, 2 * seen.shape[1])
        cut = [
            (i, _bounded(self.project(clip_near(seen[i])) * scale, size).ravel().tolist())
            for i in np.flatnonzero(some & ~whole).tolist()
        ]
        return [*zip(inside.tolist(), rows.tolist(), strict=True), *cut]

    def ground_distance(self) -> FloatArray:
        """Metres ahead of the ground seen in each row ``[height]``; infinite above the horizon."""
        below = np.arange(self.height) + 0.5 - self.horizon * self.height
        with np.errstate(divide="ignore"):
            return np.where(below > 0, self.focal * self.height * self.eye / np.maximum(below, 1e-9), np.inf)


def _bounded(corners: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Corners kept within what the drawing library's arithmetic can take, far outside the picture."""
    limit = 50.0 * max(size)
    return np.clip(corners, -limit, limit)


def clip_near(face: FloatArray) -> FloatArray:
    """The part of a polygon ``[K, 3]`` (of `Camera.view`) that is farther than `NEAR`, perhaps empty."""
    corners = face.tolist()
    kept: list[tuple[float, float, float]] = []
    for (x, y, z), (next_x, next_y, next_z) in zip(corners, corners[1:] + corners[:1], strict=True):
        ahead, next_ahead = z - NEAR, next_z - NEAR
        if ahead >= 0:
            kept.append((x, y, z))
        if (ahead >= 0) != (next_ahead >= 0):
            share = ahead / (ahead - next_ahead)
            kept.append((x + (next_x - x) * share, y + (next_y - y) * share, z + (next_z - z) * share))
    return np.array(kept).reshape(-1, 3)
