"""How parts enter a block."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.models.ipose.blocks import PSM, Modulation, PartBlock, Parts
from scumble.models.ipose.config import Injection
from scumble.nn.regions import DenseMap
from scumble.nn.spade import SPADE
from tests.models.synthesis_fixture import noise, settled

INJECTIONS: tuple[Injection, ...] = ("modulation", "spade", "concatenation", "none")


def parts(mask: Tensor | float, seed: int = 1) -> Parts:
    """Part features of 16 pixels a side with this mask."""
    return Parts(noise(2, 4, 16, 16, seed=seed), torch.as_tensor(mask).expand(2, 1, 16, 16))


def scale_and_shift(layer: Modulation, features: Tensor) -> Tensor:
    """Two plane convolutions with a ReLU between."""
    hidden = F.relu(F.conv2d(features, layer.hidden.weight, layer.hidden.bias, padding=1))
    return F.conv2d(hidden, layer.heads.weight, layer.heads.bias, padding=1)


@torch.no_grad()
def test_parts_modulate_where_a_part_is_seen_and_noise_elsewhere() -> None:
    """Section 4.3, with features and mask resized by the nearest pixel."""
    psm, x, n = settled(PSM(6, 4)), noise(2, 6, 8, 8), noise(2, 4, 8, 8, seed=2)
    mask = (noise(2, 1, 16, 16, seed=3) > 0).float()
    given = parts(mask)
    by_part = scale_and_shift(psm.parts, given.features[:, :, ::2, ::2])
    by_noise = scale_and_shift(psm.noise, n)
    chosen = torch.where(mask[:, :, ::2, ::2] > 0, by_part, by_noise)
    expected = x / (1 + 1e-5) ** 0.5 * (1 + chosen[:, :1]) + chosen[:, 1:]
    torch.testing.assert_close(psm(x, given, n), expected, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_what_the_mask_does_not_choose_has_no_influence() -> None:
    psm, x = settled(PSM(6, 4)), noise(2, 6, 8, 8)
    one, other = noise(2, 4, 8, 8, seed=2), noise(2, 4, 8, 8, seed=3)
    assert torch.equal(psm(x, parts(1.0), one), psm(x, parts(1.0), other))
    assert torch.equal(psm(x, parts(0.0), one), psm(x, parts(0.0, seed=4), one))
    assert not torch.allclose(psm(x, parts(0.0), one), psm(x, parts(0.0), other), atol=1e-3)
    assert not torch.allclose(psm(x, parts(1.0), one), psm(x, parts(1.0, seed=4), one), atol=1e-3)


@torch.no_grad()
def test_all_channels_of_a_pixel_are_modulated_alike() -> None:
    psm = settled(PSM(6, 4))
    out = psm(noise(2, 1, 8, 8).expand(2, 6, 8, 8), parts(1.0), noise(2, 4, 8, 8))
    assert torch.equal(out, out[:, :1].expand_as(out))


@torch.no_grad()
def test_the_skip_starts_behind_the_parts() -> None:
    block = settled(PartBlock(6, 6, 3, 4, "modulation"))
    x, condition, n = noise(2, 6, 8, 8), DenseMap(noise(2, 3, 16, 16)), noise(2, 4, 8, 8)
    weight = block.conv.get_parameter("weight_orig")
    weight = weight / torch.linalg.matrix_norm(weight.flatten(1), 2)
    y = F.leaky_relu(block.parts(x, parts(1.0), n), 0.2)
    y = F.conv2d(y, weight, block.conv.bias, padding=1)
    expected = block.spade(y, condition)
    torch.testing.assert_close(block(x, condition, parts(1.0), n), expected, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_without_parts_a_block_is_the_spade_block() -> None:
    block = settled(PartBlock(6, 4, 3, 4, "none"))
    x, condition = noise(2, 6, 8, 8), DenseMap(noise(2, 3, 16, 16))
    assert torch.equal(block(x, condition, None, None), block.spade(x, condition))


@pytest.mark.parametrize("injection", INJECTIONS)
def test_each_injection_has_the_layers_of_its_own_and_no_others(injection: Injection) -> None:
    block = PartBlock(6, 4, 3, 4, injection)
    assert hasattr(block, "conv") == hasattr(block, "parts") == (injection in ("modulation", "spade"))
    if injection in ("modulation", "spade"):
        assert isinstance(block.parts, PSM if injection == "modulation" else SPADE)
    beside = 4 if injection == "concatenation" else 0
    assert block.spade.norm_0.hidden.in_channels == 3 + beside


@torch.no_grad()
def test_a_norm_on_part_features_modulates_every_channel_by_itself() -> None:
    block = settled(PartBlock(6, 6, 3, 4, "spade"))
    assert isinstance(block.parts, SPADE)
    given = parts(0.0)
    x, condition = noise(2, 6, 8, 8), DenseMap(noise(2, 3, 16, 16))
    # This injection has no mask.
    assert torch.equal(block(x, condition, given, None), block(x, condition, parts(1.0), None))
