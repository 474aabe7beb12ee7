"""Entries of the released PartNet."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from scumble.errors import CheckpointError
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.published import partnet_keys
from tests.models.published import described_entries
from tests.models.synthesis_fixture import SMALL_PARTNET


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("coordinates", [True, False])
def test_the_key_map_is_exactly_the_state_dict(layers: int, coordinates: bool) -> None:
    config = replace(SMALL_PARTNET, attention_layers=layers, coordinates=coordinates)
    keys, ours = partnet_keys(config), PartNet(config).state_dict()
    back = keys.to_ours(keys.to_published(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


def test_the_network_has_the_published_entries_in_their_order() -> None:
    config = PartNetConfig()
    with torch.device("meta"):
        published = partnet_keys(config).to_published(PartNet(config).state_dict())
    expected = described_entries("ipose/partnet_eval_k3")
    assert [(name, list(value.shape)) for name, value in published.items()] == expected


def test_entries_have_the_names_and_shapes_of_the_specification() -> None:
    config = PartNetConfig()
    with torch.device("meta"):
        published = partnet_keys(config).to_published(PartNet(config).state_dict())
    shapes = {name: list(value.shape) for name, value in published.items()}
    named = {
        "shape_encoder.enc0.0.weight": [32, 5, 7, 7],
        "mask_encoder.enc0.0.weight": [32, 1, 7, 7],
        "mask_encoder.enc3.0.weight": [96, 64, 4, 4],
        "shape_encoder.ms_enc1.0.bias": [96],
        "decoder.dec1.0.weight": [288, 64, 4, 4],
        "decoder.dec3.0.weight": [64, 32, 4, 4],
        "catt2.key_conv.0.weight": [288, 288, 1, 1],
        "catt0.multihead_attn.in_proj_weight": [864, 288],
        "catt1.multihead_attn.out_proj.bias": [288],
        "catt0.ln1.weight": [288],
        "catt0.mlp.0.weight": [1152, 288],
        "catt2.mlp.2.weight": [288, 1152],
        "conv_img.weight": [1, 32, 5, 5],
    }
    assert {name: shapes[name] for name in named} == named
    firsts = list(dict.fromkeys(name.split(".")[0] for name in shapes))
    assert firsts == ["shape_encoder", "mask_encoder", "decoder", "catt0", "catt1", "catt2", "conv_img"]


def test_a_checkpoint_of_another_depth_is_refused() -> None:
    deep, shallow = (replace(SMALL_PARTNET, attention_layers=n) for n in (2, 1))
    published = partnet_keys(deep).to_published(PartNet(deep).state_dict())
    with pytest.raises(CheckpointError, match=r"'catt1\.key_conv\.0\.bias' \(and 17 more\) is not expected"):
        partnet_keys(shallow).to_ours(published)
