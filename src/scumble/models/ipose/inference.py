"""What PartNet says of the objects of a map, pasted into the map (``ipose`` spec, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from scumble.data.boxes.records import OBJECTS_PER_CATEGORY
from scumble.models.ipose.geometry import Objects, compose, outlines, part_mask, with_margin
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.models.partnet.config import PART_CHANNELS, SHAPE_SIZE
from scumble.models.partnet.network import PartNet, SupportFeatures
from scumble.models.partnet.supports import SupportStore


@dataclass(frozen=True)
class ComposedParts:
    """What PartNet says of the pixels of a batch.

    Attributes:
        features: ``[B, 9 * F, H, W]``, 0 outside objects.
        logits: ``[B, 9, H, W]``, 0 outside objects.
        mask: 1 where a part is seen, ``[B, 1, H, W]``.
    """

    features: Tensor
    logits: Tensor
    mask: Tensor

    @property
    def parts(self) -> Tensor:
        """The part of every pixel, int64 ``[B, H, W]``, 0 for none."""
        return self.logits.argmax(1)


@torch.no_grad()
def infer_parts(
    partnet: PartNet, ids: Tensor, values: Tensor, objects: Objects, supports: SupportFeatures
) -> ComposedParts:
    """Let PartNet look at every object.

    Args:
        partnet: the network.
        ids: the map in which objects are found, integers ``[B, H, W]``.
        values: the id of each object, ``[N]``.
        objects: where they are.
        supports: of each object's category, ``N`` of them.
    """
    crops = outlines(ids, values, objects)
    size = (ids.shape[0], ids.shape[1], ids.shape[2])
    if len(objects):
        logits, features = partnet(partnet.encode_shapes(crops), supports)
    else:
        channels = PART_CHANNELS * partnet.config.decoder[-1]
        logits = crops.new_zeros(0, PART_CHANNELS, SHAPE_SIZE, SHAPE_SIZE)
        features = crops.new_zeros(0, channels, SHAPE_SIZE, SHAPE_SIZE)
    composed, parts, _ = compose(size, objects, crops, features, logits)
    return ComposedParts(composed, parts, part_mask(parts))


class PartInference:
    """PartNet with its supports; those of a category are encoded when it is first met.

    Args:
        partnet: the network.
        store: the support maps.
        categories: part categories that may be asked for.

    Raises:
        DataError: a category has no supports.
    """

    def __init__(self, partnet: PartNet, store: SupportStore, categories: Sequence[int]) -> None:
        self.partnet = partnet
        self.categories = sorted(set(categories))
        self.maps = store.fixed(self.categories, partnet.config.supports)
        self._met: list[int] = []
        self._encoded: SupportFeatures | None = None

    @torch.no_grad()
    def __call__(self, batch: SynthesisBatch) -> ComposedParts:
        """What PartNet says of the pixels of a batch."""
        objects, codes = with_margin(batch.boxes, batch.counts, *batch.codes.shape[-2:])
        categories = (codes // OBJECTS_PER_CATEGORY).tolist()
        supports = self._supports(sorted(set(categories)), codes.device)
        place = torch.tensor([self._met.index(c) for c in categories], dtype=torch.long, device=codes.device)
        return infer_parts(self.partnet, batch.codes, codes, objects, supports.of(place))

    def _supports(self, categories: list[int], device: torch.device) -> SupportFeatures:
        """What is known of the categories met so far, these included."""
        if self._encoded is not None and self._encoded.shares.device != device:
            self._met, self._encoded = [], None
        new = [category for category in categories if category not in self._met]
        if self._encoded is not None and not new:
            return self._encoded
        for category in new or self.categories[:1]:  # a map without objects asks for none
            # One by one, so that the last bit does not depend on which are met together.
            row = self.categories.index(category)
            encoded = self.partnet.projected_supports(self.maps[row : row + 1].to(device))
            self._encoded = encoded if self._encoded is None else self._encoded.followed_by(encoded)
            self._met.append(category)
        assert self._encoded is not None
        return self._encoded


def with_parts(found: ComposedParts, wanted: Tensor) -> ComposedParts:
    """Let a picture follow other parts than the inferred ones (ours; the paper shows only the effect).

    Where another part is wanted than was found, the features of both change places, so that the wanted one
    looks as the found one did; where none is wanted, noise modulates as outside of objects.

    Args:
        found: what PartNet says.
        wanted: the part of every pixel, int64 ``[B, H, W]`` 0..8.
    """
    predicted = found.parts
    where = (predicted != wanted).nonzero(as_tuple=True)
    mine, its = predicted[where], wanted[where]
    changed = found.features.clone(), found.logits.clone()
    for values in changed:
        parts = values.permute(0, 2, 3, 1).view(*wanted.shape, found.logits.shape[1], -1)
        parts[(*where, its)], parts[(*where, mine)] = parts[(*where, mine)], parts[(*where, its)]
    return ComposedParts(*changed, (wanted > 0)[:, None].float())
