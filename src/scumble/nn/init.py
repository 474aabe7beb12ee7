"""First weights that several systems share."""

from __future__ import annotations

import torch
from torch import nn


def xavier_normal(
    network: nn.Module, generator: torch.Generator, gain: float = 0.02, spectral_gain: float | None = None
) -> None:
    """Xavier normal and zero biases, for all convolutions and linear layers.

    This is how OASIS, iPOSE and PartNet begin, with gain 0.02.

    Args:
        network: changed in place; other layers keep their weights.
        generator: the source of randomness, used in the order of the modules.
        gain: scale of the weights.
        spectral_gain: scale of those under spectral norm, if it is another.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            # Under spectral norm the parameter is called so, and `weight` is made of it.
            weight = getattr(module, "weight_orig", module.weight)
            normed = weight is not module.weight
            scale = spectral_gain if normed and spectral_gain is not None else gain
            nn.init.xavier_normal_(weight, scale, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
