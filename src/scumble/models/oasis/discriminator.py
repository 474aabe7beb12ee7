"""The discriminator of OASIS: a U-Net that segments pictures into the classes and "fake" (section 3)."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

from scumble.models.oasis.config import SegmenterConfig

_HEAD_AFTER = 4
"""Encoder blocks before the global head."""


class Judgement(NamedTuple):
    """What the discriminator says.

    Attributes:
        classes: logits ``[B, N + 1, H, W]``, 0 for "fake".
        whole: scores ``[B, 1, H / 16, W / 16]``, high for real; None without a global head.
        features: of the last block, ``[B, last, H, W]``.
    """

    classes: Tensor
    whole: Tensor | None
    features: Tensor


class ResidualBlock(nn.Module):
    """Two convolutions with spectral norm, at half or at twice the size.

    Args:
        in_channels: of x.
        out_channels: of the result.
        kind: ``first`` of the encoder (no activation before it), another of the encoder (``down``), or one
            of the decoder (``up``).
    """

    def __init__(self, in_channels: int, out_channels: int, kind: Literal["first", "down", "up"]) -> None:
        super().__init__()
        self.kind = kind
        self.conv_0 = spectral_norm(nn.Conv2d(in_channels, out_channels, 3, padding=1))
        self.conv_1 = spectral_norm(nn.Conv2d(out_channels, out_channels, 3, padding=1))
        self.learned = in_channels != out_channels
        if self.learned:
            self.conv_s = spectral_norm(nn.Conv2d(in_channels, out_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """``[B, in_channels, H, W]`` to ``[B, out_channels, H', W']``."""
        y = x if self.kind == "first" else F.leaky_relu(x, 0.2)
        if self.kind == "up":
            y, x = F.interpolate(y, scale_factor=2.0), F.interpolate(x, scale_factor=2.0)
        y = F.leaky_relu(self.conv_0(y), 0.2)
        result: Tensor = self.conv_1(y)
        if self.kind == "up":
            return result + self._shortcut(x)
        # The first block shrinks before its shortcut, the others after it.
        if self.kind == "first":
            return F.avg_pool2d(result, 2) + self._shortcut(F.avg_pool2d(x, 2))
        return F.avg_pool2d(result + self._shortcut(x), 2)

    def _shortcut(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv_s(x) if self.learned else x
        return result


class Segmenter(nn.Module):
    """The U-Net.

    Args:
        config: its widths.
        label_channels: classes N, without "fake".
    """

    def __init__(self, config: SegmenterConfig, label_channels: int) -> None:
        super().__init__()
        down = config.widths
        self.encoder = nn.ModuleList(
            ResidualBlock(a, b, "first" if i == 0 else "down")
            for i, (a, b) in enumerate(zip((3, *down), down, strict=False))
        )
        # Mirrored: each block hands on what the encoder's next one takes.
        up = [down[-1], *(down[i] for i in range(len(down) - 3, -1, -1)), config.last]
        inputs = [down[-1], *(2 * down[i] for i in range(len(down) - 2, -1, -1))]
        self.decoder = nn.ModuleList(ResidualBlock(a, b, "up") for a, b in zip(inputs, up, strict=True))
        self.output = nn.Conv2d(config.last, label_channels + 1, 1)
        self.head = nn.Conv2d(down[_HEAD_AFTER - 1], 1, 3, padding=1) if config.global_head else None

    def forward(self, pictures: Tensor) -> Judgement:
        """Judge pictures ``[B, 3, H, W]`` whose sides are multiples of 64."""
        scales = []
        x = pictures
        for block in self.encoder:
            x = block(x)
            scales.append(x)
        whole = self.head(scales[_HEAD_AFTER - 1]) if self.head is not None else None
        x = self.decoder[0](x)
        for block, skipped in zip(self.decoder[1:], scales[-2::-1], strict=True):
            x = block(torch.cat([skipped, x], 1))
        return Judgement(self.output(x), whole, x)
