"""The faces of a house, gathered before they are drawn together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from scumble.streets.camera import FloatArray
from scumble.streets.houses.architecture import Style
from scumble.streets.houses.glass import glass_colours
from scumble.streets.houses.walls import Wall, boxes
from scumble.streets.painter import SUPERSAMPLING, Painter

THINNEST = 0.6
"""Faces thinner than so many samples are left out: they would be drawn wider than they are."""
NEARBY = 13.0
"""Samples a metre from which on a house gets its small details."""


class Layer:
    """Faces with four corners that are drawn in one go, in the order in which they were added."""

    def __init__(self) -> None:
        self._points: list[FloatArray] = []
        self._colours: list[FloatArray] = []

    def add(self, points: FloatArray, colours: ArrayLike) -> None:
        """Add faces in colours.

        Args:
            points: ``[N, 4, 3]``, or ``[N, M, 4, 3]`` for N bodies of M faces, in u, v, w of the wall. The
                last corner of a triangle is there twice.
            colours: ``[3]`` or ``[N, 3]``, or ``[N or 1, M, 3]`` for bodies.
        """
        each = np.empty((*points.shape[:-2], 3))
        each[...] = colours
        self._points.append(points.reshape(-1, 4, 3))
        self._colours.append(each.reshape(-1, 3))

    def gathered(self) -> tuple[FloatArray, FloatArray]:
        """All faces ``[N, 4, 3]`` and their colours ``[N, 3]``."""
        return np.concatenate(self._points), np.concatenate(self._colours)

    def paint(self, painter: Painter, wall: Wall, surface: int) -> None:
        """Draw those faces that are not too thin."""
        if self._points:
            points, colours = self.gathered()
            painter.faces(wall.in_world(points), colours, surface, thinnest=THINNEST)


class Sketch:
    """One wall of a house as seen by a camera, in layers: roof behind it, wall, glass, what sticks out.

    Args:
        painter: that will draw it.
        style: of the house.
        wall: in whose coordinates everything is.
    """

    def __init__(self, painter: Painter, style: Style, wall: Wall) -> None:
        self.style, self.wall = style, wall
        self.camera, self.light = painter.camera, painter.light
        self.at, self.distance = wall.position(painter.camera)
        """u of the camera, and its distance from the wall's plane."""
        self.low, self.high = wall.span(painter.camera)
        """The part of the wall that can be seen."""
        self.scale = max(self.samples_per_metre(self.low), self.samples_per_metre(self.high))
        """Size in the picture where the wall is nearest."""
        self.near = self.scale > NEARBY
        """Whether small details can be seen."""
        self.roof, self.masonry, self.relief = Layer(), Layer(), Layer()
        self._panes, self._middles = Layer(), [np.zeros((0, 2))]
        self._painter = painter

    @property
    def visible(self) -> bool:
        """Whether any of the wall's outside can be in the picture."""
        return self.distance > 0 and self.low < self.high

    def samples_per_metre(self, u: float) -> float:
        """Height in samples of the canvas of 1 m at ``u``; at most what it is at a distance of 1 m."""
        _, _, ahead, step = self.wall.sight(self.camera)
        return self.camera.focal * self.camera.height * SUPERSAMPLING / max(ahead + step * u, 1.0)

    def boxes(
        self,
        left: ArrayLike,
        right: ArrayLike,
        bottom: ArrayLike,
        top: ArrayLike,
        out: ArrayLike,
        start: ArrayLike = 0.0,
    ) -> FloatArray:
        """`walls.boxes` as seen by the camera."""
        return boxes((self.at, self.camera.eye), left, right, bottom, top, out, start)

    def add_glass(self, points: FloatArray, u: ArrayLike, v: ArrayLike, behind: ArrayLike) -> None:
        """Add panes, which mirror the street.

        Args:
            points: ``[N, 4, 3]``, see `Layer.add`.
            u: where the middle of each counts as being ``[N]``.
            v: the same upwards.
            behind: colours ``[3]`` or ``[N, 3]`` of what is behind them, as displayed.
        """
        middles = np.empty((len(points), 2))
        middles[:, 0], middles[:, 1] = u, v
        self._middles.append(middles)
        self._panes.add(points, behind)

    def paint_roof(self, masonry: int) -> None:
        """Draw what is behind the wall as this surface."""
        self.roof.paint(self._painter, self.wall, masonry)

    def paint(self, masonry: int, glass: int) -> None:
        """Draw the wall and what is on it as these surfaces."""
        self.masonry.paint(self._painter, self.wall, masonry)
        self._paint_glass(glass)
        self.relief.paint(self._painter, self.wall, masonry)

    def _paint_glass(self, surface: int) -> None:
        u, v = np.concatenate(self._middles).T
        if len(u):
            points, behind = self._panes.gathered()
            viewer = self.at, self.camera.eye, self.distance
            colours = glass_colours(self.light, self.style, viewer, u, v, behind)
            self._painter.faces(self.wall.in_world(points), colours, surface, shaded=False, thinnest=THINNEST)
