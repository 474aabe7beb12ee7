"""Painting a batch with OASIS, its noise drawn on the CPU."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.recipe import Painter, SynthesisBatch


def standard_normal(rng: np.random.Generator, *shape: int, device: torch.device) -> Tensor:
    """Noise ``[*shape]`` that is the same on every device."""
    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)).to(device)


def oasis_painter(generator: OASISGenerator) -> Painter:
    """Paint with one noise vector a picture."""

    def paint(batch: SynthesisBatch, rng: np.random.Generator) -> Tensor:
        length = generator.config.noise
        noise = (
            standard_normal(rng, len(batch.labels), length, device=batch.labels.device) if length else None
        )
        result: Tensor = generator(batch.labels, noise)
        return result

    return paint
