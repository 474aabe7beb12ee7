"""LabelMix."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

from scumble.models.oasis.labelmix import consistency, label_mask, mix
from tests.models.synthesis_fixture import CLASSES, label_maps, noise

COINS = list(product([0, 1], repeat=CLASSES))


def written_in_place(labels: Tensor, coins: Tensor) -> Tensor:
    """The published procedure: coins take the place of class ids, from the lowest class to the highest."""
    overwritten = labels.clone()
    for class_id in sorted(set(labels.flatten().tolist())):
        overwritten[overwritten == class_id] = coins[class_id]
    return overwritten[:, None].float()


@pytest.mark.parametrize("kind", [torch.bool, torch.int64])
def test_every_class_is_real_or_fake_by_its_own_coin(kind: torch.dtype) -> None:
    labels = label_maps()
    for coins in COINS:
        mask = label_mask(labels, torch.tensor(coins).to(kind))
        assert (mask.shape, mask.dtype) == ((2, 1, 64, 64), torch.float32)
        for class_id, coin in enumerate(coins):
            assert (mask[:, 0][labels == class_id] == coin).all()


@pytest.mark.parametrize("absent", [None, 0, 1, 4])
def test_the_published_collision_is_that_of_writing_coins_into_the_map(absent: int | None) -> None:
    labels = label_maps()
    if absent is not None:
        labels = torch.where(labels == absent, 2, labels)
    differing = 0
    for coins in map(torch.tensor, COINS):
        expected = written_in_place(labels, coins)
        assert torch.equal(label_mask(labels, coins, collision=True), expected)
        differing += not torch.equal(label_mask(labels, coins), expected)
    # Class 0 loses its coin where it is 1 and that of class 1 is 0: in a quarter of the throws.
    assert differing == (0 if absent in (0, 1) else len(COINS) // 4)


def test_the_coins_are_left_as_they_are() -> None:
    coins = torch.tensor([1, 0, 1, 1, 0])
    label_mask(label_maps(), coins, collision=True)
    assert coins.tolist() == [1, 0, 1, 1, 0]


def test_a_mixed_picture_is_real_where_the_mask_is_1_and_fake_elsewhere() -> None:
    mask = label_mask(label_maps(), torch.tensor([1, 0, 1, 0, 0]))
    real, fake = noise(2, 3, 64, 64), noise(2, 3, 64, 64, seed=1)
    mixed, inside = mix(real, fake, mask), mask.expand(2, 3, 64, 64) > 0
    assert torch.equal(mixed[inside], real[inside])
    assert torch.equal(mixed[~inside], fake[~inside])


def test_a_judge_that_looks_at_single_pixels_is_consistent_and_any_other_pays_its_mean_square() -> None:
    mask = label_mask(label_maps(), torch.tensor([1, 0, 1, 0, 0]))
    real, fake = noise(2, 6, 64, 64), noise(2, 6, 64, 64, seed=1)
    mixed = mix(real, fake, mask)
    assert consistency(mixed, real, fake, mask).item() == 0
    mixed[1, 5] += 3  # one of twelve planes
    assert consistency(mixed, real, fake, mask).item() == pytest.approx(9 / 12, rel=1e-5)


def test_all_three_judgements_learn_from_it() -> None:
    mask = label_mask(label_maps(), torch.tensor([1, 0, 1, 0, 0]))
    mixed, real, fake = (noise(2, 6, 64, 64, seed=i).requires_grad_() for i in range(3))
    torch.autograd.backward(consistency(mixed, real, fake, mask))
    assert mixed.grad is not None
    assert real.grad is not None
    assert fake.grad is not None
    assert (mixed.grad != 0).all()
    assert torch.equal(real.grad != 0, (mask > 0).expand_as(real))
    assert torch.equal(fake.grad != 0, (mask == 0).expand_as(fake))
