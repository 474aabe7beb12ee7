"""SPADE: normalisation whose scale and shift follow a map (Park et al., arXiv 1903.07291, section 3.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

from scumble.nn.regions import Condition, RegionConv2d, branch
from scumble.nn.sync_norm import SyncBatchNorm2d

HIDDEN = 128
"""Channels between a map and the scales and shifts made of it."""


class SPADE(nn.Module):
    """``norm(x) * (1 + gamma) + beta`` with gamma and beta from the condition; batch norm without parameters.

    Args:
        channels: of x.
        condition_channels: of the map.
        outputs: scales and shifts that are made: ``channels``, or 1 for all channels alike.
        hidden: channels between map and scales.
    """

    def __init__(
        self, channels: int, condition_channels: int, *, outputs: int | None = None, hidden: int = HIDDEN
    ) -> None:
        super().__init__()
        self.norm = SyncBatchNorm2d(channels, affine=False)
        self.hidden = RegionConv2d(condition_channels, hidden)
        self.heads = nn.Conv2d(hidden, 2 * (outputs or channels), 3, padding=1)

    def scale_and_shift(self, condition: Condition, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Gamma and beta, each ``[B, outputs, height, width]``."""
        gamma, beta = branch(self.hidden, self.heads, condition, height, width).chunk(2, 1)
        return gamma, beta

    def forward(self, x: Tensor, condition: Condition) -> Tensor:
        """``[B, C, H, W]`` of the same shape."""
        gamma, beta = self.scale_and_shift(condition, *x.shape[-2:])
        result: Tensor = torch.addcmul(beta, self.norm(x), 1 + gamma)
        return result


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
        y: Tensor = self.conv_0(F.leaky_relu(self.norm_0(x, condition), 0.2))
        y = self.conv_1(F.leaky_relu(self.norm_1(y, condition), 0.2))
        shortcut: Tensor = self.conv_s(self.norm_s(x, condition)) if self.learned else x
        return shortcut + y
