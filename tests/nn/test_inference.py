"""The form of a network that only paints."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import spectral_norm

from scumble.errors import ConfigError
from scumble.nn.inference import autocast, is_prepared, painting_type, prepare, usable_device
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


@torch.no_grad()
def test_a_network_prepared_for_bfloat16_gives_nearly_the_same() -> None:
    network = settled(nn.Sequential(spectral_norm(nn.Conv2d(3, 4, 3)), nn.ReLU(), nn.Conv2d(4, 5, 1)))
    x = noise(2, 3, 6, 6)
    expected = network(x)
    prepare(network, torch.bfloat16)
    with autocast(network):
        found = network(x)
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found.float(), expected, atol=0.03 * expected.abs().max().item(), rtol=0)
    with pytest.raises(ConfigError, match=r"prepared to paint in torch\.bfloat16"):
        prepare(network)


def test_a_network_that_is_not_prepared_paints_as_it_is() -> None:
    network = nn.Conv2d(3, 4, 1)
    with autocast(network):
        assert network(noise(1, 3, 4, 4)).dtype == torch.float32


@pytest.mark.parametrize(
    ("known", "expected"),
    [({}, torch.float32), ({"amx_bf16": True}, torch.bfloat16), ({"avx512_bf16": True}, torch.bfloat16)],
)
def test_bfloat16_is_chosen_where_the_processor_is_fast_with_it(
    known: dict[str, bool], expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known)
    cpu = torch.device("cpu")
    assert painting_type("auto", cpu) == expected
    assert painting_type("float32", cpu) == torch.float32
    assert painting_type("bfloat16", cpu) == torch.bfloat16


@pytest.mark.parametrize("name", ["abacus", "cuda:99"])
def test_a_device_that_cannot_be_used_is_named(name: str) -> None:
    assert usable_device("cpu") == torch.device("cpu")
    with pytest.raises(ConfigError, match=f"--device is '{name}', which cannot be used"):
        usable_device(name)
