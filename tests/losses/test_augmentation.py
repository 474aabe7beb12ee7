"""Differentiable augmentation."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor

from scumble.errors import ConfigError
from scumble.losses.augmentation import Augmentation, Policy

ALL: tuple[Policy, ...] = ("translation", "color", "cutout")
SUBSETS = [subset for n in (1, 2, 3) for subset in combinations(ALL, n)]
VOID = 99


def sources(count: int, first: int = 0) -> list[np.random.Generator]:
    return [np.random.default_rng([7, number]) for number in range(first, first + count)]


def pictures(count: int = 3, height: int = 32, width: int = 48) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, 3, height, width, generator=generator) * 1.6 - 0.8


def numbered(count: int = 3, height: int = 32, width: int = 48) -> Tensor:
    """A map in which every pixel has an id of its own, from 100 on."""
    return 100 + torch.arange(height * width).view(1, height, width).repeat(count, 1, 1)


def drawn(*policies: Policy, count: int = 3, height: int = 32, width: int = 48) -> Augmentation:
    return Augmentation.draw(policies, sources(count), height, width)


def test_pictures_and_maps_are_themselves_if_nothing_is_asked_for() -> None:
    sources_of_two = sources(2)
    augmentation = Augmentation.draw((), sources_of_two, 32, 48)
    x, m = pictures(2), numbered(2)
    assert augmentation.pictures(x) is x
    assert augmentation.maps(m, VOID) is m
    assert sources_of_two[0].random() == sources(1)[0].random(), "nothing was drawn"


def test_colors_leave_maps_as_they_are() -> None:
    m = numbered()
    assert drawn("color").maps(m, VOID) is m


@pytest.mark.parametrize("policies", SUBSETS)
def test_a_picture_does_not_depend_on_those_beside_it(policies: tuple[Policy, ...]) -> None:
    x, m = pictures(4), numbered(4)
    together = Augmentation.draw(policies, sources(4), 32, 48)
    changed, maps = together.pictures(x), together.maps(m, VOID)
    for i in range(4):
        alone = Augmentation.draw(policies, sources(1, first=i), 32, 48)
        torch.testing.assert_close(alone.pictures(x[i : i + 1]), changed[i : i + 1])
        assert torch.equal(alone.maps(m[i : i + 1], VOID), maps[i : i + 1])
    assert not torch.equal(together.pictures(x[:1].repeat(4, 1, 1, 1))[0], changed[1])


@pytest.mark.parametrize("policies", SUBSETS)
def test_a_choice_does_not_depend_on_the_other_policies(policies: tuple[Policy, ...]) -> None:
    some, every = drawn(*policies), drawn(*ALL)
    for policy, name in (("color", "color"), ("translation", "shift"), ("cutout", "center")):
        found = getattr(some, name)
        if policy in policies:
            assert torch.equal(found, getattr(every, name))
        else:
            assert found is None


def test_color_changes_are_those_of_their_formulas() -> None:
    x = pictures(50)
    augmentation = drawn("color", count=50)
    changed = augmentation.pictures(x)
    assert augmentation.color is not None
    for picture, found, (brightness, saturation, contrast) in zip(
        x.numpy(), changed.numpy(), augmentation.color.tolist(), strict=True
    ):
        expected = picture + brightness
        grey = expected.mean(0)
        expected = grey + (expected - grey) * saturation
        expected = expected.mean() + (expected - expected.mean()) * contrast
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_colors_span_the_published_ranges() -> None:
    color = drawn("color", count=2000).color
    assert color is not None
    low, high = torch.tensor([-0.5, 0, 0.5]), torch.tensor([0.5, 2, 1.5])
    assert ((color >= low) & (color <= high)).all()
    assert (color.amin(0) - low < 0.01 * (high - low)).all()
    assert (high - color.amax(0) < 0.01 * (high - low)).all()
    torch.testing.assert_close(color.mean(0), (low + high) / 2, atol=0.04, rtol=0)


def test_translations_take_every_value_up_to_an_eighth_of_the_sides() -> None:
    shift = drawn("translation", count=2000, height=32, width=53).shift
    assert shift is not None
    assert set(shift[:, 0].tolist()) == set(range(-4, 5))
    assert set(shift[:, 1].tolist()) == set(range(-6, 7))
    assert len({tuple(pair) for pair in shift.tolist()}) == 9 * 13, "down and right are independent"


def test_translation_moves_pictures_and_maps_alike_and_fills_what_moves_in() -> None:
    x, m = pictures(40), numbered(40)
    augmentation = drawn("translation", count=40)
    moved, maps = augmentation.pictures(x), augmentation.maps(m, VOID)
    assert augmentation.shift is not None
    for i, (down, right) in enumerate(augmentation.shift.tolist()):
        expected, ids = torch.zeros(3, 32, 48), torch.full((32, 48), VOID)
        for row in range(32):
            for column in range(48):
                if 0 <= row - down < 32 and 0 <= column - right < 48:
                    expected[:, row, column] = x[i, :, row - down, column - right]
                    ids[row, column] = m[i, row - down, column - right]
        assert torch.equal(moved[i], expected)
        assert torch.equal(maps[i], ids)


@pytest.mark.parametrize(("height", "width"), [(32, 48), (33, 7), (1, 1)])
def test_cutout_erases_half_of_each_side_around_a_place_in_the_picture(height: int, width: int) -> None:
    x = pictures(300, height, width).abs() + 1
    augmentation = drawn("cutout", count=300, height=height, width=width)
    changed = augmentation.pictures(x)
    erased = changed == 0
    assert (erased.any(1) == erased.all(1)).all()
    assert torch.equal(changed[~erased], x[~erased])
    assert torch.equal(augmentation.maps(numbered(300, height, width), VOID) == VOID, erased[:, 0])
    assert augmentation.center is not None
    for hole, (row, column) in zip(erased[:, 0], augmentation.center.tolist(), strict=True):
        assert 0 <= row < height
        assert 0 <= column < width
        top, left = row - height // 2 // 2, column - width // 2 // 2
        expected = torch.zeros(height, width, dtype=torch.bool)
        expected[max(top, 0) : max(top + height // 2, 0), max(left, 0) : max(left + width // 2, 0)] = True
        assert torch.equal(hole, expected)
    assert set(augmentation.center[:, 0].tolist()) == set(range(height))


def test_all_three_together_are_color_then_translation_then_cutout() -> None:
    x, m = pictures(), numbered()
    one_by_one, ids = x, m
    for policy in cast(tuple[Policy, ...], ("color", "translation", "cutout")):
        one_by_one = drawn(policy).pictures(one_by_one)
        ids = drawn(policy).maps(ids, VOID)
    assert torch.equal(drawn(*ALL).pictures(x), one_by_one)
    assert torch.equal(drawn(*ALL).maps(m, VOID), ids)


@pytest.mark.parametrize("policies", SUBSETS)
def test_pictures_are_shown_where_nothing_was_moved_in_or_erased(policies: tuple[Policy, ...]) -> None:
    m, augmentation = numbered(), drawn(*policies)
    shown = augmentation.shown(m)
    assert (shown is None) == (policies == ("color",))
    if shown is not None:
        assert torch.equal(shown, augmentation.maps(m, VOID) != VOID)


def test_pixels_of_pictures_and_maps_stay_together() -> None:
    m = numbered()
    augmentation = drawn("translation", "cutout")
    as_picture = m[:, None].expand(-1, 3, -1, -1).double()
    ids = augmentation.maps(m, 0)
    assert torch.equal(augmentation.pictures(as_picture)[:, 1].long(), ids)
    assert 0 < (ids == 0).float().mean() < 1


@pytest.mark.parametrize("policies", SUBSETS)
def test_gradients_are_those_of_finite_differences(policies: tuple[Policy, ...]) -> None:
    x = pictures(2, 8, 16).double().requires_grad_()
    augmentation = drawn(*policies, count=2, height=8, width=16)
    assert torch.autograd.gradcheck(augmentation.pictures, (x,), fast_mode=True)


def test_erased_pixels_get_no_gradient_and_all_others_do() -> None:
    x = pictures().requires_grad_()
    augmentation = drawn("cutout")
    (gradient,) = torch.autograd.grad(augmentation.pictures(x).sum(), x)
    kept = augmentation.maps(numbered(), VOID) != VOID
    assert torch.equal(gradient, kept[:, None].expand_as(x).float())


@pytest.mark.parametrize("kind", [torch.int64, torch.int32, torch.uint8, torch.bool])
def test_maps_keep_their_type(kind: torch.dtype) -> None:
    m = torch.ones(3, 32, 48).to(kind)
    found = drawn(*ALL).maps(m, 0)
    assert (found.dtype, found.shape) == (kind, m.shape)
    assert set(found.flatten().tolist()) == {0, 1}


def test_large_ids_are_exact() -> None:
    m = torch.full((3, 32, 48), 2**53 + 1)
    assert set(drawn(*ALL).maps(m, 2**31 + 1).flatten().tolist()) == {2**53 + 1, 2**31 + 1}


def test_half_precision_stays_half() -> None:
    x = pictures()
    found = drawn(*ALL).pictures(x.bfloat16())
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found.float(), drawn(*ALL).pictures(x), atol=0.05, rtol=0)


@pytest.mark.parametrize("policy", ALL)
@pytest.mark.parametrize("shape", [(3, 3, 48, 48), (3, 3, 32, 40), (2, 3, 32, 48)])
def test_other_batches_than_were_drawn_for_are_refused(shape: tuple[int, ...], policy: Policy) -> None:
    augmentation = drawn(policy)
    with pytest.raises(ValueError, match="was drawn for 3 pictures of 32x48"):
        augmentation.pictures(torch.zeros(shape))
    with pytest.raises(ValueError, match="was drawn for 3 pictures of 32x48"):
        augmentation.maps(torch.zeros(shape, dtype=torch.int64)[:, 0], VOID)


def test_an_unknown_policy_is_refused_with_the_nearest() -> None:
    policies: Any = ("colour",)
    with pytest.raises(ConfigError, match="no augmentation 'colour'; did you mean 'color'"):
        Augmentation.draw(policies, sources(1), 8, 8)
