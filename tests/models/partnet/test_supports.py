"""The example part maps and how training draws from them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.data.parts.part_set import PartArray
from scumble.errors import DataError
from scumble.models.partnet.supports import SupportStore, one_hot, shrink


def numbered(count: int, category: int = 0) -> list[PartArray]:
    """Part maps that can be told apart: number n has n parts of the first row as part 2, the rest is 1."""
    maps = [np.ones((64, 64), np.uint8) for _ in range(count)]
    for number, one in enumerate(maps):
        one[0, :number] = 2
        one[1, 0] = category % 8 + 1
    return maps


def numbers(supports: Tensor) -> list[int]:
    """Which of the numbered maps they are, by the first category."""
    return [int(n) for n in supports[0, :, 2, 0].sum(-1)]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (100, 37), (9, 200), (1, 1), (63, 65)])
def test_maps_of_any_size_are_shrunk_by_the_nearest_pixel_of_torch(height: int, width: int) -> None:
    values = np.random.default_rng(0).integers(0, 9, (height, width), dtype=np.uint8)
    expected = F.interpolate(torch.from_numpy(values)[None, None].float(), (64, 64), mode="nearest")[0, 0]
    assert shrink(values).dtype == np.uint8
    assert torch.equal(torch.from_numpy(shrink(values)).float(), expected)
    kept = SupportStore.of({24: [np.maximum(values, 1)]}, 1).maps[24]
    assert np.array_equal(kept[0], shrink(np.maximum(values, 1)))


def test_parts_become_nine_channels_before_the_pixels() -> None:
    parts = np.random.default_rng(0).integers(0, 9, (2, 3, 5, 4), dtype=np.uint8)
    channels = one_hot(parts)
    assert (channels.shape, channels.dtype) == ((2, 3, 9, 5, 4), torch.float32)
    assert (channels.sum(2) == 1).all()
    assert torch.equal(channels.argmax(2), torch.from_numpy(parts).long())


def test_the_fixed_supports_are_the_first_ones_of_every_category_in_the_order_asked_for() -> None:
    store = SupportStore.of({24: numbered(5, 24), 26: numbered(7, 26)}, 3)
    found = store.fixed([26, 24, 26], 3)
    assert found.shape == (3, 3, 9, 64, 64)
    for row, category in enumerate((26, 24, 26)):
        assert torch.equal(found[row], one_hot(store.maps[category][:3]))


def test_five_of_eight_passes_see_the_fixed_supports_and_the_others_draw_from_the_pool() -> None:
    store = SupportStore.of({24: numbered(40)}, 3)
    rng = np.random.default_rng(0)
    drawn = [numbers(store.drawn([24], 3, rng)) for _ in range(800)]
    others = [found for found in drawn if found != [0, 1, 2]]
    assert len(others) / len(drawn) == pytest.approx(3 / 8, abs=0.05)
    counts = Counter(number for found in others for number in found)
    assert set(counts) == set(range(40))
    # The list that is drawn from has each fixed support, and six of the 39 others of the first.
    shares = [counts[number] / len(others) for number in (0, 1, 39)]
    assert shares[0] == pytest.approx(3 / 9, abs=0.08)
    assert shares[1] == pytest.approx(3 / 9 + 3 / 9 * 6 / 39, abs=0.08)
    assert shares[2] == pytest.approx(3 / 9 * 6 / 39, abs=0.05)


def test_a_support_may_come_twice_as_published_but_never_the_first() -> None:
    store = SupportStore.of({24: numbered(5)}, 3)
    rng = np.random.default_rng(0)
    twice = Counter(
        number
        for _ in range(200)
        for number, times in Counter(numbers(store.drawn([24], 3, rng))).items()
        if times == 2
    )
    assert set(twice) == {1, 2}


def test_a_pool_of_nothing_but_the_fixed_supports_will_do() -> None:
    store = SupportStore.of({24: numbered(1)}, 1)
    rng = np.random.default_rng(0)
    assert all(numbers(store.drawn([24], 1, rng)) == [0] for _ in range(20))


def test_the_draw_follows_from_the_generator_alone() -> None:
    store = SupportStore.of({24: numbered(40, 24), 26: numbered(40, 26)}, 3)
    draws = []
    for global_seed in (0, 1):
        np.random.seed(global_seed)  # noqa: NPY002
        torch.manual_seed(global_seed)
        rng = np.random.default_rng(5)
        draws.append(torch.stack([store.drawn([24, 26], 3, rng) for _ in range(12)]))
    assert torch.equal(draws[0], draws[1])
    # Every category draws anew.
    varied = [d for d in draws[0] if numbers(d) != [0, 1, 2]]
    assert any(numbers(d) != numbers(d[1:]) for d in varied)


def test_too_few_supports_are_refused() -> None:
    with pytest.raises(DataError, match="Category 26 has 2 support maps, PartNet looks at 3; add part maps"):
        SupportStore.of({24: numbered(3), 26: numbered(2)}, 3)
    store = SupportStore({24: np.stack(numbered(2))})
    for refused in (store.fixed, lambda c, k: store.drawn(c, k, np.random.default_rng(0))):
        with pytest.raises(DataError, match="Category 24 has 2 support maps, PartNet looks at 3"):
            refused([24], 3)


@pytest.mark.parametrize("value", [0, 9])
def test_supports_without_parts_or_with_parts_beyond_8_are_refused(value: int) -> None:
    wrong = np.zeros((10, 10), np.uint8)
    wrong[3, 4] = value
    message = (
        rf"Support 1 of category 26 has the parts 0\.\.{value}; .*at least one part, and numbers up to 8"
    )
    with pytest.raises(DataError, match=message):
        SupportStore.of({26: [numbered(1)[0], wrong]}, 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_category_without_supports_is_refused_whatever_is_drawn(seed: int) -> None:
    store = SupportStore.of({26: numbered(1), 24: numbered(1)}, 1)
    message = r"no support maps of category 25; there are some of 24, 26; add a folder support_shape/K/25"
    with pytest.raises(DataError, match=message):
        store.check([24, 39, 25])
    with pytest.raises(DataError, match=message):
        store.fixed([26, 25], 1)
    with pytest.raises(DataError, match=message):
        store.drawn([26, 25], 1, np.random.default_rng(seed))
    store.check([26])


def test_a_store_survives_the_way_into_a_file_and_back() -> None:
    store = SupportStore.of({26: numbered(4), 3: numbered(2)}, 2)
    tensors = store.tensors()
    assert {name: (t.dtype, tuple(t.shape)) for name, t in tensors.items()} == {
        "26": (torch.uint8, (4, 64, 64)),
        "3": (torch.uint8, (2, 64, 64)),
    }
    back = SupportStore.from_tensors(tensors)
    assert set(back.maps) == {3, 26}
    assert all(np.array_equal(back.maps[c], store.maps[c]) for c in (3, 26))
    assert torch.equal(back.fixed([3, 26], 2), store.fixed([3, 26], 2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("car", torch.ones(2, 64, 64, dtype=torch.uint8)),
        ("-1", torch.ones(2, 64, 64, dtype=torch.uint8)),
        ("26", torch.ones(2, 64, 64)),
        ("26", torch.ones(64, 64, dtype=torch.uint8)),
        ("26", torch.ones(2, 64, 32, dtype=torch.uint8)),
        ("26", torch.ones(0, 64, 64, dtype=torch.uint8)),
        ("26", torch.full((2, 64, 64), 9, dtype=torch.uint8)),
    ],
)
def test_a_file_of_something_else_is_refused(name: str, value: Tensor) -> None:
    good = torch.ones(1, 64, 64, dtype=torch.uint8)
    with pytest.raises(DataError, match=rf"The entry '{name}' has .* of torch.*the file holds no supports"):
        SupportStore.from_tensors({"24": good, name: value})
