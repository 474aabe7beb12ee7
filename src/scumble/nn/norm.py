"""Normalisation without parameters."""

from __future__ import annotations

import torch
from torch import Tensor


def instance_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every channel of every picture to mean 0 and (biased) variance 1.

    Statistics are taken in float32 whatever the type of ``x``; unlike torch's own function this
    keeps channels-last memory as it is.

    Args:
        x: ``[B, C, H, W]``.
        eps: added to the variance.

    Returns:
        ``[B, C, H, W]`` of the type of ``x``.
    """
    variance, mean = torch.var_mean(x.float(), dim=(2, 3), keepdim=True, correction=0)
    scale = torch.rsqrt(variance + eps)
    return torch.addcmul((-mean * scale).to(x.dtype), x, scale.to(x.dtype))
