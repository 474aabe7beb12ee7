"""The labeler as a judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from scumble.checkpoint import Checkpoint
from scumble.errors import CheckpointError, InputError
from scumble.metrics.judges.labeler import LabelerJudge
from scumble.nn.pictures import to_network
from tests.editing_fixture import untrained
from tests.labeler_fixture import VOID, untrained_labeler


def pictures(height: int = 128, width: int = 150) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (2, height, width, 3), dtype=np.uint8)


def without_dont_care(checkpoint: Checkpoint) -> Checkpoint:
    return replace(checkpoint, label_space=replace(checkpoint.label_space, dont_care=None))


@pytest.mark.parametrize("size", [(128, 150), (40, 33), (200, 190)])
def test_labels_have_the_size_of_the_pictures(size: tuple[int, int]) -> None:
    labels = LabelerJudge(untrained_labeler()).predict(pictures(*size))
    assert labels.dtype == np.int64
    assert labels.shape == (2, *size)
    assert len(np.unique(labels)) > 1


def test_the_likeliest_class_wins() -> None:
    checkpoint = without_dont_care(untrained_labeler())
    labels = LabelerJudge(checkpoint).predict(pictures())
    logits = checkpoint.network(to_network(torch.from_numpy(pictures())))
    assert np.array_equal(labels, logits.argmax(1).numpy())


def test_the_dont_care_class_is_never_predicted() -> None:
    checkpoint = untrained_labeler()
    assert isinstance(checkpoint.network.classifier, torch.nn.Conv2d)
    assert checkpoint.network.classifier.bias is not None
    checkpoint.network.classifier.bias[VOID] += 100
    assert (LabelerJudge(without_dont_care(checkpoint)).predict(pictures()) == VOID).all()
    assert not (LabelerJudge(checkpoint).predict(pictures()) == VOID).any()


def test_pictures_are_looked_at_with_the_shorter_side_of_the_training_data() -> None:
    judge = LabelerJudge(untrained_labeler(size=64))
    large = pictures(4, 5).repeat(32, axis=1).repeat(32, axis=2)
    half = large[:, ::2, ::2]
    agree = judge.predict(large)[:, ::2, ::2] == judge.predict(half)
    assert agree.mean() > 0.9


def test_pictures_that_are_not_8_bit_rgb_are_refused() -> None:
    judge = LabelerJudge(untrained_labeler())
    for wrong in (pictures().astype(np.float32), pictures()[0], pictures()[..., :2]):
        with pytest.raises(InputError, match="expected 8-bit RGB"):
            judge.predict(wrong)  # type: ignore[arg-type]


def test_a_checkpoint_that_paints_is_no_judge() -> None:
    with pytest.raises(CheckpointError, match="is of the system 'divsem', which paints"):
        LabelerJudge(untrained())
