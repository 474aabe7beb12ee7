"""Painting a batch with iPOSE, its noise drawn on the CPU, and what its parts are to the discriminator."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from scumble.data.boxes.records import OBJECTS_PER_CATEGORY
from scumble.models.ipose.blocks import Parts
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.painting import standard_normal
from scumble.models.oasis.recipe import Draws, Painter, SynthesisBatch
from scumble.scene import MAX_PARTS

PartsOf = Callable[[SynthesisBatch], Parts]
"""The parts that modulate the pictures of a batch."""


class InferredParts:
    """Parts for training: both steps see the same batch, and what PartNet says of it does not change.

    Args:
        generator: modulates by them.
        infer: what PartNet says of a batch.
    """

    def __init__(self, generator: IPOSEGenerator, infer: Callable[[SynthesisBatch], ComposedParts]) -> None:
        self.generator, self.infer = generator, infer
        self._last: tuple[SynthesisBatch, ComposedParts] | None = None

    def found(self, batch: SynthesisBatch) -> ComposedParts:
        """What PartNet says."""
        if self._last is None or self._last[0] is not batch:
            self._last = batch, self.infer(batch)
        return self._last[1]

    def __call__(self, batch: SynthesisBatch) -> Parts:
        """What modulates the pictures."""
        return self.generator.modulating(self.found(batch))


class PartClasses:
    """The parts of objects as classes beside those of the labels: one for each part of each category.

    Args:
        labels: classes of the labels.
        categories: part categories that occur.
    """

    def __init__(self, labels: int, categories: Iterable[int]) -> None:
        self.labels, self.categories = labels, sorted(set(categories))

    def __len__(self) -> int:
        """Classes, those of the labels among them."""
        return self.labels + len(self.categories) * MAX_PARTS

    def targets(self, batch: SynthesisBatch, parts: Tensor) -> Tensor:
        """Labels, and where an object shows a part its class: int64 ``[B, H, W]``.

        Args:
            batch: labels and objects.
            parts: of every pixel, int64 ``[B, H, W]`` 0..8.
        """
        known = torch.tensor(self.categories, device=parts.device)
        place = torch.searchsorted(known, batch.codes // OBJECTS_PER_CATEGORY)
        own = self.labels + place * MAX_PARTS + parts - 1
        return torch.where((batch.codes > 0) & (parts > 0), own, batch.labels)


def ipose_painter(generator: IPOSEGenerator, parts_of: PartsOf | None) -> Painter:
    """Paint with noise of one vector a picture and, for part modulation, a coarse map of noise.

    Args:
        generator: paints.
        parts_of: see `PartsOf`; None for a generator without parts.
    """
    config = generator.config

    def paint(batch: SynthesisBatch, draws: Draws) -> Tensor:
        device = batch.labels.device
        parts = None if parts_of is None else parts_of(batch)
        height, width = (side // REDUCTION for side in batch.labels.shape[-2:])
        spatial = None
        if config.injection == "modulation":
            spatial = standard_normal(draws, config.part_features - 1, height, width, device=device)
        noise = standard_normal(draws, config.base.noise, device=device)
        result: Tensor = generator(batch.labels, noise, parts, spatial)
        return result

    return paint
