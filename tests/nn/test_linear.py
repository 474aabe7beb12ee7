"""Products with weights, against torch's."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from scumble.nn.linear import Linear, linear
from tests.models.synthesis_fixture import noise


@pytest.mark.parametrize("shape", [(5, 4), (2, 3, 4), (0, 4)])
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_the_product_of_torch(shape: tuple[int, ...], bias: bool) -> None:
    x, weight = noise(*shape), noise(6, 4, seed=1)
    added = noise(6, seed=2) if bias else None
    expected = F.linear(x, weight, added)
    torch.testing.assert_close(linear(x, weight, added), expected)
    with torch.inference_mode():
        torch.testing.assert_close(linear(x, weight, added), expected)
        torch.testing.assert_close(linear(x, weight.t().contiguous().t(), added), expected)


def test_it_learns_and_follows_autocast() -> None:
    layer, x = Linear(4, 6), noise(3, 4)
    layer(x).sum().backward()
    assert layer.weight.grad is not None
    torch.testing.assert_close(layer.weight.grad, x.sum(0).expand(6, 4))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert layer(x).dtype == torch.bfloat16
