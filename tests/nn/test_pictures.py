"""Between 8-bit pictures and network values."""

from __future__ import annotations

import pytest
import torch

from scumble.nn.pictures import ChannelOrder, to_8bit, to_network


def every_value() -> torch.Tensor:
    """All 256 values in each channel, in different orders: ``[1, 16, 16, 3]``."""
    values = torch.arange(256, dtype=torch.uint8)
    return torch.stack([values, values.flip(0), values.roll(7)], 1).view(1, 16, 16, 3)


@pytest.mark.parametrize("order", ["rgb", "bgr"])
def test_every_value_survives_the_way_to_the_network_and_back(order: ChannelOrder) -> None:
    pictures = every_value()
    assert torch.equal(to_8bit(to_network(pictures, order), order), pictures)


def test_values_are_scaled_to_minus_one_and_one() -> None:
    x = to_network(every_value())
    assert x.shape == (1, 3, 16, 16)
    assert x.dtype == torch.float32
    assert (x.min().item(), x.max().item()) == (-1.0, 1.0)


def test_bgr_exchanges_red_and_blue() -> None:
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 1, 1, 3)
    assert to_network(red, "bgr").flatten().tolist() == [-1.0, -1.0, 1.0]
    assert to_8bit(torch.tensor([-1.0, -1.0, 1.0]).view(1, 3, 1, 1), "bgr").flatten().tolist() == [255, 0, 0]


def test_values_outside_the_range_are_clipped() -> None:
    assert to_8bit(torch.tensor([-3.0, 0.0, 3.0]).view(1, 3, 1, 1)).flatten().tolist() == [0, 128, 255]


def test_truncation_cuts_off_what_rounding_would_round_up() -> None:
    x = torch.full((1, 3, 1, 1), 100.75 / 255 * 2 - 1)
    assert to_8bit(x).flatten().tolist() == [101] * 3
    assert to_8bit(x, truncate=True).flatten().tolist() == [100] * 3
