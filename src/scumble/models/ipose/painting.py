"""Painting a batch with iPOSE: parts are inferred once, noise is drawn on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from scumble.data.boxes.records import OBJECTS_PER_CATEGORY
from scumble.models.ipose.generator import ComposedParts, IPOSEGenerator
from scumble.models.ipose.geometry import with_margin
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.painting import standard_normal
from scumble.models.oasis.recipe import Painter, SynthesisBatch
from scumble.models.partnet.network import SupportFeatures
from scumble.models.partnet.supports import SupportStore

Inference = Callable[[SynthesisBatch], ComposedParts]
"""The parts of a batch."""


class PartInference:
    """PartNet with its supports, encoded when they are first needed.

    Args:
        generator: holds PartNet.
        store: the support maps.
        categories: part categories that may be asked for.

    Raises:
        DataError: a category has no supports.
    """

    def __init__(self, generator: IPOSEGenerator, store: SupportStore, categories: Sequence[int]) -> None:
        self.generator = generator
        self.categories = sorted(set(categories))
        self.maps = store.fixed(self.categories, generator.config.partnet.supports)
        self._encoded: SupportFeatures | None = None

    @torch.no_grad()
    def __call__(self, batch: SynthesisBatch) -> ComposedParts:
        """What PartNet says of the pixels of a batch."""
        device = batch.codes.device
        if self._encoded is None or self._encoded.masks.device != device:
            self._encoded = self.generator.partnet.encode_supports(self.maps.to(device))
        objects, codes = with_margin(batch.boxes, batch.counts, *batch.codes.shape[-2:])
        known = torch.tensor(self.categories, device=device)
        rows = torch.searchsorted(known, codes // OBJECTS_PER_CATEGORY)
        return self.generator.infer_parts(batch.codes, codes, objects, self._encoded.of(rows))


def ipose_painter(generator: IPOSEGenerator, infer: Inference | None) -> Painter:
    """Paint with noise of one vector a picture and, for part modulation, a coarse map of noise.

    Args:
        generator: paints.
        infer: the parts of a batch; None for a generator without parts.
    """
    config = generator.config
    # Both steps of training paint the same batch; what PartNet says of it does not change.
    last: list[tuple[SynthesisBatch, ComposedParts]] = []

    def paint(batch: SynthesisBatch, rng: np.random.Generator) -> Tensor:
        device = batch.labels.device
        parts = None
        if infer is not None:
            if not last or last[0][0] is not batch:
                last[:] = [(batch, infer(batch))]
            parts = generator.modulating(last[0][1])
        height, width = (side // REDUCTION for side in batch.labels.shape[-2:])
        pictures = len(batch.labels)
        spatial = None
        if config.injection == "modulation":
            spatial = standard_normal(rng, pictures, config.part_features - 1, height, width, device=device)
        noise = standard_normal(rng, pictures, config.base.noise, device=device)
        result: Tensor = generator(batch.labels, noise, parts, spatial)
        return result

    return paint
