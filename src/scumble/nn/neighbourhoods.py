"""Distinct neighbourhoods of an index map, and 3x3 convolutions that are computed once for each.

A 3x3 convolution of a map that takes its vectors from a table is a sum of nine products of table rows: equal
neighbourhoods have equal results. Everything that depends on the map alone may so be computed for the few
neighbourhoods that occur and be gathered afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.linear import linear

_TAPS = 9
BY_TAP = (2, 3, 0, 1)
"""How to turn a weight so that the nine pixels of a neighbourhood come first; its own inverse."""
_AT_ONCE = 2**20
"""Numbers that are spread at once where they are used at once, so that they stay in the processor's cache."""
_LARGEST = 2**21
"""Ids of which three fit into an int64."""


class RowSums(torch.autograd.Function):
    """Sums of rows of a table, with a backward pass that is a sum of rows too."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, sums: Sums) -> Tensor:
        """``[R, C]`` to ``[N, C]``."""
        ctx.sums, ctx.rows = sums, len(table)
        return F.embedding_bag(sums.rows, table, mode="sum")

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """``[N, C]`` to ``[R, C]``."""
        return ctx.sums.transposed(gradient, ctx.rows), None


class Sums:
    """Which rows of a table are added to each row of a result.

    Args:
        rows: int64 ``[N, T]``.
    """

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows
        self._transposed: tuple[Tensor, Tensor] | None = None

    def __call__(self, table: Tensor) -> Tensor:
        """``[R, C]`` to ``[N, C]``, with gradients to the table."""
        result: Tensor = RowSums.apply(table, self)  # type: ignore[no-untyped-call]
        return result

    def transposed(self, values: Tensor, rows: int) -> Tensor:
        """Add every row of ``[N, C]`` to those rows of ``[rows, C]`` that it was made of."""
        if self._transposed is None:
            flat = self.rows.flatten()
            counts = torch.bincount(flat, minlength=rows)
            self._transposed = flat.argsort() // self.rows.shape[1], counts.cumsum(0) - counts
        return F.embedding_bag(self._transposed[0], values.contiguous(), self._transposed[1], mode="sum")


class Spread(torch.autograd.Function):
    """Rows of a table as a map, one for each pixel."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, pixels: Sums, shape: torch.Size) -> Tensor:
        """``[K, C]`` to ``[B, C, H, W]``."""
        ctx.pixels, ctx.rows = pixels, len(table)
        return F.embedding(pixels.rows.view(shape), table).permute(0, 3, 1, 2)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """``[B, C, H, W]`` to ``[K, C]``."""
        rows = gradient.permute(0, 2, 3, 1).reshape(-1, gradient.shape[1])
        return ctx.pixels.transposed(rows, ctx.rows), None, None


class Neighbourhoods:
    """The distinct 3x3 neighbourhoods of an index map.

    Attributes:
        index: which of them each pixel has, int64 ``[B, H, W]``, 0 to K - 1.

    Args:
        pixels: ids of the nine pixels of each, row by row, int64 ``[K, 9]``; the number of ids of the map
            stands for what is outside of the picture.
        index: see there.
    """

    def __init__(self, pixels: Tensor, index: Tensor) -> None:
        self.index = index
        self._taps = Sums(pixels * _TAPS + torch.arange(_TAPS, device=pixels.device))
        self._pixels = Sums(index.view(-1, 1))

    def __len__(self) -> int:
        return len(self._taps.rows)

    def convolve(self, table: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """A 3x3 convolution with zero padding 1, for every neighbourhood.

        Args:
            table: the vectors of the ids of the map, ``[R, C]``.
            weight: ``[O, C, 3, 3]``.
            bias: ``[O]``.

        Returns:
            ``[K, O]``.
        """
        by_tap = weight.permute(BY_TAP).reshape(-1, weight.shape[1])
        products = linear(F.pad(table, (0, 0, 0, 1)), by_tap)
        result = self._taps(products.view(-1, len(weight)))
        return result if bias is None else result + bias

    def bands(self, values: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """The same as `spread` without gradients, some rows at a time.

        Returns:
            Which rows, and the values of their pixels ``[B, C, rows, W]``.
        """
        high = max(1, _AT_ONCE // (values.shape[1] * self.index[:, 0].numel()))
        for first in range(0, self.index.shape[1], high):
            rows = slice(first, first + high)
            yield rows, F.embedding(self.index[:, rows], values).permute(0, 3, 1, 2)

    def spread(self, values: Tensor) -> Tensor:
        """One row of ``[K, C]`` for every pixel, ``[B, C, H, W]`` in channels-last memory."""
        result: Tensor = Spread.apply(  # type: ignore[no-untyped-call]
            values, self._pixels, self.index.shape
        )
        return result


def neighbourhoods(index: Tensor, ids: int) -> Neighbourhoods | None:
    """Find the distinct 3x3 neighbourhoods.

    Args:
        index: int64 ``[B, H, W]``, 0 to ids - 1.
        ids: how many ids there may be.

    Returns:
        None for maps of more than two million pixels or ids.
    """
    if max(ids + 1, index.numel()) >= _LARGEST:
        return None
    padded = F.pad(index, (1, 1, 1, 1), value=ids)
    across, rows = _triples(padded.unfold(2, 3, 1), ids + 1)
    down, found = _triples(rows.unfold(1, 3, 1), len(across))
    return Neighbourhoods(across[down].flatten(1), found)


def _triples(triples: Tensor, ids: int) -> tuple[Tensor, Tensor]:
    """The distinct triples of ``[..., 3]``, ``[K, 3]``, and which each is, ``[...]``."""
    keys = (triples[..., 0] * ids + triples[..., 1]) * ids + triples[..., 2]
    distinct, found = torch.unique(keys, return_inverse=True)
    return torch.stack([distinct // (ids * ids), distinct // ids % ids, distinct % ids], 1), found
