"""Entries of the released checkpoints of iPOSE."""

from __future__ import annotations

import pytest
import torch

from scumble.errors import CheckpointError, ConfigError
from scumble.models.ipose.config import Injection, IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.published import generator_keys
from scumble.models.oasis.config import OASISConfig
from scumble.models.oasis.published import generator_keys as oasis_keys
from tests.models.published import described_entries
from tests.models.synthesis_fixture import ipose_config


def test_the_key_map_is_exactly_the_state_dict() -> None:
    config = ipose_config()
    keys, ours = generator_keys(config), IPOSEGenerator(config).state_dict()
    back = keys.to_ours(keys.to_published(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


def test_the_generator_has_the_published_entries_in_their_order() -> None:
    config = IPOSEConfig(OASISConfig(7, 3, 8))
    with torch.device("meta"):
        published = generator_keys(config).to_published(IPOSEGenerator(config).state_dict())
    expected = described_entries("ipose/generator_no_objects")
    assert [(name, list(value.shape)) for name, value in published.items()] == expected


def test_entries_have_the_names_and_shapes_of_the_specification() -> None:
    config = IPOSEConfig(OASISConfig(151))
    with torch.device("meta"):
        published = generator_keys(config).to_published(IPOSEGenerator(config).state_dict())
    named = {
        "conv_img.weight": [3, 64, 3, 3],
        "body.0.conv_p.weight_orig": [1024, 1024, 3, 3],
        "body.0.conv_p.weight_v": [1024 * 9],
        "body.2.conv_s.weight_orig": [512, 1024, 1, 1],
        "body.5.norm_p.mlp_gamma_nos.weight": [1, 32, 3, 3],
        "body.5.norm_p.mlp_shared.0.bias": [32],
        "body.3.norm_p.first_norm.num_batches_tracked": [],
        "body.4.norm_1.mlp_shared.0.weight": [128, 215, 3, 3],
        "body.4.norm_0.mlp_beta.weight": [256, 128, 3, 3],
        "conv_part.0.weight": [32, 288, 3, 3],
        "conv_nos.2.0.weight": [33, 32, 4, 4],
        "conv_nos.5.0.weight": [32, 32, 4, 4],
        "mlp.0.weight": [32, 32, 3, 3],
        "fc.weight": [1024, 215, 3, 3],
        "partnet.model.catt2.multihead_attn.in_proj_bias": [864],
    }
    assert {name: list(published[name].shape) for name in named} == named
    assert not {"body.1.conv_s.weight_orig", "body.2.conv_s.bias"} & set(published)


@pytest.mark.parametrize("injection", ["spade", "concatenation", "none"])
def test_only_the_published_injection_has_released_weights(injection: Injection) -> None:
    with pytest.raises(ConfigError, match=rf"injection is '{injection}'.*modulation"):
        generator_keys(ipose_config(injection))


def test_a_checkpoint_of_oasis_is_refused() -> None:
    config = ipose_config()
    published = generator_keys(config).to_published(IPOSEGenerator(config).state_dict())
    alike = {entry.published for entry in oasis_keys(config.base).entries}
    assert alike < set(published)
    with pytest.raises(CheckpointError, match=r"and \d+ more\) is missing"):
        generator_keys(config).to_ours({name: published[name] for name in alike})
