"""Training samples of PartNet, and the part maps that its supports are drawn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from scumble.data.part_shapes import (
    POOL,
    PartSamples,
    augmented,
    published_supports,
    resize_parts,
    support_maps,
)
from scumble.data.parts.part_set import PartSet, supports
from scumble.data.parts.supports import write_supports
from scumble.errors import DataError
from tests.data.parts.fixture import car, write_object
from tests.part_set_fixture import CAR, PERSON, person, write_part_set


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_part_set(tmp_path_factory.mktemp("parts") / "set")


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def many(parts: NDArray[np.uint8], count: int = 60) -> list[NDArray[np.uint8]]:
    """The same object, augmented in many ways."""
    return [augmented(parts, parts > 0, np.random.default_rng(n)) for n in range(count)]


def test_parts_and_outline_stay_aligned_whatever_is_drawn() -> None:
    """Every pixel of this object is a part, so that outline and parts must show the same pixels."""
    for maps in many(car(50, 90)):
        assert maps.shape == (2, 64, 64)
        assert np.array_equal(maps[0] > 0, maps[1] > 0)


def test_parts_lie_inside_the_outline_and_numbers_are_never_mixed() -> None:
    parts = np.zeros((40, 60), np.uint8)
    parts[4:36, 5:55:3], parts[4:36, 6:55:3] = 1, 8  # every third column is no part
    inside = np.zeros((40, 60), bool)
    inside[4:36, 5:55] = True
    for seed in range(40):
        maps = augmented(parts, inside, np.random.default_rng(seed))
        assert set(np.unique(maps[0])) == {0, 1, 8}
        assert set(np.unique(maps[1])) <= {0, 1}
        assert not (maps[0][maps[1] == 0]).any()


def test_half_of_the_samples_are_cut_from_larger_ones_and_half_are_mirrored() -> None:
    parts = np.zeros((64, 64), np.uint8)
    parts[:, :32], parts[:, 32:] = 1, 2
    found = many(parts, 400)
    left = [maps[0][32, :8] for maps in found]
    mirrored = np.mean([(row == 2).all() for row in left])
    assert mirrored == pytest.approx(0.5, abs=0.08)
    plain = [np.array_equal(np.sort(maps[0], axis=1), parts) for maps in found]
    # Not enlarged; or enlarged, not turned and cut out of the middle.
    assert np.mean(plain) == pytest.approx(0.5 + 0.25 / 9, abs=0.08)
    turned = np.mean([len(np.unique(maps[0], axis=0)) > 1 for maps in found])
    assert turned == pytest.approx(0.25 * 30 / 31, abs=0.06)


def test_what_is_turned_in_from_outside_is_nothing() -> None:
    full = np.ones((64, 64), np.uint8)
    corners = [maps[:, [0, 0, -1, -1], [0, -1, 0, -1]] for maps in many(full, 200)]
    assert any((corner == 0).any() for corner in corners)


def test_a_sample_has_the_promised_types(root: Path) -> None:
    samples = PartSamples(root, [CAR, PERSON], "train", 0)
    assert len(samples) == 6
    seen = set()
    for number in range(12):
        sample = samples[number]
        assert {name: (value.dtype, tuple(value.shape)) for name, value in sample.items()} == {
            "parts": (torch.uint8, (64, 64)),
            "shape": (torch.uint8, (64, 64)),
            "category": (torch.int64, ()),
            "number": (torch.int64, ()),
        }
        assert sample["number"] == number
        assert set(sample["shape"].flatten().tolist()) == {0, 1}
        assert int(sample["parts"].max()) == (5 if sample["category"] == CAR else 4)
        seen.add(int(sample["category"]))
    assert seen == {CAR, PERSON}


def test_samples_depend_on_seed_and_number_alone(root: Path) -> None:
    samples = PartSamples(root, [CAR, PERSON], "train", 3)
    forward = [samples[i] for i in range(12)]
    np.random.seed(1)  # noqa: NPY002
    torch.manual_seed(1)
    again = PartSamples(root, [CAR, PERSON], "train", 3)
    assert all(same(again[i], forward[i]) for i in reversed(range(12)))
    other = PartSamples(root, [CAR, PERSON], "train", 4)
    assert not all(torch.equal(other[i]["parts"], forward[i]["parts"]) for i in range(12))


def test_every_object_comes_once_in_a_pass(root: Path) -> None:
    samples = PartSamples(root, [CAR, PERSON], "train", 0)
    for start in (0, 6):
        found = [int(samples[start + i]["category"]) for i in range(6)]
        assert sorted(found) == [PERSON] * 3 + [CAR] * 3


def test_without_a_seed_objects_come_in_order_and_as_they_are(root: Path) -> None:
    samples = PartSamples(root, [PERSON, CAR], "val", None)
    expected = [(c, shape) for c in (PERSON, CAR) for shape in PartSet(root, c, "val")]
    assert len(samples) == len(expected) == 4
    for number, (category, shape) in enumerate(expected):
        sample = samples[number]
        assert sample["category"] == category
        assert np.array_equal(sample["parts"].numpy(), resize_parts(shape.parts))
        assert np.array_equal(
            sample["shape"].numpy() > 0, resize_parts(shape.silhouette.astype(np.uint8)) > 0
        )
        assert same(samples[number], sample)


def test_a_category_without_objects_of_the_split_is_refused(root: Path) -> None:
    with pytest.raises(DataError, match=r"25/train holds no .* categories of .* are: 24, 26"):
        PartSamples(root, [CAR, 25], "train", 0)


def test_the_supports_come_first_and_then_the_training_objects_that_show_as_many_parts(
    tmp_path: Path,
) -> None:
    names = {"b": car(40, 60), "a": car(40, 50), "c": np.full((40, 40), 5, np.uint8), "d": car(40, 70)}
    for name, parts in names.items():
        write_object(tmp_path, name, parts=parts)
    write_supports(tmp_path, CAR)
    found = support_maps(tmp_path, CAR, 1)
    shapes = [parts.shape[1] for parts in found]
    assert shapes[1:] == [50, 60, 70]
    assert shapes[0] in (50, 60, 70)
    with pytest.raises(DataError, match="expected at least 4"):
        support_maps(tmp_path, CAR, 4)


def test_the_pool_ends_at_101_part_maps(tmp_path: Path) -> None:
    for i in range(POOL + 4):
        write_object(tmp_path, f"{i:03d}", category=PERSON, parts=person(10, 9))
    write_supports(tmp_path, PERSON)
    assert len(support_maps(tmp_path, PERSON, 3)) == POOL == 101


def test_published_supports_are_borrowed_and_merged_as_in_the_table(root: Path, tmp_path: Path) -> None:
    mine = supports(root, CAR, 1)[0]
    assert np.array_equal(published_supports(root, 26, 1)[0], mine)
    assert np.array_equal(published_supports(root, 15, 1)[0], supports(root, PERSON, 1)[0])
    write_object(tmp_path, "washer", category=36, parts=car(40, 40))
    write_supports(tmp_path, 36)
    assert {2, 3} & set(np.unique(supports(tmp_path, 36, 1)[0]).tolist())
    assert not {2, 3} & set(np.unique(published_supports(tmp_path, 36, 1)[0]).tolist())
