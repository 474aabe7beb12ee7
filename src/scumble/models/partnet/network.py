"""PartNet's network (``ipose`` spec, sections 2.1 and 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.models.partnet.attention import CrossAttention
from scumble.models.partnet.config import PART_CHANNELS, SHAPE_SIZE, PartNetConfig
from scumble.models.partnet.empty import empty_mask_features

RULED_OUT = -30.0
"""Logit of a part that no support shows: a probability of 1e-13."""


class Encoder(nn.Module):
    """Three scales of a 64x64 map, side by side on the grid of the first, 8x8.

    Args:
        channels: of the input.
        widths: channels of the layers.
    """

    def __init__(self, channels: int, widths: tuple[int, int, int, int]) -> None:
        super().__init__()
        first = _layer(nn.Conv2d(channels, widths[0], 7, 1, 3))
        pairs = pairwise(widths)
        self.layers = nn.Sequential(first, *(_layer(nn.Conv2d(a, b, 4, 2, 1)) for a, b in pairs))
        self.coarser = nn.ModuleList(_layer(nn.Conv2d(widths[-1], widths[-1], 4, 2, 1)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """``[N, C, 64, 64]`` to ``[N, 3 * widths[-1], 8, 8]``."""
        scales = [self.layers(x)]
        for layer in self.coarser:
            scales.append(layer(scales[-1]))
        return _side_by_side(scales)

    def empty(self) -> Tensor:
        """What the released code gives for a mask without a pixel, ``[1, 3 * widths[-1], 8, 8]``."""
        return _side_by_side(empty_mask_features(self.layers, self.coarser, SHAPE_SIZE))


def _side_by_side(scales: list[Tensor]) -> Tensor:
    """All scales on the grid of the first."""
    size = scales[0].shape[-2:]
    enlarged = (F.interpolate(scale, size, mode="bilinear") for scale in scales[1:])
    return torch.cat([scales[0], *enlarged], 1)


def _layer(conv: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(conv, nn.InstanceNorm2d(conv.out_channels), nn.LeakyReLU(0.2))


@dataclass(frozen=True)
class SupportFeatures:
    """What PartNet knows of the example part maps of some categories.

    Attributes:
        shapes: features of their outlines, ``[S, k, D, 8, 8]``.
        masks: features of the masks of every part in them, ``[S, 9, k, D, 8, 8]``.
        shown: whether one of them shows a part, bool ``[S, 9]``.
        rows: which of the S each object that is asked about looks at, ``[N]``.
    """

    shapes: Tensor
    masks: Tensor
    shown: Tensor
    rows: Tensor

    def of(self, rows: Tensor) -> SupportFeatures:
        """The same for other objects: which of the S each looks at, ``[N]``."""
        return SupportFeatures(self.shapes, self.masks, self.shown, rows)


class PartNet(nn.Module):
    """Predicts one part at a time, so that neither number nor meaning of the parts is in a weight.

    Args:
        config: its widths.
    """

    def __init__(self, config: PartNetConfig) -> None:
        super().__init__()
        self.config = config
        self.shape_encoder = Encoder(5 if config.coordinates else 3, config.encoder)
        self.mask_encoder = Encoder(1, config.encoder)
        self.attention = nn.ModuleList(CrossAttention(config.width) for _ in range(config.attention_layers))
        widths = (config.width, *config.decoder)
        self.decoder = nn.Sequential(
            *(
                nn.Sequential(nn.ConvTranspose2d(a, b, 4, 2, 1), nn.InstanceNorm2d(b), nn.ReLU())
                for a, b in pairwise(widths)
            )
        )
        self.head = nn.Conv2d(config.decoder[-1], 1, 5, 1, 2)

    def encode_shapes(self, shapes: Tensor) -> Tensor:
        """Features ``[N, D, 8, 8]`` of outlines ``[N, 1, 64, 64]``, 1 inside and 0 outside."""
        maps = [shapes.expand(-1, 3, -1, -1)]
        if self.config.coordinates:
            ramp = torch.linspace(-1, 1, SHAPE_SIZE, device=shapes.device, dtype=shapes.dtype)
            x, y = ramp.expand(SHAPE_SIZE, -1), ramp[:, None].expand(-1, SHAPE_SIZE)
            maps.insert(0, torch.stack([x, y]).expand(len(shapes), -1, -1, -1))
        features: Tensor = self.shape_encoder(torch.cat(maps, 1))
        return features

    def encode_masks(self, masks: Tensor) -> Tensor:
        """Features ``[..., D, 8, 8]`` of part masks ``[..., 64, 64]``; equal masks are encoded once."""
        flat = masks.flatten(0, -3)
        used = flat.flatten(1).any(1)
        features: Tensor = self.mask_encoder(flat[used][:, None])
        # The masks of parts that do not occur are all zero: one of them stands for all.
        skip = self.config.skip_empty or bool(used.all())
        empty = features.new_zeros(1, *features.shape[1:]) if skip else self.mask_encoder.empty()
        index = torch.where(used, used.cumsum(0), 0)
        features = torch.cat([empty.to(features.dtype), features])[index]
        return features.view(*masks.shape[:-2], *features.shape[1:])

    def encode_supports(self, parts: Tensor, shapes: Tensor | None = None) -> SupportFeatures:
        """Look at example part maps once, for any number of objects.

        Args:
            parts: one-hot float ``[S, k, 9, 64, 64]``, channel 0 for no part.
            shapes: their outlines ``[S, k, 1, 64, 64]``; by default everything but channel 0 (which must be
                told apart where the channels have been permuted).
        """
        outlines = 1 - parts[:, :, :1] if shapes is None else shapes
        encoded = self.encode_shapes(outlines.flatten(0, 1))
        encoded = encoded.view(*parts.shape[:2], *encoded.shape[1:])
        shown = parts.flatten(3).any(3).any(1)
        rows = torch.arange(len(parts), device=parts.device)
        return SupportFeatures(encoded, self.encode_masks(parts.transpose(1, 2)), shown, rows)

    def forward(self, shapes: Tensor, supports: SupportFeatures) -> tuple[Tensor, Tensor]:
        """Predict the parts of objects.

        Args:
            shapes: features of their outlines, `encode_shapes`, ``[N, D, 8, 8]``.
            supports: of each object's category, ``N`` of them.

        Returns:
            Logits ``[N, 9, 64, 64]`` and part features ``[N, 9 * F, 64, 64]``, part by part. Parts that no
            support shows have equal logits; with ``skip_empty`` very low ones, and features 0.
        """
        categories, place = torch.unique(supports.rows, return_inverse=True)
        shown = supports.shown[categories]
        wanted = shown if self.config.skip_empty else torch.ones_like(shown)
        # Numbers of the wanted parts of all categories, and one row for every part of every object.
        number = wanted.flatten().cumsum(0).view_as(wanted) - 1
        of, part = wanted[place].nonzero(as_tuple=True)
        category = place[of]
        outlines, masks = supports.shapes[categories], supports.masks[categories][wanted]
        rows = shapes[of]
        for layer in self.attention:
            rows = layer(rows, outlines, masks, category, number[category, part])
        found: Tensor = self.decoder(rows)
        size = found.shape[-2:]
        features = found.new_zeros(len(shapes), PART_CHANNELS, found.shape[1], *size)
        logits = found.new_full((len(shapes), PART_CHANNELS, *size), RULED_OUT)
        features = features.index_put((of, part), found)
        logits = logits.index_put((of, part), self.head(found)[:, 0])
        return logits, features.flatten(1, 2)
