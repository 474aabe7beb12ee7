"""What the relaxed earth mover distance promises."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from scumble.losses.remd import relaxed_earth_mover_distance


def _tokens(seed: int, batch: int = 2, count: int = 7, channels: int = 5) -> Tensor:
    return torch.randn(batch, count, channels, generator=torch.Generator().manual_seed(seed))


def test_each_sample_is_the_worse_side_of_the_mean_cheapest_costs() -> None:
    x, y = _tokens(0, count=4), _tokens(1, count=6)
    found = relaxed_earth_mover_distance(x, y)
    for sample in range(2):
        cost = torch.empty(4, 6)
        for i in range(4):
            for j in range(6):
                a, b = x[sample, i], y[sample, j]
                cost[i, j] = 1 - a @ b / (a.norm() * b.norm())
        forth = sum(min(row) for row in cost) / 4
        back = sum(min(column) for column in cost.T) / 6
        assert found[sample].item() == pytest.approx(max(float(forth), float(back)), abs=1e-6)


def test_neither_order_nor_length_of_tokens_matters() -> None:
    x = _tokens(0)
    lengths = torch.linspace(0.1, 50, 7)[:, None]
    torch.testing.assert_close(
        relaxed_earth_mover_distance(x[:, torch.randperm(7)] * lengths, x), torch.zeros(2), atol=1e-6, rtol=0
    )


def test_a_look_that_only_one_side_has_counts_whichever_side_it_is() -> None:
    x = torch.eye(3)[None]
    some = x[:, :2]
    expected = torch.tensor([1 / 3])
    torch.testing.assert_close(relaxed_earth_mover_distance(x, some), expected)
    torch.testing.assert_close(relaxed_earth_mover_distance(some, x), expected)


def test_a_token_of_zeros_costs_one_and_leaves_the_gradient_finite() -> None:
    x = torch.zeros(1, 2, 3).requires_grad_()
    distance = relaxed_earth_mover_distance(x, _tokens(0, batch=1, channels=3))
    distance.sum().backward()  # type: ignore[no-untyped-call]
    assert distance.item() == 1
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_autocast_does_not_make_it_coarser() -> None:
    x = _tokens(0, channels=64)
    near = x + 0.01 * _tokens(1, channels=64)
    exact = relaxed_earth_mover_distance(near, x)
    with torch.autocast("cpu", torch.bfloat16):
        found = relaxed_earth_mover_distance(near, x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, exact)
