"""A pinhole camera on a street.

World coordinates are in metres: x to the right of the street, y up from the ground, z along the street.
The camera stands at z = 0, is level, and is turned by ``yaw`` about the vertical. The horizon is moved by
shifting the picture, not by tilting the camera, so vertical edges stay vertical.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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

    def view(self, points: FloatArray) -> FloatArray:
        """World points ``[..., 3]`` as right, up, ahead of the camera, in metres ``[..., 3]``."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
        seen: FloatArray = (points - np.array([self.x, self.eye, 0.0])) @ turn
        return seen

    def project(self, seen: FloatArray) -> FloatArray:
        """Points of `view` in front of the camera as pixel coordinates ``[..., 2]`` (x, y)."""
        scale = self.focal * self.height / seen[..., 2:]
        middle = np.array([self.width / 2, self.horizon * self.height])
        pixels: FloatArray = middle + seen[..., :2] * np.array([1.0, -1.0]) * scale
        return pixels

    def misses(self, points: FloatArray, margin: float) -> bool:
        """Whether all points ``[N, 3]``, and balls of ``margin`` metres around them, are out of the picture.

        All have to be behind the camera or beyond the same side of the picture, so that what lies between
        them is out of the picture too.
        """
        seen = self.view(points)
        half = self.width / (2 * self.focal * self.height)
        slant = margin * math.hypot(1, half)
        right, ahead = seen[:, 0], seen[:, 2]
        behind = (ahead + margin < NEAR).all()
        aside = (right - slant > half * ahead).all() or (-right - slant > half * ahead).all()
        return bool(behind or aside)

    def ground_distance(self) -> FloatArray:
        """Metres ahead of the ground seen in each row ``[height]``; infinite above the horizon."""
        below = np.arange(self.height) + 0.5 - self.horizon * self.height
        with np.errstate(divide="ignore"):
            return np.where(below > 0, self.focal * self.height * self.eye / np.maximum(below, 1e-9), np.inf)


def clip_near(face: FloatArray) -> FloatArray:
    """The part of a polygon ``[K, 3]`` (of `Camera.view`) that is farther than `NEAR`, perhaps empty."""
    ahead = face[:, 2] - NEAR
    kept: list[FloatArray] = []
    for i in range(len(face)):
        j = (i + 1) % len(face)
        if ahead[i] >= 0:
            kept.append(face[i])
        if (ahead[i] >= 0) != (ahead[j] >= 0):
            kept.append(face[i] + (face[j] - face[i]) * (ahead[i] / (ahead[i] - ahead[j])))
    return np.array(kept).reshape(-1, 3)
