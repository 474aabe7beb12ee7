"""Region maps: conditioning that is constant over regions, kept as an index map and a table.

Every system here conditions on maps such as one-hot classes or one style code per instance. A
:class:`RegionMap` stores which row of a table each pixel takes, so that a layer may compute on rows
instead of pixels, and so that a map is resized by resizing its index alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.nn.fresh import may_overwrite
from scumble.nn.neighbourhoods import BY_TAP, Neighbourhoods, neighbourhoods
from scumble.nn.tracing import is_traced

USUAL_SHARE = 0.4
"""Neighbourhoods per pixel up to which computing on them is faster."""

_most = ContextVar("neighbourhoods per pixel up to which they are used", default=USUAL_SHARE)


@contextmanager
def most_neighbourhoods(share: float) -> Iterator[None]:
    """Say when layers compute on neighbourhoods instead of pixels, on this thread.

    Args:
        share: neighbourhoods per pixel up to which they do; 0 for never, 1 for always. By default it is
            `USUAL_SHARE`, and never on accelerators, whose dense convolutions are cheap beside the search.
    """
    token = _most.set(share)
    try:
        yield
    finally:
        _most.reset(token)


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
        self._near: dict[tuple[int, int], Neighbourhoods | None] = {}
        self._wide: dict[tuple[int, int], Neighbourhoods | None] = {}

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

    def near(self, height: int, width: int) -> Neighbourhoods | None:
        """The distinct 3x3 neighbourhoods of the resized index, found once per size.

        None where it is not worth it: there are too many (see `most_neighbourhoods`), or the network is being
        exported or compiled, whose graph must not depend on a map.
        """
        most = _most.get()
        if not most or is_traced():
            return None
        if self.index.device.type != "cpu" and most < 1:
            return None
        key = (height, width)
        if key not in self._near:
            self._near[key] = neighbourhoods(nearest_resize(self.index, height, width), len(self.table))
        found = self._near[key]
        return found if found is not None and len(found) <= most * found.index.numel() else None

    def wide(self, height: int, width: int) -> Neighbourhoods | None:
        """The distinct 3x3 neighbourhoods of `near`, and so all that two convolutions see."""
        near = self.near(height, width)
        if near is None:
            return None
        key = (height, width)
        if key not in self._wide:
            self._wide[key] = neighbourhoods(near.index, len(near))
        return self._wide[key]


class Refinement:
    """Regions that two maps have in common; what is found for them serves any vectors of the first.

    Args:
        index: of the first map, ``[B, H, W]``.
        other: a map of the same ``[B, H, W]``.
    """

    def __init__(self, index: Tensor, other: RegionMap) -> None:
        pairs = index * other.table.shape[0] + other.index
        distinct, self.index = torch.unique(pairs, return_inverse=True)
        self.mine = distinct // other.table.shape[0]
        self.its = F.embedding(distinct % other.table.shape[0], other.table)
        self._made: RegionMap | None = None

    def __call__(self, table: Tensor) -> RegionMap:
        """The map whose vectors are the first map's, ``[R, C]``, followed by the other's."""
        made = RegionMap(self.index, torch.cat([F.embedding(self.mine, table), self.its], 1))
        if self._made is not None:
            made._near, made._wide = self._made._near, self._made._wide
        self._made = made
        return made


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


class NeighbourhoodConv2d(nn.Conv2d):
    """A 3x3 convolution, zero padding 1, that is computed for neighbourhoods where there are few.

    It holds ordinary convolution weights, so that checkpoints fit.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 3, padding=1)

    @torch.no_grad()
    def prepare_for_inference(self) -> None:
        """Let the weights lie in the order in which neighbourhoods take them; else every pass sorts them."""
        self.weight.data = self.weight.permute(BY_TAP).contiguous().permute(BY_TAP)


class RegionConv2d(NeighbourhoodConv2d):
    """One whose input is a map at any size."""

    def at(self, condition: Condition, height: int, width: int) -> Tensor:
        """Convolve the map resized to ``height`` x ``width``: ``[B, out_channels, height, width]``."""
        if isinstance(condition, RegionMap):
            near = condition.near(height, width)
            if near is not None:
                return near.spread(near.convolve(condition.table, self.weight, self.bias))
        result: Tensor = self(condition.dense(height, width))
        return result


@dataclass(frozen=True)
class Branch:
    """What two convolutions make of a map.

    Attributes:
        values: for every neighbourhood ``[K, O]``, or for every pixel ``[B, O, H, W]``.
        neighbourhoods: of the pixels; None where values are theirs.
    """

    values: Tensor
    neighbourhoods: Neighbourhoods | None

    def maps(self, count: int) -> tuple[Tensor, ...]:
        """So many maps of equal channels, ``[B, O / count, H, W]``."""
        near = self.neighbourhoods
        return (self.values if near is None else near.spread(self.values)).chunk(count, 1)

    def bands(self) -> Iterator[tuple[slice, Tensor]] | None:
        """Some rows at a time, as all of them would need much memory.

        Returns:
            Which rows, and all channels of their pixels ``[B, O, rows, W]``; None where there are values of
            pixels already, or a gradient is recorded.
        """
        if self.neighbourhoods is None or not may_overwrite():
            return None
        return self.neighbourhoods.bands(self.values)

    def modulate(self, x: Tensor) -> Tensor:
        """``x * scale + shift``, the first and the second half of the channels; ``[B, O / 2, H, W]``."""
        bands = self.bands()
        if bands is None:
            scale, shift = self.maps(2)
            return torch.addcmul(shift, x, scale)
        result = torch.empty_like(x, memory_format=torch.channels_last)
        for rows, pair in bands:
            scale, shift = pair.chunk(2, 1)
            torch.addcmul(shift, x[:, :, rows], scale, out=result[:, :, rows])
        return result


def branch(
    hidden: RegionConv2d, weight: Tensor, bias: Tensor, condition: Condition, height: int, width: int
) -> Branch:
    """Two convolutions of a resized map, with a ReLU between: what every system makes of its maps.

    Args:
        hidden: the first.
        weight: of the second, which is 3x3 with zero padding 1, ``[O, C, 3, 3]``.
        bias: of the second, ``[O]``.
        condition: the map.
        height: rows of the result.
        width: columns of the result.
    """
    if isinstance(condition, RegionMap):
        near, wide = condition.near(height, width), condition.wide(height, width)
        if near is not None and wide is not None:
            rows = F.relu(near.convolve(condition.table, hidden.weight, hidden.bias))
            return Branch(wide.convolve(rows, weight, bias), wide)
    values = F.conv2d(F.relu(hidden.at(condition, height, width)), weight, bias, padding=1)
    return Branch(values, None)
