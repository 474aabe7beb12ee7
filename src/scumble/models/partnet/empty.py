"""The features of an empty part mask, as the released PartNet computes them.

A part that no support shows has an all-zero mask. Every layer of the encoder then sees a map that is constant
up to rounding, and its instance norm enlarges the rounding error 316 times (``1 / sqrt(1e-5)``): after four
layers the features are as large as any others, and made of nothing but rounding. The reference cases fit one
way to round: a multiply-add without a rounding between in the norm, and sums over blocks of 16 input channels
that are added, one after the other, to the bias, as convolutions run on processors with vectors of 512 bits.
That is computed here, in double precision and rounded in these places, so that the released weights give the
same parts on every machine.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_BLOCK = 16
"""Input channels whose products are summed before they are rounded."""


def rounded_convolution(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution that rounds to float32 once for every block of input channels.

    Args:
        conv: with bias.
        x: float32 ``[N, C, H, W]``.

    Returns:
        float32 ``[N, out_channels, H', W']``.
    """
    assert conv.bias is not None
    weight = conv.weight.double()
    total = conv.bias.double()[None, :, None, None]
    for start in range(0, x.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        products = F.conv2d(x[:, block].double(), weight[:, block], None, conv.stride, conv.padding)
        total = (total + products).float().double()
    return total.float()


def rounded_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Instance norm as ``x * scale + shift`` with one rounding, scale and shift being rounded themselves.

    Args:
        x: float32 ``[N, C, H, W]``.
        eps: added to the variance.
    """
    variance, mean = torch.var_mean(x.double(), (2, 3), correction=0, keepdim=True)
    scale = (variance + eps).rsqrt().float()
    shift = -mean.float() * scale
    return (x.double() * scale.double() + shift.double()).float()


@torch.no_grad()
def empty_mask_features(layers: nn.Module, coarser: nn.Module, size: int) -> list[Tensor]:
    """What the layers of a mask encoder give for a mask without a single pixel.

    Args:
        layers: convolution, instance norm and activation each, one after the other.
        coarser: the same, for the coarser scales.
        size: side of the mask.

    Returns:
        The maps of all scales, float32 ``[1, C, h, w]``.
    """
    device = next(layers.parameters()).device
    x = torch.zeros(1, 1, size, size, device=device)
    scales = []
    for stack in (list(layers.children()), *([layer] for layer in coarser.children())):
        for layer in stack:
            conv, _, activation = layer.children()
            assert isinstance(conv, nn.Conv2d)
            x = activation(rounded_norm(rounded_convolution(conv, x)))
        scales.append(x)
    return scales
