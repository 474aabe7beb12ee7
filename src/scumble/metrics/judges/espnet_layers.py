"""The layers of ESPNet (Mehta et al., arXiv 1803.06815), under the published entry names."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Conv(nn.Module):
    """A convolution without bias, zero-padded to the input's size (over the stride)."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        padding = (kernel - 1) // 2 * dilation
        self.conv = nn.Conv2d(channels, width, kernel, stride, padding, dilation, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, H / stride, W / stride]``, rounded up."""
        y: Tensor = self.conv(x)
        return y


class NormAct(nn.Module):
    """Batch norm and PReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(channels, eps=1e-3)
        self.act = nn.PReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]``, shape kept."""
        y: Tensor = self.act(self.bn(x))
        return y


class ConvNormAct(NormAct):
    """A 3x3 convolution, batch norm and PReLU."""

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__(width)
        self.conv = nn.Conv2d(channels, width, 3, stride, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, H / stride, W / stride]``, rounded up."""
        return super().forward(self.conv(x))


class Pyramid(nn.Module):
    """The spatial pyramid of ESPNet: reduce, five dilated 3x3 convolutions, summed from small to large.

    The sums against gridding leave the undilated branch out, as the published code does.
    """

    def __init__(self, channels: int, width: int, kernel: int, stride: int) -> None:
        super().__init__()
        inside = width // 5
        self.c1 = Conv(channels, inside, kernel, stride)
        self.d1 = Conv(inside, width - 4 * inside, 3)
        self.d2 = Conv(inside, inside, 3, dilation=2)
        self.d4 = Conv(inside, inside, 3, dilation=4)
        self.d8 = Conv(inside, inside, 3, dilation=8)
        self.d16 = Conv(inside, inside, 3, dilation=16)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, H / stride, W / stride]``, rounded up."""
        x = self.c1(x)
        parts = [self.d1(x), self.d2(x)]
        for branch in (self.d4, self.d8, self.d16):
            parts.append(parts[-1] + branch(x))
        return torch.cat(parts, dim=1)


class DownSampler(Pyramid):
    """A pyramid that halves the size."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(channels, width, kernel=3, stride=2)
        self.bn = nn.BatchNorm2d(width, eps=1e-3)
        self.act = nn.PReLU(width)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, H / 2, W / 2]``, rounded up."""
        y: Tensor = self.act(self.bn(super().forward(x)))
        return y


class Block(Pyramid):
    """A pyramid at full size, with its input added where the widths agree."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(channels, width, kernel=1, stride=1)
        self.residual = channels == width
        self.bn = NormAct(width)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, H, W]``."""
        y = super().forward(x)
        z: Tensor = self.bn(x + y if self.residual else y)
        return z
