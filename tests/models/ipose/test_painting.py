"""Parts while training: found once a batch, and what they are to the discriminator."""

from __future__ import annotations

import torch
from torch import Tensor

from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts
from scumble.models.ipose.painting import InferredParts, PartClasses
from scumble.models.oasis.recipe import SynthesisBatch
from tests.ipose_fixture import ipose


def batch(labels: Tensor, codes: Tensor) -> SynthesisBatch:
    """One picture of 1 x 4 pixels."""
    nothing = torch.zeros(1, 0, 7, dtype=torch.int64)
    return SynthesisBatch(torch.zeros(1, 3, 1, 4), labels, codes, nothing, torch.zeros(1).long(), (0,))


def test_parts_of_objects_are_classes_behind_those_of_the_labels() -> None:
    classes = PartClasses(12, [26, 24, 26])
    labels = torch.tensor([[[8, 8, 9, 3]]])
    codes = torch.tensor([[[26_001, 26_001, 24_000, 0]]])
    # The car's first pixel is no part, and the last pixel is no object.
    targets = classes.targets(batch(labels, codes), torch.tensor([[[0, 2, 1, 4]]]))
    assert targets.tolist() == [[[8, 12 + 8 + 1, 12, 3]]]
    assert len(classes) == 12 + 2 * 8


def test_without_categories_the_targets_are_the_labels() -> None:
    classes = PartClasses(12, ())
    labels = torch.tensor([[[8, 8, 9, 3]]])
    assert len(classes) == 12
    assert torch.equal(classes.targets(batch(labels, torch.zeros_like(labels)), labels), labels)


def test_partnet_looks_once_at_a_batch() -> None:
    looked: list[SynthesisBatch] = []
    generator = ipose().network
    assert isinstance(generator, IPOSEGenerator)
    channels = generator.config.composed_features

    def infer(seen: SynthesisBatch) -> ComposedParts:
        looked.append(seen)
        size = seen.labels.shape[-2:]
        features = torch.zeros(1, channels, *size)
        return ComposedParts(features, torch.zeros(1, 9, *size), torch.zeros(1, 1, *size))

    parts = InferredParts(generator, infer)
    labels = torch.zeros(1, 1, 4, dtype=torch.int64)
    first, second = batch(labels, labels), batch(labels, labels)
    parts(first)
    parts(first)
    assert parts.found(first) is parts.found(first)
    assert looked == [first]
    parts(second)
    assert len(looked) == 2
