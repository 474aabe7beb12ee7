"""Where the windows of a wall are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scumble.streets.camera import FloatArray
from scumble.streets.houses.architecture import Style
from scumble.streets.houses.sketch import Sketch
from scumble.streets.painter import SUPERSAMPLING

_MARGIN = 0.2


@dataclass(frozen=True)
class Windows:
    """Windows in a wall: arrays ``[N]``, lengths in metres."""

    left: FloatArray
    """Least u."""
    right: FloatArray
    """Greatest u."""
    bottom: FloatArray
    """Least v."""
    top: FloatArray
    """Greatest v."""
    storey: NDArray[np.intp]
    """0 at the ground."""
    balcony: NDArray[np.bool_]
    """Where there are balconies."""
    dice: FloatArray
    """Random numbers 0..1 ``[N, 4]`` for what is behind."""

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Windows:
        """Those that are chosen, by a mask or in an order."""
        return Windows(
            self.left[chosen],
            self.right[chosen],
            self.bottom[chosen],
            self.top[chosen],
            self.storey[chosen],
            self.balcony[chosen],
            self.dice[chosen],
        )

    def wall_colours(self, style: Style) -> FloatArray:
        """Colours ``[N, 3]`` of the wall around them."""
        return np.where(self.storey[:, None] > 0, style.wall, style.ground_floor)

    def samples_wide(self, sketch: Sketch) -> FloatArray:
        """Widths ``[N]`` in samples of the canvas; infinite beside the camera."""
        camera = sketch.camera
        right, right_step, ahead, ahead_step = sketch.wall.sight(camera)
        u = np.stack([self.left, self.right])
        distance = ahead + ahead_step * u
        across = (right + right_step * u) / np.maximum(distance, 0.5)
        samples = np.abs(across[1] - across[0]) * camera.focal * camera.height * SUPERSAMPLING
        return np.where((distance < 1).any(0), np.inf, samples)

    def recessed(self, sketch: Sketch) -> tuple[Windows, Windows]:
        """Where in the wall's plane one sees windows that lie behind it.

        Returns:
            What of them the opening lets one see, and all of them.
        """
        depth = sketch.style.recess
        nearer = depth / (depth + max(sketch.distance, 0.1))
        width, height = self.right - self.left, self.top - self.bottom
        # Seen at a small angle they would vanish: windows are to be recognised even there.
        aside = np.clip((sketch.at - (self.left + self.right) / 2) * nearer, -0.3 * width, 0.3 * width)
        rise = sketch.camera.eye - (self.bottom + self.top) / 2
        down = np.clip(rise * nearer, -0.25 * height, 0.25 * height)
        rest = self.storey, self.balcony, self.dice
        left, right, bottom, top = self.left + aside, self.right + aside, self.bottom + down, self.top + down
        whole = Windows(left, right, bottom, top, *rest)
        return Windows(*self.cut(left, right, bottom, top), *rest), whole

    def cut(
        self, left: FloatArray, right: FloatArray, bottom: FloatArray, top: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """The parts of rectangles, one for each window, that are inside it."""
        return (
            np.maximum(left, self.left),
            np.minimum(right, self.right),
            np.maximum(bottom, self.bottom),
            np.minimum(top, self.top),
        )


def bay_edges(style: Style, length: float) -> FloatArray:
    """Where the bays of a wall of this length begin and end: ``[number of bays + 1]``, u in metres."""
    return np.linspace(_MARGIN, length - _MARGIN, max(1, round((length - 2 * _MARGIN) / style.bay)) + 1)


def window_grid(
    style: Style, length: float, floors: FloatArray, rng: np.random.Generator, rhythm: int | None = None
) -> Windows:
    """The windows of all storeys of a wall.

    Args:
        style: of the house.
        length: of the wall in metres.
        floors: heights of the ground, the floors and the eaves in metres.
        rng: of what is behind them.
        rhythm: every how many bays there are balconies, if the style has any; None for walls without.
    """
    share, sill, top = style.window
    edges, heights = bay_edges(style, length), floors[1:] - floors[:-1]
    storey = np.repeat(np.arange(len(heights)), len(edges) - 1)
    column = np.tile(np.arange(len(edges) - 1), len(heights))
    bay = edges[1] - edges[0]
    width = share * (bay if share > 0.9 else style.bay)
    left = edges[column] + (bay - width) / 2
    balcony = np.zeros(len(storey), dtype=bool)
    if rhythm is not None and style.railing is not None:
        balcony = (storey > 0) & (column % rhythm == rhythm // 2)
    # Nobody is to look in from the pavement: at the ground the sill is higher.
    raised = sill * heights[storey] + 0.15 * (storey == 0)
    return Windows(
        left=left,
        right=left + width,
        bottom=floors[storey] + np.where(balcony, 0.05, raised),
        top=floors[storey] + top * heights[storey],
        storey=storey,
        balcony=balcony,
        dice=rng.random((len(storey), 4)),
    )


def gable_windows(style: Style, length: float, floors: FloatArray, rng: np.random.Generator) -> Windows:
    """One or two windows under the roof; the arguments are those of `window_grid`."""
    half = style.window[0] * style.bay / 2
    aside = np.array([-1.0, 1.0]) * (0.9 + half) if length > 7 else np.zeros(1)
    middle = length / 2 + aside
    bottom = np.full(len(middle), floors[-1] + 0.7)
    return Windows(
        left=middle - half,
        right=middle + half,
        bottom=bottom,
        top=bottom + 1.3,
        storey=np.full(len(middle), len(floors) - 1),
        balcony=np.zeros(len(middle), dtype=bool),
        dice=rng.random((len(middle), 4)),
    )
