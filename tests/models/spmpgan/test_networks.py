"""Blocks, stages and discriminators."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.models.spmpgan.conditioning import masked_classes
from scumble.models.spmpgan.networks import ModulatedConv, PatchDiscriminator, UpBlock
from scumble.nn.regions import RegionMap
from tests.models import tiny


def layout() -> RegionMap:
    index = torch.randint(4, (2, 16, 16), generator=torch.Generator().manual_seed(0))
    return RegionMap(index, torch.eye(4)[:, :3])


def plainly(block: ModulatedConv, x: Tensor, conditioning: Tensor) -> Tensor:
    """The block's formula written out (DivSem, section 3.1)."""
    normalised = F.instance_norm(block.conv(x))
    g0, b0 = block.feature_heads(F.relu(block.feature_hidden(x))).chunk(2, 1)
    heads = block.layout_heads(F.relu(block.layout_hidden(conditioning)))
    gg, bg, gb, bb = heads.chunk(4, 1)
    g = g0 * (1 + gg) + bg
    b = b0 * (1 + gb) + bb
    return F.leaky_relu(normalised * (1 + g) + b, 0.2)


@pytest.mark.parametrize("stride", [1, 2])
@torch.no_grad()
def test_a_block_computes_its_formula_with_the_layout_at_its_own_size(stride: int) -> None:
    block = ModulatedConv(2, 5, 3, hidden=4, stride=stride)
    tiny.with_weights(block)
    x = torch.randn(2, 2, 8, 8)
    conditioning = F.interpolate(layout().dense(16, 16), (8 // stride, 8 // stride), mode="nearest")
    assert torch.allclose(block(x, layout()), plainly(block, x, conditioning), atol=1e-4)


@torch.no_grad()
def test_an_upsampling_block_puts_the_skip_after_the_upsampled_features() -> None:
    block = UpBlock(2 + 3, 5, 3, hidden=4, spectral=True)
    tiny.with_weights(block)
    x, skip = torch.randn(2, 2, 4, 4), torch.randn(2, 3, 8, 8)
    up = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    expected = plainly(block, torch.cat([up, skip], 1), layout().dense(8, 8))
    assert torch.allclose(block(x, layout(), skip), expected, atol=1e-4)


@pytest.mark.parametrize("layers", [4, 5, 6])
def test_a_discriminator_of_each_scale_gives_three_scores_at_4x4(layers: int) -> None:
    size = 4 * 2**layers
    batch = tiny.edit_batch(size, size)
    scores = PatchDiscriminator(tiny.CLASSES, 2, layers)(masked_classes(batch, tiny.CLASSES), batch.image)
    assert scores.shape == (2, 3, 4, 4)


def test_discriminator_widths_double_up_to_four_times_the_first() -> None:
    weights = PatchDiscriminator(tiny.CLASSES, 8, 6).state_dict()
    widths = [len(value) for name, value in weights.items() if name.endswith("weight_orig")]
    assert widths == [8, 16, 32, 32, 32, 3]
    assert not any(name.endswith("bias") for name in weights)
