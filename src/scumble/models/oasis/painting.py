"""Painting a batch with OASIS, its noise drawn on the CPU."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.recipe import Draws, Painter, SynthesisBatch


def standard_normal(draws: Draws, *shape: int, device: torch.device) -> Tensor:
    """Noise ``[len(draws), *shape]`` that is the same on every device."""
    return torch.from_numpy(np.stack([rng.standard_normal(shape, np.float32) for rng in draws])).to(device)


def oasis_painter(generator: OASISGenerator) -> Painter:
    """Paint with one noise vector a picture."""

    def paint(batch: SynthesisBatch, draws: Draws) -> Tensor:
        length = generator.config.noise
        noise = standard_normal(draws, length, device=batch.labels.device) if length else None
        result: Tensor = generator(batch.labels, noise)
        return result

    return paint
