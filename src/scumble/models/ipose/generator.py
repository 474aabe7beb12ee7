"""The generator of iPOSE (``ipose`` spec, sections 1 and 4)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.models.ipose.blocks import PartBlock, Parts
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.inference import ComposedParts
from scumble.models.oasis.config import REDUCTION, WIDTHS
from scumble.models.oasis.generator import check_size, condition_of
from scumble.models.partnet.network import PartNet
from scumble.nn.fresh import SLOPE, leaky_relu, tanh
from scumble.nn.norm import instance_norm
from scumble.nn.regions import DenseMap, RegionConv2d, nearest_resize

_WITH_LABELS = 3
"""Noise layers that see the class ids once more."""


class NoiseBranch(nn.Module):
    """Features of noise and class ids at the size of every block (section 4.2).

    Args:
        features: channels.
        blocks: of the generator.
    """

    def __init__(self, features: int, blocks: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(features, features, 3, padding=1)
        # The last layer is never used; released checkpoints hold it.
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(features + (i < _WITH_LABELS), features, 4, 2, 1) for i in range(blocks)
        )

    def forward(self, noise: Tensor, labels: Tensor) -> list[Tensor]:
        """Features for every block, each twice the size of the one before.

        Args:
            noise: ``[B, features - 1, h, w]``.
            labels: int64 ``[B, H, W]``; the ids enter as they are, as in the released code.
        """
        ids = labels[:, None].to(noise.dtype)
        x = torch.cat([noise, nearest_resize(ids, *noise.shape[-2:])], 1)
        found = [_activated(self.first(x.contiguous(memory_format=torch.channels_last)))]
        for i in range(len(self.up) - 1):
            x = found[-1]
            if i < _WITH_LABELS:
                x = torch.cat([x, nearest_resize(ids, *x.shape[-2:])], 1)
            found.append(_activated(self.up[i](x)))
        return found


def _activated(x: Tensor) -> Tensor:
    return leaky_relu(instance_norm(x, overwrite=True))


class IPOSEGenerator(nn.Module):
    """Six blocks that are modulated by parts, then by classes.

    Args:
        config: its widths.
    """

    def __init__(self, config: IPOSEConfig) -> None:
        super().__init__()
        self.config = config
        widths = [multiple * config.base.width for multiple in WIDTHS]
        channels = config.base.condition_channels
        self.first = RegionConv2d(channels, widths[0])
        self.blocks = nn.ModuleList(
            PartBlock(a, b, channels, config.part_features, config.injection, config.base.hidden)
            for a, b in pairwise(widths)
        )
        self.output = nn.Conv2d(widths[-1], 3, 3, padding=1)
        if config.injection != "none":
            self.part_features = nn.Conv2d(config.composed_features, config.part_features, 3, padding=1)
            self.partnet = PartNet(config.partnet).requires_grad_(False)
        if config.injection == "modulation":
            self.noise = NoiseBranch(config.part_features, len(self.blocks))

    def modulating(self, found: ComposedParts) -> Parts:
        """What the blocks take of the inferred parts."""
        return Parts(_activated(self.part_features(found.features)), found.mask)

    def forward(
        self, labels: Tensor, noise: Tensor, parts: Parts | None = None, spatial_noise: Tensor | None = None
    ) -> Tensor:
        """Paint pictures.

        Args:
            labels: int64 ``[B, H, W]``, H and W multiples of 32.
            noise: one vector a picture ``[B, Z]``, or one a pixel ``[B, Z, H, W]``.
            parts: see `modulating`; None only without injection.
            spatial_noise: ``[B, part_features - 1, H / 32, W / 32]``, for ``modulation``.

        Returns:
            ``[B, 3, H, W]`` in [-1, 1].
        """
        check_size(labels)
        condition = condition_of(labels, noise, self.config.base.label_channels)
        size = [side // REDUCTION for side in labels.shape[-2:]]
        x = self.first.at(condition, *size)
        if self.config.injection == "concatenation":
            assert parts is not None
            condition = DenseMap(torch.cat([condition.dense(*labels.shape[-2:]), parts.features], 1))
        noises: list[Tensor] | None = None
        if self.config.injection == "modulation":
            assert spatial_noise is not None
            noises = self.noise(spatial_noise, labels)
        for i, block in enumerate(self.blocks):
            x = block(x, condition, parts, noises[i] if noises else None, 2 if i else 1)
        return tanh(self.output(F.leaky_relu(x, SLOPE)))
