"""What stands on a street."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.painter import Painter


class Prop(Protocol):
    """A thing on the street that has a place, throws a shadow and can be drawn."""

    @property
    def class_name(self) -> str:
        """Its class in the label space."""
        ...

    @property
    def place(self) -> tuple[float, float]:
        """Where its middle is (x, z), in metres; farther props are drawn first."""
        ...

    @property
    def shadow(self) -> tuple[FloatArray, float]:
        """Its footprint ``[K, 2]`` (x, z in metres, at least 3 corners) and its height in metres."""
        ...

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw it as instance ``instance`` (stuff classes ignore the number)."""
        ...


def standing(points: FloatArray, place: tuple[float, float], heading: float) -> FloatArray:
    """Points ``[..., 3]`` of a thing (x right, y up, z ahead of it) where it stands in the world.

    Args:
        points: in metres from the middle of its footprint.
        place: x and z in the world.
        heading: radians clockwise seen from above; 0 faces along z, pi/2 faces along x.
    """
    cos, sin = math.cos(heading), math.sin(heading)
    x, z = points[..., 0], points[..., 2]
    world = np.empty(points.shape)
    world[..., 0] = place[0] + cos * x + sin * z
    world[..., 1] = points[..., 1]
    world[..., 2] = place[1] - sin * x + cos * z
    return world


def rectangle(width: float, length: float, place: tuple[float, float], heading: float) -> FloatArray:
    """Footprint ``[4, 2]`` of a thing of this width (its x) and length (its z)."""
    cos, sin, x, z = math.cos(heading), math.sin(heading), width / 2, length / 2
    corners = ((-x, -z), (x, -z), (x, z), (-x, z))
    return np.array([(place[0] + cos * a + sin * b, place[1] - sin * a + cos * b) for a, b in corners])
