"""PartNet's network (``ipose`` spec, sections 2.1 and 2.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    keeps_weights = True
    """The features of an empty mask are computed from the weights themselves."""

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
class Projections:
    """Keys and values of the supports of S categories.

    Attributes:
        keys: by layer, ``[S, k * 64, D]``.
        values: by layer, ``[P, k * 64, D]``, for the P parts that are told apart.
        number: which of the P each part of each category is, ``[S, 9]``; -1 for one that is left out.
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    number: Tensor

    def followed_by(self, other: Projections) -> Projections:
        """Those of these categories and then of others."""
        shifted = torch.where(other.number < 0, -1, other.number + len(self.values[0]))
        keys, values = (
            tuple(torch.cat(pair) for pair in zip(mine, its, strict=True))
            for mine, its in ((self.keys, other.keys), (self.values, other.values))
        )
        return Projections(keys, values, torch.cat([self.number, shifted]))


@dataclass(frozen=True)
class SupportFeatures:
    """What PartNet knows of the example part maps of some categories.

    Attributes:
        shapes: features of their outlines, ``[S, k, D, 8, 8]``.
        masks: features of the masks of every part in them, ``[S, 9, k, D, 8, 8]``.
        shares: of each part in what the supports cover, ``[S, 9]``; 0 for one that none of them shows.
        rows: which of the S each object that is asked about looks at, ``[N]``.
        projected: keys and values, if they are kept for further calls.
    """

    shapes: Tensor
    masks: Tensor
    shares: Tensor
    rows: Tensor
    projected: Projections | None = None

    @property
    def shown(self) -> Tensor:
        """Whether one of them shows a part, bool ``[S, 9]``."""
        return self.shares > 0

    def of(self, rows: Tensor) -> SupportFeatures:
        """The same for other objects: which of the S each looks at, ``[N]``."""
        return replace(self, rows=rows)

    def followed_by(self, other: SupportFeatures) -> SupportFeatures:
        """Those of these categories and then of others; both projected."""
        assert self.projected is not None
        assert other.projected is not None
        shapes, masks, shares = (
            torch.cat(pair)
            for pair in (
                (self.shapes, other.shapes),
                (self.masks, other.masks),
                (self.shares, other.shares),
            )
        )
        rows = torch.arange(len(shares), device=shares.device)
        return SupportFeatures(shapes, masks, shares, rows, self.projected.followed_by(other.projected))


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
        shares = parts.sum((1, 3, 4)) / outlines.sum((1, 2, 3, 4)).clamp_min(1)[:, None]
        rows = torch.arange(len(parts), device=parts.device)
        return SupportFeatures(encoded, self.encode_masks(parts.transpose(1, 2)), shares, rows)

    def projected_supports(self, parts: Tensor) -> SupportFeatures:
        """What further calls need of example part maps: keys and values without the features behind them.

        Args:
            parts: see `encode_supports`.
        """
        encoded = self.encode_supports(parts)
        projected = self.project(encoded, encoded.rows)
        return replace(encoded, shapes=encoded.shapes[:, :0], masks=encoded.masks[:, :0], projected=projected)

    def project(self, supports: SupportFeatures, categories: Tensor) -> Projections:
        """Keys and values of some of the S categories, for all layers."""
        shown = supports.shown[categories]
        outlines, masks = supports.shapes[categories], supports.masks[categories]
        number = torch.where(shown, shown.flatten().cumsum(0).view_as(shown) - 1, -1)
        told = masks[shown]
        if not self.config.skip_empty and not bool(shown.all()):
            # Parts that no support shows look alike.
            number = torch.where(shown, number, len(told))
            told = torch.cat([told, masks[~shown][:1]])
        pairs = [layer.project(outlines, told) for layer in self.attention]  # type: ignore[operator]
        return Projections(tuple(keys for keys, _ in pairs), tuple(values for _, values in pairs), number)

    def forward(self, shapes: Tensor, supports: SupportFeatures) -> tuple[Tensor, Tensor]:
        """Predict the parts of objects.

        Args:
            shapes: features of their outlines, `encode_shapes`, ``[N, D, 8, 8]``.
            supports: of each object's category, ``N`` of them.

        Returns:
            Logits ``[N, 9, 64, 64]`` and part features ``[N, 9 * F, 64, 64]``, part by part. Parts that no
            support shows have equal logits; with ``skip_empty`` very low ones, and features 0.
        """
        projected, place = supports.projected, supports.rows
        if projected is None:
            categories, place = torch.unique(place, return_inverse=True)
            projected = self.project(supports, categories)
        # One row for every object and part; parts that are not told apart share it.
        number = projected.number[place]
        of, part = (number >= 0).nonzero(as_tuple=True)
        # Those that look for the same part in the same supports are neighbours.
        together = number[of, part] * len(projected.keys[0]) + place[of]
        distinct, row = torch.unique(together * len(shapes) + of, return_inverse=True)
        owner = distinct % len(shapes)
        category = place[owner]
        value, rows = distinct // (len(shapes) * len(projected.keys[0])), shapes[owner]
        for layer, keys, values in zip(self.attention, projected.keys, projected.values, strict=True):
            rows = layer(rows, keys, values, category, value)
        found: Tensor = self.decoder(rows)
        size = found.shape[-2:]
        told = self.head(found)[:, 0]
        if self.config.skip_empty:
            features = found.new_zeros(*number.shape, found.shape[1], *size)
            features = features.index_put((of, part), found[row])
            logits = found.new_full((*number.shape, *size), RULED_OUT).index_put((of, part), told[row])
        else:
            features = found[row].view(*number.shape, found.shape[1], *size)
            logits = told[row].view(*number.shape, *size)
        if self.config.prior_power and not self.training:
            logits = logits + self._adjustment(supports)[:, :, None, None]
        return logits, features.flatten(1, 2)

    def _adjustment(self, supports: SupportFeatures) -> Tensor:
        """What small parts gain, ``[N, 9]``; nothing for "no part" and for parts that are not shown."""
        shares = supports.shares[supports.rows]
        gain = -self.config.prior_power * shares.clamp_min(1e-6).log()
        parts = torch.arange(PART_CHANNELS, device=shares.device) > 0
        return torch.where((shares > 0) & parts, gain, 0)
