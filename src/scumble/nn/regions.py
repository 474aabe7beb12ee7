"""Region maps: conditioning that is constant over regions, kept as an index map and a table.

Every system here conditions on maps such as one-hot classes or one style code per instance. A
:class:`RegionMap` stores which row of a table each pixel takes, so that a layer may compute on rows
instead of pixels, and so that a map is resized by resizing its index alone.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def nearest_resize(values: Tensor, height: int, width: int) -> Tensor:
    """Resize the last two dimensions by nearest neighbour, source index floor(i * scale).

    Args:
        values: ``[..., H, W]`` of any type.
        height: rows of the result.
        width: columns of the result.

    Returns:
        ``[..., height, width]``, the same type.
    """
    old_height, old_width = values.shape[-2:]
    if (old_height, old_width) == (height, width):
        return values
    rows = torch.arange(height, device=values.device) * old_height // height
    columns = torch.arange(width, device=values.device) * old_width // width
    return values[..., rows, :][..., columns]


class RegionMap:
    """A map with one vector per region.

    Attributes:
        index: int64 ``[B, H, W]``, a row of the table for every pixel.
        table: ``[R, C]``, the rows of all pictures of the batch.
    """

    def __init__(self, index: Tensor, table: Tensor) -> None:
        self.index = index
        self.table = table
        self._dense: dict[tuple[int, int], Tensor] = {}

    @property
    def channels(self) -> int:
        """Length of one row."""
        return self.table.shape[1]

    def dense(self, height: int, width: int) -> Tensor:
        """The map as ``[B, C, height, width]``, resized by nearest neighbour; made once per size."""
        key = (height, width)
        if key not in self._dense:
            rows = F.embedding(nearest_resize(self.index, height, width), self.table)
            self._dense[key] = rows.permute(0, 3, 1, 2)
        return self._dense[key]

    def beside(self, other: RegionMap) -> RegionMap:
        """The map whose vectors are this map's followed by the other's, over their common refinement.

        Args:
            other: a map of the same ``[B, H, W]``.
        """
        pairs = self.index * other.table.shape[0] + other.index
        distinct, index = torch.unique(pairs, return_inverse=True)
        mine, its = distinct // other.table.shape[0], distinct % other.table.shape[0]
        return RegionMap(index, torch.cat([F.embedding(mine, self.table), F.embedding(its, other.table)], 1))


class DenseMap:
    """A map that differs from pixel to pixel, such as spatial noise.

    Args:
        values: ``[B, C, H, W]``.
    """

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def dense(self, height: int, width: int) -> Tensor:
        """The map resized by nearest neighbour."""
        return nearest_resize(self.values, height, width)


class Condition(Protocol):
    """What a network is conditioned on, at any size: a `RegionMap` or a `DenseMap`."""

    def dense(self, height: int, width: int) -> Tensor:
        """The map as ``[B, C, height, width]``, resized by nearest neighbour."""
        ...


class RegionConv2d(nn.Conv2d):
    """A 3x3 convolution, zero padding 1, whose input is a map at any size.

    It holds ordinary convolution weights, so that checkpoints fit.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 3, padding=1)

    def at(self, condition: Condition, height: int, width: int) -> Tensor:
        """Convolve the map resized to ``height`` x ``width``: ``[B, out_channels, height, width]``."""
        result: Tensor = self(condition.dense(height, width))
        return result
