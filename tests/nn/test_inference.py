"""The form of a network that only paints."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import spectral_norm

from scumble.nn.inference import is_prepared, prepare
from tests.models.synthesis_fixture import noise, settled


@torch.no_grad()
def test_a_prepared_network_gives_the_same_without_spectral_norms() -> None:
    network = settled(nn.Sequential(spectral_norm(nn.Conv2d(3, 4, 3)), spectral_norm(nn.Conv2d(4, 5, 1))))
    x = noise(2, 3, 6, 6)
    expected = network(x)
    assert not is_prepared(network)
    prepare(network)
    prepare(network)
    assert is_prepared(network)
    torch.testing.assert_close(network(x), expected)
    assert {name.rpartition(".")[2] for name in network.state_dict()} == {"weight", "bias"}
    assert not any(parameter.requires_grad for parameter in network.parameters())
