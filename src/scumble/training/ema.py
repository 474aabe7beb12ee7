"""Exponential moving average of a network's weights."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class EMA:
    """A copy of a network that follows it: ``average = decay * average + (1 - decay) * value``.

    The average starts at the first weights and moves from the first step on. All entries of the state
    dict take part, buffers included; integer ones are copied.

    Args:
        network: what to follow.
        decay: share that is kept in each update.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.average = copy.deepcopy(network).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move towards the network's present state."""
        pairs: Iterable[tuple[Tensor, Tensor]] = zip(
            self.average.state_dict().values(), network.state_dict().values(), strict=True
        )
        for average, value in pairs:
            if average.is_floating_point():
                average.lerp_(value.to(average.dtype), 1 - self.decay)
            else:
                average.copy_(value)
