"""Painting a batch with iPOSE, its noise drawn on the CPU."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from scumble.models.ipose.blocks import Parts
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts, with_parts
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.painting import standard_normal
from scumble.models.oasis.recipe import Draws, Painter, SynthesisBatch

PartsOf = Callable[[SynthesisBatch], Parts]
"""The parts that modulate the pictures of a batch."""


class InferredParts:
    """Parts for training: both steps see the same objects, and what PartNet says of them does not change.

    Args:
        generator: modulates by them.
        infer: what PartNet says of a batch.
    """

    def __init__(self, generator: IPOSEGenerator, infer: Callable[[SynthesisBatch], ComposedParts]) -> None:
        self.generator, self.infer = generator, infer
        self._last: tuple[Tensor, ComposedParts] | None = None

    def inferred(self, batch: SynthesisBatch) -> ComposedParts:
        """What PartNet says."""
        if self._last is None or self._last[0] is not batch.codes:
            self._last = batch.codes, self.infer(batch)
        return self._last[1]

    def found(self, batch: SynthesisBatch) -> ComposedParts:
        """The same, but with the parts of the batch where it has any."""
        found = self.inferred(batch)
        return found if batch.parts is None else with_parts(found, batch.parts)

    def __call__(self, batch: SynthesisBatch) -> Parts:
        """What modulates the pictures."""
        return self.generator.modulating(self.found(batch))


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
