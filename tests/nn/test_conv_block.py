"""The plain convolution block."""

from __future__ import annotations

import pytest
import torch

from scumble.nn.conv_block import ConvBlock, Norm


@pytest.mark.parametrize(("norm", "has_bias"), [("instance", True), ("spectral", False), ("none", False)])
def test_only_a_convolution_before_an_instance_norm_has_a_bias(norm: Norm, has_bias: bool) -> None:
    names = ConvBlock(2, 3, norm=norm).state_dict()
    assert ("conv.bias" in names) == has_bias


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_a_constant_picture_stays_constant_up_to_its_border(kernel_size: int) -> None:
    torch.manual_seed(0)
    y = ConvBlock(2, 3, kernel_size=kernel_size)(torch.ones(1, 2, 6, 6))
    assert torch.allclose(y, y[:, :, :1, :1].expand_as(y), atol=1e-6)


def test_stride_two_rounds_odd_sizes_up() -> None:
    y = ConvBlock(2, 3, kernel_size=5, stride=2, norm="spectral")(torch.randn(1, 2, 11, 8))
    assert y.shape == (1, 3, 6, 4)


def test_tanh_bounds_the_output_and_leaky_relu_keeps_a_fifth_of_negative_values() -> None:
    block = ConvBlock(1, 1, activation="tanh")
    leaky = ConvBlock(1, 1)
    leaky.load_state_dict(block.state_dict())
    x = torch.randn(1, 1, 8, 8) * 3
    raw = block.conv(x)
    assert (raw < 0).any()
    assert torch.allclose(block(x), torch.tanh(raw))
    assert torch.allclose(leaky(x), torch.where(raw < 0, 0.2 * raw, raw))
