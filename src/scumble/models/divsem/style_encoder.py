"""The mask-aware style encoder: one style code per instance from what is visible of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.models.divsem.config import StyleConfig
from scumble.nn.conv_block import ConvBlock
from scumble.nn.packed_conv import PackedConv2d
from scumble.nn.pooling import Instances


def _decoded(block: ConvBlock, x: Tensor, skip: Tensor) -> Tensor:
    """Features at twice the size, beside the skip, through a block."""
    if not isinstance(block.conv, PackedConv2d):
        enlarged = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        result: Tensor = block(torch.cat([enlarged, skip], 1))
        return result
    # Here an edit would need most of its memory, by far.
    shape = (len(x), x.shape[1] + skip.shape[1], *skip.shape[2:])
    return block.finish(block.conv.in_bands(shape, lambda first, end: _joined(x, skip, first, end)))


def _joined(x: Tensor, skip: Tensor, first: int, end: int) -> Tensor:
    """Some rows of features at twice the size, with those of the skip."""
    # One row more on each side, which those at the border of the part take into account.
    top, bottom = max(first // 2 - 1, 0), end // 2 + 2
    large = F.interpolate(x[:, :, top:bottom], scale_factor=2, mode="bilinear", align_corners=False)
    return torch.cat([large[:, :, first - 2 * top : end - 2 * top], skip[:, :, first:end]], 1)


@dataclass(frozen=True)
class GivenCodes:
    """Codes that are not taken from the picture: from a bank, a reference picture, a user.

    Attributes:
        where: bool ``[K]``, the instances that take the given code.
        codes: ``[K, length]``, unscaled trunk means; rows outside ``where`` are not read.
    """

    where: Tensor
    codes: Tensor

    def to(self, device: torch.device) -> GivenCodes:
        """The codes on another device."""
        return GivenCodes(self.where.to(device), self.codes.to(device))


@dataclass(frozen=True)
class VisibleStyles:
    """What is known of each instance from its visible part.

    Attributes:
        means: ``[K, length]``, trunk means.
        ratio: ``[K, 1]``, visible share of the instance in [0, 1].
    """

    means: Tensor
    ratio: Tensor


class StyleEncoder(nn.Module):
    """Trunk, pooling per instance, valid-ratio normalisation (DivSem, section 2)."""

    def __init__(self, config: StyleConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.encoder
        strides = [1, *[2] * (len(widths) - 2), 1]
        self.encoder = nn.ModuleList(
            ConvBlock(i, o, stride=s, norm="instance")
            for i, o, s in zip((4, *widths[:-1]), widths, strides, strict=True)
        )
        inputs = (widths[-1], *config.decoder[:-1])
        self.decoder = nn.ModuleList(
            ConvBlock(i + s, o, norm="instance")
            for i, s, o in zip(inputs, widths[-3::-1], config.decoder, strict=True)
        )
        self.output = ConvBlock(config.decoder[-1], config.length, activation="tanh")
        self.gamma = nn.Linear(1, 1)
        self.beta = nn.Linear(1, 1)

    def trunk(self, image: Tensor, validity: Tensor) -> Tensor:
        """Features of a picture in which the invalid pixels are erased.

        Args:
            image: ``[B, 3, H, W]`` in [-1, 1], H and W multiples of 16.
            validity: ``[B, 1, H, W]``, 1 = visible.

        Returns:
            ``[B, length, H, W]`` in (-1, 1).
        """
        x = torch.cat([image * validity, validity], 1)
        outputs: list[Tensor] = []
        for block in self.encoder:
            x = block(x)
            outputs.append(x)
        for block, skip in zip(self.decoder, outputs[-3::-1], strict=True):
            assert isinstance(block, ConvBlock)
            x = _decoded(block, x, skip)
        features: Tensor = self.output(x)
        return features

    def means(self, image: Tensor, validity: Tensor, instances: Instances) -> Tensor:
        """Unscaled codes, float32 ``[K, length]``: means of the trunk over each instance."""
        weight = validity if self.config.pooling == "valid" else None
        return instances.mean(self.trunk(image, validity), weight)

    def visible(self, image: Tensor, mask: Tensor, instances: Instances) -> VisibleStyles:
        """What the visible part of a picture says; it serves any number of style draws."""
        validity = 1 - mask
        return VisibleStyles(self.means(image, validity, instances), instances.mean(validity))

    def combine(self, visible: VisibleStyles, given: GivenCodes) -> Tensor:
        """The codes of the visible parts, replaced where others are given, and normalised.

        Valid-ratio normalisation (section 2.3): ``mean * sigmoid(gamma(r)) + sigmoid(beta(r))``; a given
        code counts as fully visible.

        Returns:
            ``[K, length]``.
        """
        where = given.where[:, None]
        means = torch.where(where, given.codes.to(visible.means.dtype), visible.means)
        if not self.config.valid_ratio_norm:
            return means
        ratio = torch.where(where, torch.ones_like(visible.ratio), visible.ratio)
        return means * torch.sigmoid(self.gamma(ratio)) + torch.sigmoid(self.beta(ratio))

    def forward(
        self, image: Tensor, mask: Tensor, instances: Instances, given: GivenCodes | None = None
    ) -> Tensor:
        """One code per instance, ``[K, length]``.

        A visible instance takes its code from the visible part. A fully erased one takes the given code;
        without given codes (training) the mean over the same instance in the unmasked picture.

        Args:
            image: the unmasked picture, ``[B, 3, H, W]`` in [-1, 1].
            mask: ``[B, 1, H, W]``, 1 = hidden.
            instances: of the same batch.
            given: codes from elsewhere.
        """
        visible = self.visible(image, mask, instances)
        if given is None:
            original = self.means(image, torch.ones_like(mask), instances)
            given = GivenCodes(visible.ratio[:, 0] == 0, original)
        return self.combine(visible, given)
