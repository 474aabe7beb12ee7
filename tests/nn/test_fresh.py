"""Steps that overwrite what nobody needs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.fresh import SLOPE, leaky_relu, tanh
from tests.models.synthesis_fixture import noise

STEPS = [(leaky_relu, lambda x: F.leaky_relu(x, SLOPE)), (tanh, torch.tanh)]


@pytest.mark.parametrize(("step", "plain"), STEPS)
def test_they_overwrite_only_where_no_gradient_is_recorded(
    step: Callable[[Tensor], Tensor], plain: Callable[[Tensor], Tensor]
) -> None:
    x = noise(2, 3, 4)
    kept, expected = x.clone(), plain(x)
    assert torch.equal(step(x), expected)
    assert torch.equal(x, kept)
    with torch.no_grad():
        assert torch.equal(step(x), expected)
    assert torch.equal(x, expected)
