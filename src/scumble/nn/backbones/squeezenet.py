"""SqueezeNet v1.1 (Iandola et al., arXiv 1602.07360) with the weights of its Caffe model."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MEAN = (123.0, 117.0, 104.0)
"""Subtracted from red, green and blue in 0..255."""


class Fire(nn.Module):
    """A fire module: 1x1 down to `squeezed` channels, then 1x1 and 3x3 side by side, ReLU after each.

    Args:
        channels: channels of the input.
        squeezed: channels of the squeeze layer.
        expanded: channels of each of the two expand layers; the output has twice as many.
    """

    def __init__(self, channels: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Features ``[B, channels, H, W]`` to ``[B, 2 * expanded, H, W]``, all >= 0."""
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat((self.expand1x1(x), self.expand3x3(x)), dim=1))


class SqueezeNet(nn.Module):
    """SqueezeNet v1.1. Entry names are torchvision's; the expected weights and input scaling are Caffe's.

    Args:
        taps: indices of `features` whose outputs `forward` returns, ascending.
    """

    def __init__(self, taps: Sequence[int] = (1, 4, 7, 10, 12)) -> None:
        super().__init__()
        self.taps = tuple(taps)
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )
        # The identity holds the place of the dropout that gives the convolution its index. The padding
        # of the 1x1 convolution is no mistake: the Caffe model has it.
        self.classifier = nn.Sequential(nn.Identity(), nn.Conv2d(512, 1000, 1, padding=1), nn.ReLU())

    @staticmethod
    def scale(pictures: Tensor) -> Tensor:
        """Brings RGB pictures ``[B, 3, H, W]`` in [-1, 1] to 0..255 minus the mean colour."""
        offset = 127.5 - torch.tensor(MEAN, device=pictures.device).view(3, 1, 1)
        return pictures * 127.5 + offset.to(pictures.dtype)

    def forward(self, x: Tensor) -> list[Tensor]:
        """The features at the taps.

        Args:
            x: scaled pictures ``[B, 3, H, W]``, both sides at least 17.

        Returns:
            One tensor ``[B, channels, height, width]`` per tap, all >= 0. With the default taps the
            channels are 64, 128, 256, 384, 512 at 1/2, 1/4, 1/8, 1/16, 1/16 of the size.
        """
        found = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in self.taps:
                found.append(x)
                if len(found) == len(self.taps):  # what comes after is not needed
                    break
        return found

    def logits(self, x: Tensor) -> Tensor:
        """Scaled pictures ``[B, 3, H, W]`` to scores ``[B, 1000]`` of the ImageNet classes, all >= 0."""
        scores: Tensor = self.classifier(self.features(x))
        return scores.mean(dim=(2, 3))
