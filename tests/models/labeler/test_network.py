"""The network of the labeler."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from scumble.models.labeler.config import LabelerConfig
from scumble.models.labeler.network import Block, Labeler


def labeler(size: int = 32) -> Labeler:
    """Three sizes, five classes, in evaluation mode with statistics that are not the first ones."""
    torch.manual_seed(0)
    network = Labeler(LabelerConfig(5, widths=(8, 12, 16), blocks=(1, 0, 2), decoder_blocks=1, size=size))
    for _ in range(20):
        network(torch.rand(4, 3, 32, 32) * 2 - 1)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("size", [(1, 1), (7, 30), (32, 32), (33, 8), (50, 41)])
def test_pictures_of_any_size_get_logits_of_their_size(size: tuple[int, int]) -> None:
    logits = labeler()(torch.rand(2, 3, *size) * 2 - 1)
    assert logits.shape == (2, 5, *size)
    assert logits.isfinite().all()


def test_a_size_that_does_not_divide_is_continued_by_its_last_pixels() -> None:
    image = torch.rand(1, 3, 27, 30) * 2 - 1
    whole = labeler()(F.pad(image, (0, 2, 0, 5), mode="replicate"))
    torch.testing.assert_close(labeler()(image), whole[..., :27, :30])


def test_a_picture_is_seen_alone() -> None:
    images = torch.rand(3, 3, 32, 48) * 2 - 1
    network = labeler()
    torch.testing.assert_close(network(images)[1:2], network(images[1:2]))


def test_far_pixels_take_part_in_the_decision() -> None:
    network = labeler()
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    changed = image.clone()
    changed[..., 24:, 24:] *= -1
    difference = (network(changed) - network(image)).abs().sum(1)[0]
    assert (difference[:8, :8] > 0).all()


def test_a_block_adds_its_input_where_shapes_agree() -> None:
    x = torch.rand(1, 4, 8, 8)
    for block, expected in ((Block(4, 4), x), (Block(4, 6), torch.zeros(1, 6, 8, 8))):
        last = block.layers[-1]
        assert isinstance(last, nn.BatchNorm2d)
        nn.init.zeros_(last.weight)
        torch.testing.assert_close(block(x), expected)
    assert Block(4, 4, stride=2)(x).shape == (1, 4, 4, 4)


def test_whole_pictures_are_looked_at_with_the_shorter_side_of_the_training_data() -> None:
    network = labeler(size=32)
    image = torch.rand(1, 3, 32, 40) * 2 - 1
    torch.testing.assert_close(network.whole(image), network(image))
    seen: list[torch.Size] = []
    network.encoder[0].register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].shape))
    for size in ((64, 80), (16, 20)):
        logits = network.whole(F.interpolate(image, size, mode="bilinear", antialias=True))
        assert logits.shape == (1, 5, *size)
    assert seen == [(1, 3, 32, 40), (1, 3, 32, 40)]


def test_a_larger_copy_of_a_picture_gets_nearly_the_same_labels() -> None:
    network = labeler(size=32)
    image = F.interpolate(torch.rand(1, 3, 4, 5) * 2 - 1, (32, 40), mode="bilinear")
    large = F.interpolate(image, (64, 80), mode="bilinear")
    labels, found = network.whole(image).argmax(1), network.whole(large).argmax(1)
    assert len(set(labels.flatten().tolist())) > 1
    assert (found[:, ::2, ::2] == labels).float().mean() > 0.9
