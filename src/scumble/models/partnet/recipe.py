"""Losses and update step of PartNet (``ipose`` spec, section 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.models.partnet.config import PART_CHANNELS
from scumble.models.partnet.network import PartNet, SupportFeatures
from scumble.models.partnet.supports import SupportStore
from scumble.models.recipe import Optimized, Update
from scumble.nn.init import xavier_normal


@dataclass(frozen=True)
class PartBatch:
    """Objects to predict the parts of.

    Attributes:
        shapes: outlines ``[N, 1, 64, 64]``, 1 inside.
        parts: true part numbers ``[N, 64, 64]`` int64.
        categories: category ids, N of them.
    """

    shapes: Tensor
    parts: Tensor
    categories: tuple[int, ...]


@dataclass(frozen=True)
class PartNetLosses:
    """Terms, and how the network learns; the defaults are those of the released code."""

    reconstruction: bool = True
    """L_rec: predict once more with the truth among the supports."""
    cross_entropy: bool = True
    """The released code's terms that the paper does not name: one softmax over all parts."""
    permute_parts: bool = True
    """Shuffle the part channels in every pass, so that none gets a meaning of its own."""
    vary_supports: bool = True
    """Draw other supports in three of eight passes."""
    gain: float = 0.02
    """Scale of the first weights; with 1 attention finds what belongs together in half the time."""
    learning_rate: float = 1e-4
    """Of Adam."""
    betas: tuple[float, float] = (0.0, 0.999)
    """Adam's decay rates."""


def published_init(network: PartNet, generator: torch.Generator, gain: float = 0.02) -> None:
    """Xavier normal and zero biases; attention in-projections Xavier uniform (section 2.4)."""
    xavier_normal(network, generator, gain)
    for module in network.modules():
        if isinstance(module, nn.MultiheadAttention):
            nn.init.xavier_uniform_(module.in_proj_weight, generator=generator)
            nn.init.zeros_(module.in_proj_bias)


def branches(
    network: PartNet,
    shapes: Tensor,
    truth: Tensor,
    supports: Tensor,
    rows: Tensor,
    permutation: Tensor,
    slot: int | None,
) -> dict[str, Tensor]:
    """Predict with the supports, and with the truth in the place of one of them.

    Args:
        network: PartNet.
        shapes: outlines ``[N, 1, 64, 64]``.
        truth: true parts, one-hot ``[N, 9, 64, 64]``, already permuted.
        supports: one-hot ``[S, k, 9, 64, 64]``, not permuted.
        rows: which of the S supports each object has, ``[N]``.
        permutation: of the 9 channels.
        slot: the support that the truth replaces; None leaves that branch out.

    Returns:
        ``predicted`` and ``reconstructed``: logits ``[N, 9, 64, 64]``, in the permuted order.
    """
    encoded = network.encode_shapes(shapes)
    # Outlines are told before channel 0 may lie elsewhere.
    given = network.encode_supports(supports[:, :, permutation], 1 - supports[:, :, :1]).of(rows)
    found = {"predicted": network(encoded, given)[0]}
    if slot is not None:
        # Indexed tensors are copies: what is put into them does not reach the other objects.
        outlines, masks = given.shapes[rows], given.masks[rows]
        outlines[:, slot] = encoded
        masks[:, :, slot] = network.encode_masks(truth)
        shares = torch.maximum(given.shares[rows], truth.mean((2, 3)))
        own = torch.arange(len(rows), device=rows.device)
        found["reconstructed"] = network(encoded, SupportFeatures(outlines, masks, shares, own))[0]
    return found


class PartNetRecipe:
    """Adam on the sum of the terms; everything random follows from (seed, number of the pass).

    Args:
        network: PartNet.
        store: the part maps that supports are drawn from.
        losses: the terms.
        seed: of the random choices.
    """

    def __init__(self, network: PartNet, store: SupportStore, losses: PartNetLosses, seed: int) -> None:
        self.network, self.store, self.losses, self.seed = network, store, losses, seed
        self.networks = nn.ModuleDict({"generator": network})
        self.optimized = {"generator": Optimized(network, losses.learning_rate, losses.betas)}

    def updates(self, batch: PartBatch, step: int, *, lean: bool = False) -> Iterator[Update]:
        """One step."""
        terms = self.terms(batch, step)
        yield Update("generator", torch.stack(list(terms.values())).sum(), terms)

    def terms(self, batch: PartBatch, step: int) -> dict[str, Tensor]:
        """The terms that are switched on, all of weight 1; random choices follow from seed and step."""
        rng = np.random.default_rng([self.seed, step])
        k = self.network.config.supports
        categories = sorted(set(batch.categories))
        draw = self.store.drawn if self.losses.vary_supports else None
        supports = draw(categories, k, rng) if draw else self.store.fixed(categories, k)
        channels = np.arange(PART_CHANNELS)
        permutation = torch.from_numpy(rng.permutation(channels) if self.losses.permute_parts else channels)
        # The last support is never replaced, as in the released code.
        slot = int(rng.integers(max(1, k - 1))) if self.losses.reconstruction else None
        device = batch.shapes.device
        truth = F.one_hot(batch.parts, PART_CHANNELS).permute(0, 3, 1, 2).float()[:, permutation]
        rows = torch.tensor([categories.index(category) for category in batch.categories], device=device)
        found = branches(
            self.network, batch.shapes, truth, supports.to(device), rows, permutation.to(device), slot
        )
        return part_losses(found, truth, cross_entropy=self.losses.cross_entropy)


def part_losses(found: dict[str, Tensor], truth: Tensor, *, cross_entropy: bool) -> dict[str, Tensor]:
    """Binary and, if asked for, 9-way cross-entropy of logits against one-hot parts ``[N, 9, 64, 64]``."""
    terms = {
        f"bce_{name}": F.binary_cross_entropy_with_logits(logits.float(), truth)
        for name, logits in found.items()
    }
    if cross_entropy:
        target = truth.argmax(1)
        terms |= {f"ce_{name}": F.cross_entropy(logits.float(), target) for name, logits in found.items()}
    return terms
