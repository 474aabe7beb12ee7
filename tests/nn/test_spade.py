"""SPADE against its formula."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.nn.regions import DenseMap, RegionMap
from scumble.nn.spade import SPADE, SPADEBlock
from tests.models.synthesis_fixture import noise, settled


def condition(channels: int = 3, size: int = 16) -> tuple[RegionMap, Tensor]:
    """A map of regions, and the same written out."""
    index = torch.randint(4, (2, size, size), generator=torch.Generator().manual_seed(1))
    table = noise(4, channels, seed=2)
    return RegionMap(index, table), table[index].permute(0, 3, 1, 2)


def plainly(spade: SPADE, x: Tensor, dense: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """``(x - mean) / deviation * (1 + gamma) + beta`` (arXiv 1903.07291, equation 1)."""
    small = F.interpolate(dense, x.shape[-2:], mode="nearest")
    hidden = F.relu(F.conv2d(small, spade.hidden.weight, spade.hidden.bias, padding=1))
    channels = len(spade.heads.weight) // 2
    gamma, beta = (
        F.conv2d(hidden, spade.heads.weight[half], spade.heads.bias[half], padding=1)  # type: ignore[index]
        for half in (slice(0, channels), slice(channels, None))
    )
    normal = (x - mean[:, None, None]) / (variance[:, None, None] + 1e-5).sqrt()
    return normal * (1 + gamma) + beta


@torch.no_grad()
def test_in_use_the_remembered_statistics_are_replaced_by_scale_and_shift_of_the_map() -> None:
    spade = settled(SPADE(6, 3, hidden=5))
    spade.norm.running_mean = noise(6, seed=3)
    spade.norm.running_var = noise(6, seed=4).square() + 0.5
    x, (regions, dense) = noise(2, 6, 8, 8), condition()
    expected = plainly(spade, x, dense, spade.norm.running_mean, spade.norm.running_var)
    torch.testing.assert_close(spade(x, regions), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(spade(x, DenseMap(dense)), expected, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_in_training_the_statistics_are_those_of_the_batch() -> None:
    spade = settled(SPADE(6, 3, hidden=5)).train()
    x, (regions, dense) = 3 * noise(2, 6, 8, 8) + 1, condition()
    expected = plainly(spade, x, dense, x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0))
    torch.testing.assert_close(spade(x, regions), expected, atol=1e-5, rtol=1e-5)


def test_the_norm_has_no_parameters_of_its_own() -> None:
    assert not list(SPADE(6, 3).norm.parameters())


def unit(conv: nn.Module) -> Tensor:
    """The weight over its largest singular value."""
    weight = conv.get_parameter("weight_orig")
    gain: Tensor = torch.linalg.matrix_norm(weight.flatten(1), 2)
    return weight / gain


@pytest.mark.parametrize(("channels", "outputs"), [(4, 4), (6, 4), (4, 6)])
@torch.no_grad()
def test_a_block_is_two_modulated_convolutions_beside_a_shortcut_without_activation(
    channels: int, outputs: int
) -> None:
    block = settled(SPADEBlock(channels, outputs, 3))
    x, (regions, _) = noise(2, channels, 8, 8), condition()
    y = F.leaky_relu(block.norm_0(x, regions), 0.2)
    y = F.conv2d(y, unit(block.conv_0), block.conv_0.bias, padding=1)
    assert y.shape[1] == min(channels, outputs)
    y = F.leaky_relu(block.norm_1(y, regions), 0.2)
    y = F.conv2d(y, unit(block.conv_1), block.conv_1.bias, padding=1)
    same = channels == outputs
    shortcut = x if same else F.conv2d(block.norm_s(x, regions), unit(block.conv_s))
    torch.testing.assert_close(block(x, regions), shortcut + y, atol=1e-4, rtol=1e-4)
    assert ("conv_s.weight_orig" in block.state_dict()) is not same
