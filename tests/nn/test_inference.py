"""The form of a network that only paints."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import spectral_norm

from scumble.nn.inference import PackedConv2d, is_prepared, prepare
from scumble.nn.regions import RegionMap
from scumble.nn.spade import SPADEBlock
from tests.models.synthesis_fixture import noise, settled


@torch.no_grad()
def test_a_prepared_network_gives_the_same_without_spectral_norms() -> None:
    network = settled(nn.Sequential(spectral_norm(nn.Conv2d(3, 4, 3)), nn.LeakyReLU(0.2), nn.Conv2d(4, 5, 1)))
    x = noise(2, 3, 6, 6)
    given, expected = x.clone(), network(x)
    assert not is_prepared(network)
    prepare(network)
    prepare(network)
    assert is_prepared(network)
    torch.testing.assert_close(network(x), expected)
    assert torch.equal(x, given)
    assert not any(parameter.requires_grad for parameter in network.parameters())


@torch.no_grad()
def test_a_prepared_block_has_its_norms_in_its_heads() -> None:
    block = settled(SPADEBlock(6, 4, 3, hidden=5))
    for layer in (block.norm_0, block.norm_1, block.norm_s):
        norm = layer.norm
        norm.running_mean = noise(norm.num_features, seed=3)
        norm.running_var = noise(norm.num_features, seed=4).square() + 0.5
    index = torch.arange(16).view(1, 4, 4).repeat_interleave(8, 1).repeat_interleave(8, 2) % 4
    condition, x = RegionMap(index, noise(4, 3)), noise(1, 6, 32, 32)
    expected = block(x, condition)
    prepare(block)
    torch.testing.assert_close(block(x, condition), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3, "padding": 1},
        {"kernel_size": 4, "stride": 2, "padding": 1, "bias": False},
        {"kernel_size": (3, 5), "padding": (1, 2), "padding_mode": "replicate"},
        {"kernel_size": 3, "dilation": 2},
    ],
)
@torch.no_grad()
def test_packed_convolutions_are_those_that_they_were_made_of(options: dict[str, object]) -> None:
    convolution = nn.Conv2d(3, 4, **options)  # type: ignore[arg-type]
    x = noise(2, 3, 9, 11)
    packed = PackedConv2d(convolution)
    torch.testing.assert_close(packed(x), convolution(x))
    torch.testing.assert_close(packed(x[:1, :, :7, :8]), convolution(x[:1, :, :7, :8]))
