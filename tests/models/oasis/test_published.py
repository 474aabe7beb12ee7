"""Entries of the released checkpoints of OASIS."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scumble.errors import CheckpointError
from scumble.models.keys import KeyMap
from scumble.models.oasis.config import OASISConfig, SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.published import discriminator_keys, generator_keys
from tests.models.published import described_entries
from tests.models.synthesis_fixture import oasis_config

TINY = SegmenterConfig((4, 4, 6, 6, 8, 8), last=5)


def assert_round_trip(network: nn.Module, keys: KeyMap) -> None:
    """Every entry of the network goes out and comes back, and no other."""
    ours = network.state_dict()
    back = keys.to_ours(keys.to_published(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


@pytest.mark.parametrize("noise", [3, 0])
def test_the_generator_survives_the_way_out_and_back(noise: int) -> None:
    config = oasis_config(noise=noise)
    assert_round_trip(OASISGenerator(config), generator_keys(config))


@pytest.mark.parametrize("head", [False, True])
def test_the_discriminator_survives_the_way_out_and_back(head: bool) -> None:
    config = SegmenterConfig(TINY.widths, TINY.last, head)
    assert_round_trip(Segmenter(config, 7), discriminator_keys(config))


@pytest.mark.parametrize(("case", "noise"), [("generator_train", 8), ("generator_no_noise_eval", 0)])
def test_the_generator_has_the_published_entries_in_their_order(case: str, noise: int) -> None:
    config = OASISConfig(7, 4, noise)
    with torch.device("meta"):
        published = generator_keys(config).to_published(OASISGenerator(config).state_dict())
    expected = described_entries(f"oasis/{case}")
    assert [(name, list(value.shape)) for name, value in published.items()] == expected


def test_the_discriminator_has_the_published_entries_in_their_order() -> None:
    config = SegmenterConfig(global_head=True)
    with torch.device("meta"):
        published = discriminator_keys(config).to_published(Segmenter(config, 6).state_dict())
    expected = described_entries("ipose/discriminator_train")
    assert [(name, list(value.shape)) for name, value in published.items()] == expected
    names = list(published)
    assert names.index("body_up.0.conv1.2.bias") < names.index("body_down.0.conv1.0.bias")
    assert names.index("body_down.5.conv1.1.bias") < names.index("layer_up_last.weight")


def test_a_checkpoint_of_another_configuration_is_refused() -> None:
    config = oasis_config()
    published = generator_keys(config).to_published(OASISGenerator(config).state_dict())
    with pytest.raises(CheckpointError, match=r"'body\.0\.norm_p\.mlp_gamma\.bias' is not expected"):
        generator_keys(config).to_ours({**published, "body.0.norm_p.mlp_gamma.bias": torch.zeros(1)})
    del published["fc.bias"]
    with pytest.raises(CheckpointError, match=r"'fc\.bias' is missing"):
        generator_keys(config).to_ours(published)
