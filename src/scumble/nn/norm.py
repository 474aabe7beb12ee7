"""Normalisation without parameters."""

from __future__ import annotations

import torch
from torch import Tensor

from scumble.nn.fresh import may_overwrite
from scumble.nn.tracing import is_traced

_BANDS = 8
"""A picture is cut into so many to sum its squares without a copy of the whole."""


def instance_norm(x: Tensor, eps: float = 1e-5, *, overwrite: bool = False) -> Tensor:
    """Normalise every channel of every picture to mean 0 and (biased) variance 1.

    Statistics are taken in float32 whatever the type of ``x``. Unlike torch's own function this keeps
    channels-last memory as it is. On processors ``torch.var_mean`` would take ten times as long.

    Args:
        x: ``[B, C, H, W]``.
        eps: added to the variance.
        overwrite: ``x`` is not needed any more; it is then reused where no gradient is recorded.

    Returns:
        ``[B, C, H, W]`` of the type of ``x``.
    """
    if x.device.type != "cpu" or is_traced():
        variance, mean = torch.var_mean(x.float(), dim=(2, 3), keepdim=True, correction=0)
        scale = torch.rsqrt(variance + eps)
        return torch.addcmul((-mean * scale).to(x.dtype), x, scale.to(x.dtype))
    mean = x.mean((2, 3), keepdim=True, dtype=torch.float32)
    if overwrite and x.dtype == torch.float32 and may_overwrite():
        x.sub_(mean)
        squares = [band.square().sum((2, 3), keepdim=True) for band in x.chunk(_BANDS, 2)]
        variance = torch.stack(squares).sum(0) / (x.shape[2] * x.shape[3])
        return x.mul_(torch.rsqrt(variance + eps))
    centred = x - mean
    scale = torch.rsqrt(centred.square().mean((2, 3), keepdim=True) + eps)
    return (centred * scale).to(x.dtype)
