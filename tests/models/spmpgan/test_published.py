"""Entries of the released checkpoints."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scumble.errors import CheckpointError
from scumble.models.keys import KeyMap
from scumble.models.spmpgan.config import DiscriminatorConfig, published_config
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.models.spmpgan.networks import PatchDiscriminator
from scumble.models.spmpgan.published import discriminator_keys, generator_keys
from tests.models import tiny
from tests.models.published import described_entries


def assert_round_trip(network: nn.Module, keys: KeyMap) -> None:
    ours = network.state_dict()
    back = keys.to_ours(keys.to_published(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


def test_the_generator_survives_the_way_out_and_back() -> None:
    config = tiny.pyramid_config()
    assert_round_trip(SPMPGANGenerator(config), generator_keys(config))


def test_the_discriminators_survive_the_way_out_and_back() -> None:
    config = DiscriminatorConfig(4, (2, 3))
    for i, layers in enumerate(config.layers):
        network = PatchDiscriminator(tiny.CLASSES, config.width, layers)
        assert_round_trip(network, discriminator_keys(config, i))


def test_the_generator_has_the_published_entries_in_their_order() -> None:
    config = published_config(6, width=4)
    with torch.device("meta"):
        published = generator_keys(config).to_published(SPMPGANGenerator(config).state_dict())
    assert [(name, list(value.shape)) for name, value in published.items()] == described_entries(
        "spmpgan/generator_small"
    )


def test_a_checkpoint_of_another_system_is_refused() -> None:
    config = tiny.pyramid_config()
    published = generator_keys(config).to_published(SPMPGANGenerator(config).state_dict())
    with pytest.raises(CheckpointError, match=r"zencoder\.gamma\.weight"):
        generator_keys(config).to_ours({**published, "zencoder.gamma.weight": torch.zeros(1, 1)})
