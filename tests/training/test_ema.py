"""Averaged weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scumble.training.ema import EMA


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def test_the_average_follows_its_formula_from_the_first_step() -> None:
    followed = nn.Linear(2, 3)
    ema = EMA(followed, 0.75)
    expected = followed.weight.detach().clone()
    for step in range(5):
        with torch.no_grad():
            followed.weight.normal_(generator=torch.Generator().manual_seed(step))
        ema.update(followed)
        expected = 0.75 * expected + 0.25 * followed.weight.detach()
        torch.testing.assert_close(ema.average.state_dict()["weight"], expected)


def test_buffers_take_part_and_counters_are_copied() -> None:
    followed = network().train()
    ema = EMA(followed, 0.5)
    followed(torch.randn(8, 2))
    followed(torch.randn(8, 2))
    ema.update(followed)
    average, state = ema.average.state_dict(), followed.state_dict()
    torch.testing.assert_close(average["1.running_mean"], 0.5 * state["1.running_mean"])
    torch.testing.assert_close(average["1.running_var"], 0.5 + 0.5 * state["1.running_var"])
    assert average["1.num_batches_tracked"] == 2


def test_the_average_is_apart_from_the_network() -> None:
    followed = network()
    ema = EMA(followed, 1.0)
    before = {name: value.clone() for name, value in ema.average.state_dict().items()}
    with torch.no_grad():
        for parameter in followed.parameters():
            parameter.add_(1)
    ema.update(followed)
    assert all(torch.equal(value, before[name]) for name, value in ema.average.state_dict().items())
    assert not ema.average.training
    assert not any(p.requires_grad for p in ema.average.parameters())
    assert followed.training
    assert all(p.requires_grad for p in followed.parameters())


@pytest.mark.parametrize("half_life", [10, 500])
def test_a_decay_of_half_to_the_share_of_the_half_life_keeps_half(half_life: int) -> None:
    followed = nn.Linear(1, 1, bias=False)
    nn.init.ones_(followed.weight)
    ema = EMA(followed, 0.5 ** (2 / half_life))
    nn.init.zeros_(followed.weight)
    for _ in range(half_life // 2):
        ema.update(followed)
    assert ema.average.state_dict()["weight"].item() == pytest.approx(0.5, abs=1e-5)
