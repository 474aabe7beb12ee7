"""Exponential moving average of a network's weights."""

from __future__ import annotations

import copy

import torch
from torch import nn


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
        pairs = list(zip(self.average.state_dict().values(), network.state_dict().values(), strict=True))
        moving = [pair for pair in pairs if pair[0].is_floating_point()]
        torch._foreach_lerp_([a for a, _ in moving], [v for _, v in moving], 1 - self.decay)
        for average, value in pairs:
            if not average.is_floating_point():
                average.copy_(value)
