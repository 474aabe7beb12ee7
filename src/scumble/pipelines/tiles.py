"""Pictures that are painted in overlapping tiles, so that memory does not grow with their size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from scumble.scene import ImageArray

TILE = 512
"""Longest side of a tile in pixels."""
OVERLAP = 128
"""Pixels over which a tile goes into its neighbours."""


@dataclass(frozen=True)
class Tile:
    """A place in a picture.

    Attributes:
        top: first row.
        left: first column.
        height: rows.
        width: columns.
        above: rows that tiles before it have painted already.
        before: columns that they have.
    """

    top: int
    left: int
    height: int
    width: int
    above: int
    before: int

    @property
    def place(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def blend(self, canvas: ImageArray, painted: ImageArray) -> None:
        """Put the tile into the picture; where there is something already it fades in.

        Args:
            canvas: ``[H, W, 3]``, changed.
            painted: ``[height, width, 3]``.
        """
        rows, columns = _fade(self.height, self.above), _fade(self.width, self.before)
        share = np.minimum(rows[:, None], columns)[..., None]
        old = canvas[self.place].astype(np.float32)
        canvas[self.place] = np.rint(old + (painted - old) * share).astype(np.uint8)


def tiles(height: int, width: int, side: int = TILE, overlap: int = OVERLAP) -> Iterator[Tile]:
    """Tiles of one size that cover a picture, row by row.

    Args:
        height: of the picture.
        width: of the picture.
        side: longest side of a tile.
        overlap: pixels that neighbours share at least, unless one tile is enough.
    """
    for (top, rows, above), (left, columns, before) in product(
        _spans(height, side, overlap), list(_spans(width, side, overlap))
    ):
        yield Tile(top, left, rows, columns, above, before)


def _spans(length: int, side: int, overlap: int) -> Iterator[tuple[int, int, int]]:
    """First pixel, length, and pixels that earlier spans have covered."""
    side = min(length, side)
    count = 1 + -(-(length - side) // (side - overlap)) if length > side else 1
    end = 0
    for number in range(count):
        start = round(number * (length - side) / max(count - 1, 1))
        yield start, side, max(end - start, 0)
        end = start + side


def _fade(length: int, shared: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Rises over the shared pixels from nearly 0 to nearly 1, and is 1 behind them."""
    fade = np.ones(length, np.float32)
    fade[:shared] = (np.arange(shared) + 0.5) / max(shared, 1)
    return fade
