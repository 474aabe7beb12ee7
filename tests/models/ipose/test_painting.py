"""Parts while training."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts
from scumble.models.ipose.painting import InferredParts
from scumble.models.oasis.recipe import SynthesisBatch
from tests.ipose_fixture import ipose


def batch(labels: Tensor, codes: Tensor) -> SynthesisBatch:
    """One picture of 1 x 4 pixels."""
    nothing = torch.zeros(1, 0, 7, dtype=torch.int64)
    return SynthesisBatch(torch.zeros(1, 3, 1, 4), labels, codes, nothing, torch.zeros(1).long(), (0,))


def test_partnet_looks_once_at_the_objects_of_a_batch() -> None:
    looked: list[SynthesisBatch] = []
    generator = ipose().network
    assert isinstance(generator, IPOSEGenerator)
    channels = generator.config.composed_features

    def infer(seen: SynthesisBatch) -> ComposedParts:
        looked.append(seen)
        size = seen.labels.shape[-2:]
        features = torch.zeros(1, channels, *size)
        return ComposedParts(
            features, torch.eye(9)[:1, :, None, None].expand(1, 9, *size), torch.zeros(1, 1, *size)
        )

    parts = InferredParts(generator, infer)
    labels = torch.zeros(1, 1, 4, dtype=torch.int64)
    first, second = batch(labels, labels), batch(labels, labels.clone())
    parts(first)
    parts(first)
    assert parts.found(first) is parts.found(first)
    assert looked == [first]
    edited = replace(first, parts=torch.ones(1, 1, 4, dtype=torch.int64))
    assert parts.found(edited).parts.tolist() == [[[1, 1, 1, 1]]]
    assert looked == [first]
    parts(second)
    assert len(looked) == 2
