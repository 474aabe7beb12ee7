"""Convolutions of networks that only paint, against torch's."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scumble.nn import packed_conv
from scumble.nn.packed_conv import PackedConv2d
from tests.models.synthesis_fixture import noise


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3, "padding": 1},
        {"kernel_size": 4, "stride": 2, "padding": 1, "bias": False},
        {"kernel_size": (3, 5), "padding": (1, 2), "padding_mode": "replicate"},
        {"kernel_size": 5, "stride": 2, "padding": 2, "padding_mode": "replicate"},
        {"kernel_size": 3, "dilation": 2},
    ],
)
@torch.no_grad()
def test_packed_convolutions_are_those_that_they_were_made_of(
    options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_conv, "BAND", 64)
    convolution = nn.Conv2d(3, 4, **options)  # type: ignore[arg-type]
    x = noise(2, 3, 12, 11)
    packed = PackedConv2d(convolution)
    torch.testing.assert_close(packed(x), convolution(x))
    torch.testing.assert_close(packed(x[:1, :, :7, :8]), convolution(x[:1, :, :7, :8]))
