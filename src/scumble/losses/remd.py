"""Relaxed earth mover distance: how far the looks of two pictures are apart, wherever things lie in them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def relaxed_earth_mover_distance(x: Tensor, y: Tensor) -> Tensor:
    """How much of either set of tokens the other one lacks (``ipose`` spec, section 6).

    With the cost ``1 - <x_i, y_j>`` of unit tokens: what a token of x costs at its cheapest token of y, on
    average, or the same from y to x, whichever is more. The earth mover distance itself is never less.
    Computed in float32 even under autocast, because near costs cancel.

    Args:
        x: tokens of B pictures, ``[B, T, C]`` of any length; a token of zeros costs 1 everywhere.
        y: tokens of the pictures they are compared with, ``[B, S, C]``.

    Returns:
        One distance for each sample, float32 ``[B]`` in 0..2; the loss of a batch is their mean.
    """
    with torch.autocast(x.device.type, enabled=False):
        cost = 1 - F.normalize(x.float(), dim=-1) @ F.normalize(y.float(), dim=-1).mT
    return torch.maximum(cost.amin(2).mean(1), cost.amin(1).mean(1))
