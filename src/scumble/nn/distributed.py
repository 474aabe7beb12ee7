"""Sums over the processes of a training; with one process every function is the identity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

_alone = False


def world_size() -> int:
    """How many processes train together; 1 where nothing is distributed, and inside `alone`."""
    return 1 if _alone or not (dist.is_available() and dist.is_initialized()) else dist.get_world_size()


@contextmanager
def alone() -> Iterator[None]:
    """Let this process do something that the others do not do, such as save: nothing waits for them."""
    global _alone
    before, _alone = _alone, True
    try:
        yield
    finally:
        _alone = before


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if world_size() > 1 else 0


class _Total(torch.autograd.Function):
    """A sum over processes; so is its gradient, because every process's loss depends on every summand."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        del ctx
        summed = x.clone()
        dist.all_reduce(summed)
        return summed

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        del ctx
        summed = gradients[0].contiguous().clone()
        dist.all_reduce(summed)
        return summed


def total(x: Tensor) -> Tensor:
    """The sum of all processes' tensors of one shape; differentiable."""
    if world_size() == 1:
        return x
    summed: Tensor = _Total.apply(x.contiguous())  # type: ignore[no-untyped-call]
    return summed


def gathered(values: Tensor) -> Tensor:
    """The values ``[n]`` of all processes one after the other; n may differ. No gradient."""
    size = world_size()
    if size == 1:
        return values
    counts = torch.zeros(size, dtype=torch.int64, device=values.device)
    counts[rank()] = len(values)
    dist.all_reduce(counts)
    longest = int(counts.max())
    padded = values.new_zeros(longest)
    padded[: len(values)] = values
    found = [torch.empty_like(padded) for _ in range(size)]
    dist.all_gather(found, padded)
    return torch.cat([part[:count] for part, count in zip(found, counts.tolist(), strict=True)])
