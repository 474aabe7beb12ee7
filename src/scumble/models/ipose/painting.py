"""Painting a batch with iPOSE: parts are inferred once, noise is drawn on the CPU."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.painting import standard_normal
from scumble.models.oasis.recipe import Draws, Painter, SynthesisBatch

Inference = Callable[[SynthesisBatch], ComposedParts]
"""The parts of a batch."""


def ipose_painter(generator: IPOSEGenerator, infer: Inference | None) -> Painter:
    """Paint with noise of one vector a picture and, for part modulation, a coarse map of noise.

    Args:
        generator: paints.
        infer: the parts of a batch; None for a generator without parts.
    """
    config = generator.config
    # Both steps of training paint the same batch; what PartNet says of it does not change.
    last: list[tuple[SynthesisBatch, ComposedParts]] = []

    def paint(batch: SynthesisBatch, draws: Draws) -> Tensor:
        device = batch.labels.device
        parts = None
        if infer is not None:
            if not last or last[0][0] is not batch:
                last[:] = [(batch, infer(batch))]
            parts = generator.modulating(last[0][1])
        height, width = (side // REDUCTION for side in batch.labels.shape[-2:])
        spatial = None
        if config.injection == "modulation":
            spatial = standard_normal(draws, config.part_features - 1, height, width, device=device)
        noise = standard_normal(draws, config.base.noise, device=device)
        result: Tensor = generator(batch.labels, noise, parts, spatial)
        return result

    return paint
