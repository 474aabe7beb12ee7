"""What the generator of OASIS paints, and what its noise does."""

from __future__ import annotations

import pytest
import torch

from scumble.errors import ConfigError
from scumble.models.oasis.config import OASISConfig
from scumble.models.oasis.generator import OASISGenerator, condition_of
from tests.models.synthesis_fixture import CLASSES, label_maps, noise, oasis_config, parameters, settled


@pytest.fixture(scope="module")
def network() -> OASISGenerator:
    return settled(OASISGenerator(oasis_config()))


@pytest.mark.parametrize("name", ["cityscapes", "ade20k", "coco"])
def test_the_published_configurations_have_the_published_number_of_parameters(name: str) -> None:
    classes, millions = {"cityscapes": (35, 71.1), "ade20k": (151, 74.3), "coco": (183, 75.2)}[name]
    with torch.device("meta"):
        found = parameters(OASISGenerator(OASISConfig(classes)))
    assert round(found / 1e6, 1) == millions


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (128, 32)])
@torch.no_grad()
def test_every_size_that_is_a_multiple_of_32_gives_pictures(
    network: OASISGenerator, height: int, width: int
) -> None:
    pictures = network(label_maps(height, width), noise(2, 3))
    assert pictures.shape == (2, 3, height, width)
    assert pictures.std() > 0.01
    assert pictures.abs().max() <= 1


@torch.no_grad()
def test_a_vector_of_noise_is_that_vector_at_every_pixel(network: OASISGenerator) -> None:
    labels, vector = label_maps(), noise(2, 3)
    everywhere = vector[:, :, None, None].expand(2, 3, 64, 64)
    torch.testing.assert_close(network(labels, vector), network(labels, everywhere), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_noise_may_differ_from_place_to_place(network: OASISGenerator) -> None:
    """Far from the border between two vectors the picture is that of the one or the other alone."""
    labels = label_maps(32, 1024, pictures=1)
    vectors = noise(2, 3)
    half = (torch.arange(1024) < 512)[None, None, None]
    mixed = torch.where(half, vectors[0][None, :, None, None], vectors[1][None, :, None, None])
    left, right = (network(labels, vector[None]) for vector in vectors)
    found = network(labels, mixed.expand(1, 3, 32, 1024))
    torch.testing.assert_close(found[..., :100], left[..., :100], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found[..., -100:], right[..., -100:], atol=1e-5, rtol=1e-4)
    assert (left[..., :100] - right[..., :100]).abs().max() > 0.01


@torch.no_grad()
def test_other_noise_gives_another_picture_and_no_other_picture_of_the_batch_matters(
    network: OASISGenerator,
) -> None:
    labels, vectors = label_maps(), noise(2, 3)
    alone = network(labels[1:], vectors[1:])
    torch.testing.assert_close(network(labels, vectors)[1:], alone, atol=1e-5, rtol=1e-4)
    assert (network(labels[1:], vectors[:1]) - alone).abs().max() > 0.01


def test_the_condition_is_noise_first_and_then_one_channel_for_every_class() -> None:
    labels, vector, spatial = label_maps(32, 32), noise(2, 3), noise(2, 3, 32, 32)
    classes = torch.stack([labels == i for i in range(CLASSES)], 1).float()
    for given, values in (
        (None, spatial[:, :0]),
        (vector, vector[:, :, None, None].expand(2, 3, 32, 32)),
        (spatial, spatial),
    ):
        assert torch.equal(
            condition_of(labels, given, CLASSES).dense(32, 32), torch.cat([values, classes], 1)
        )


@torch.no_grad()
def test_a_network_without_noise_paints_from_the_classes_alone() -> None:
    network = settled(OASISGenerator(oasis_config(noise=0)))
    assert network.first.in_channels == CLASSES
    labels = label_maps()
    pictures = network(labels, None)
    assert torch.equal(network(labels, None), pictures)
    assert (network((labels + 1) % CLASSES, None) - pictures).abs().max() > 0.01


@pytest.mark.parametrize("wrong", [{"size": 31}, {"noise": -1}, {"width": 0}, {"aspect": 0.0}])
def test_impossible_configurations_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(wrong))}.*(not possible|give width over height)"):
        OASISConfig(**{"label_channels": CLASSES, **wrong})


def test_maps_that_would_come_out_smaller_are_refused(network: OASISGenerator) -> None:
    with pytest.raises(ValueError, match="multiples of 32"):
        network(torch.zeros(1, 64, 70, dtype=torch.int64), torch.zeros(1, network.config.noise))
