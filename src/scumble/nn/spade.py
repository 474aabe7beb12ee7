"""SPADE: normalisation whose scale and shift follow a map (Park et al., arXiv 1903.07291, section 3.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import spectral_norm

from scumble.nn.fresh import leaky_relu
from scumble.nn.regions import Condition, NeighbourhoodConv2d, RegionConv2d, branch
from scumble.nn.sync_norm import SyncBatchNorm2d

HIDDEN = 128
"""Channels between a map and the scales and shifts made of it."""


class SPADE(nn.Module):
    """``norm(x) * (1 + gamma) + beta`` with gamma and beta from the condition; batch norm without parameters.

    Args:
        channels: of x.
        condition_channels: of the map.
        hidden: channels between map and scales.
    """

    def __init__(self, channels: int, condition_channels: int, *, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.norm = SyncBatchNorm2d(channels, affine=False)
        self.hidden = RegionConv2d(condition_channels, hidden)
        self.heads = NeighbourhoodConv2d(hidden, 2 * channels)

        self.folded = False

    def forward(self, x: Tensor, condition: Condition) -> Tensor:
        """``[B, C, H, W]`` of the same shape."""
        weight, bias = (self.heads.weight, self.heads.bias) if self.folded else self._heads()
        assert bias is not None
        modulation = branch(self.hidden, weight, bias, condition, *x.shape[-2:])
        return modulation.modulate(self.norm(x) if self.training else x)

    @torch.no_grad()
    def prepare_for_inference(self) -> None:
        """Put the norm into the heads for good."""
        weight, bias = self._heads()
        self.heads.weight.data, self.heads.bias.data = weight, bias  # type: ignore[union-attr]
        self.folded = True

    def _heads(self) -> tuple[Tensor, Tensor]:
        """Weight and bias that give ``1 + gamma`` and beta; in evaluation with the norm in them.

        The norm is then itself a scale and a shift: ``(x * r - m * r) * (1 + gamma) + beta``.
        """
        assert self.heads.bias is not None
        weight, bias = self.heads.weight.chunk(2), self.heads.bias.chunk(2)
        one = bias[0] + 1
        if self.training:
            return self.heads.weight, torch.cat([one, bias[1]])
        mean, variance = self.norm.running_mean, self.norm.running_var
        assert mean is not None and variance is not None
        r = torch.rsqrt(variance + self.norm.eps)
        move, by_row = mean * r, (-1, 1, 1, 1)
        return (
            torch.cat([weight[0] * r.view(by_row), weight[1] - weight[0] * move.view(by_row)]),
            torch.cat([one * r, bias[1] - one * move]),
        )


class SPADEBlock(nn.Module):
    """The residual block of SPADE, with spectral norm (same paper, figure 4).

    Args:
        in_channels: of x.
        out_channels: of the result; the shortcut is learned where they differ.
        condition_channels: of the map.
        hidden: channels between map and scales.
    """

    def __init__(
        self, in_channels: int, out_channels: int, condition_channels: int, hidden: int = HIDDEN
    ) -> None:
        super().__init__()
        middle = min(in_channels, out_channels)
        self.norm_0 = SPADE(in_channels, condition_channels, hidden=hidden)
        self.conv_0 = spectral_norm(nn.Conv2d(in_channels, middle, 3, padding=1))
        self.norm_1 = SPADE(middle, condition_channels, hidden=hidden)
        self.conv_1 = spectral_norm(nn.Conv2d(middle, out_channels, 3, padding=1))
        self.learned = in_channels != out_channels
        if self.learned:
            self.norm_s = SPADE(in_channels, condition_channels, hidden=hidden)
            self.conv_s = spectral_norm(nn.Conv2d(in_channels, out_channels, 1, bias=False))

    def forward(self, x: Tensor, condition: Condition) -> Tensor:
        """``[B, in_channels, H, W]`` to ``[B, out_channels, H, W]``."""
        y: Tensor = self.conv_0(leaky_relu(self.norm_0(x, condition)))
        y = self.conv_1(leaky_relu(self.norm_1(y, condition)))
        shortcut: Tensor = self.conv_s(self.norm_s(x, condition)) if self.learned else x
        return shortcut + y
