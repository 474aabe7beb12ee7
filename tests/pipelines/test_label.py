"""Label maps that a labeler proposes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scumble.checkpoint import Checkpoint
from scumble.errors import CheckpointError
from scumble.instances import derive_instances
from scumble.models.labeler.network import Labeler
from scumble.nn.pictures import to_network
from scumble.pipelines.label import label_image
from tests.editing_fixture import scene, untrained
from tests.labeler_fixture import VOID, untrained_labeler


@pytest.fixture(scope="module")
def labeler() -> Checkpoint:
    return untrained_labeler(size=64)


def test_a_picture_is_labelled_as_the_network_sees_whole_pictures(labeler: Checkpoint) -> None:
    image = scene(160, 128).image
    found = label_image(labeler, image)
    assert isinstance(labeler.network, Labeler)
    with torch.no_grad():
        logits = labeler.network.whole(to_network(torch.tensor(image[None])))
    logits[:, VOID] = -torch.inf
    assert (found.labels == logits.argmax(dim=1)[0].numpy()).mean() > 0.999
    assert (found.instances == derive_instances(found.labels, labeler.label_space)).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 3000), (2000, 3), (1, 100), (37, 53), (900, 1200)])
def test_every_size_is_labelled_without_the_dont_care_class(
    labeler: Checkpoint, height: int, width: int
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    found = label_image(labeler, image)
    assert found.labels.shape == found.instances.shape == (height, width)
    assert VOID not in found.labels


def test_a_checkpoint_of_another_system_is_refused() -> None:
    with pytest.raises(CheckpointError, match="divsem"):
        label_image(untrained(), scene().image)
