"""From colors back to classes: the inverse of a palette."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""In place of a class id: no class has the color."""
AMBIGUOUS = -2
"""In place of a class id: several classes have the color."""

_ROWS = 64
"""Rows looked up at once, so that intermediate results stay in the processor's cache."""


def packed(picture: NDArray[np.uint8]) -> NDArray[np.intp]:
    """One number for every color: ``(red * 256 + green) * 256 + blue``.

    Args:
        picture: ``[..., 3]`` RGB, 0..255.

    Returns:
        ``[...]``, 0..16777215.
    """
    numbers = picture[..., 0].astype(np.intp)
    for channel in (1, 2):
        numbers <<= 8
        numbers |= picture[..., channel]
    return numbers


def ids_of_colors(picture: NDArray[np.uint8], palette: bytes, dont_care: int | None) -> NDArray[np.int32]:
    """The class of every pixel's color.

    Args:
        picture: ``[H, W, 3]`` RGB, 0..255.
        palette: red, green and blue of every class in the order of the ids.
        dont_care: the id that a color shared by several classes means if it is among them.

    Returns:
        ``[H, W]`` class ids, `UNKNOWN` or `AMBIGUOUS`.
    """
    table = _table(palette, dont_care)
    ids = np.empty(picture.shape[:2], dtype=np.int32)
    for top in range(0, len(picture), _ROWS):
        ids[top : top + _ROWS] = table[packed(picture[top : top + _ROWS])]
    ids += UNKNOWN
    return ids


@lru_cache(maxsize=4)
def _table(palette: bytes, dont_care: int | None) -> NDArray[np.signedinteger]:
    """For every packed color its class id, or what stands for it, each one larger: the table begins as 0."""
    colors = packed(np.frombuffer(palette, np.uint8).reshape(-1, 3))
    small = len(colors) < np.iinfo(np.int16).max
    table: NDArray[np.signedinteger] = np.zeros(1 << 24, dtype=np.int16 if small else np.int32)
    table[colors] = np.arange(len(colors)) - UNKNOWN
    values, counts = np.unique(colors, return_counts=True)
    table[values[counts > 1]] = AMBIGUOUS - UNKNOWN
    if dont_care is not None:
        table[colors[dont_care]] = dont_care - UNKNOWN
    return table


def close_pairs(palette: NDArray[np.uint8], distance: float) -> list[tuple[int, int]]:
    """Pairs of colors that are hard to tell apart.

    Args:
        palette: ``[N, 3]`` RGB, 0..255.
        distance: pairs closer than this are returned; Euclidean, in values of the channels.

    Returns:
        Pairs of row numbers, the smaller first, in order.
    """
    colors = palette.astype(np.int64)
    pairs = []
    for first, color in enumerate(colors):
        squared = ((colors[first + 1 :] - color) ** 2).sum(axis=1)
        pairs += [(first, first + 1 + int(i)) for i in np.flatnonzero(squared < distance**2)]
    return pairs
