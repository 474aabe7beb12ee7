"""Whether an instance map and a label map are of one picture."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.data.check.agreement import Disagreement, disagreement
from scumble.label_space import LabelSpace
from scumble.scene import IdArray
from tests.data.check.sets import draw

SPACE = LabelSpace.from_names(
    "street", [*(f"stuff {i}" for i in range(24)), "person", "rider", "car"], ["car"]
)
ROAD, CAR = 7, 26


def labels(n: int = 0) -> IdArray:
    return np.array([23, ROAD, CAR], np.int32)[draw(0, n).regions]


def by_class(n: int = 0, first: int = CAR * 1000) -> IdArray:
    """``class * 1000 + k`` on cars, the class id elsewhere."""
    cars = draw(0, n).cars.astype(np.int32)
    return np.where(cars > 0, first + cars, labels(n))


def numbered(n: int = 0, first: int = 101) -> IdArray:
    """A number on cars, 0 elsewhere."""
    cars = draw(0, n).cars.astype(np.int32)
    return np.where(cars > 0, first + cars, 0)


def compared(instances: IdArray, n: int = 0) -> Disagreement | None:
    return disagreement(labels(n), instances, SPACE)


@pytest.mark.parametrize(
    "instances",
    [by_class(), numbered(), numbered(first=4000), numbered(first=500_000), labels(), 0 * labels()],
)
def test_maps_of_one_picture_agree_in_any_numbering(instances: IdArray) -> None:
    assert compared(instances) is None


def test_scenes_without_things_have_nothing_to_compare() -> None:
    stuff = np.full((8, 8), ROAD, np.int32)
    assert disagreement(stuff, np.full((8, 8), 3, np.int32), SPACE) is None


@pytest.mark.parametrize("instances", [by_class(1), numbered(1), numbered(1, 4000)])
def test_the_map_of_another_picture_is_a_defect(instances: IdArray) -> None:
    found = compared(instances)
    assert found is not None
    assert found.defect
    assert found.share == 1
    assert repr(SPACE.names[ROAD]) in found.text


def test_a_few_pixels_of_another_class_are_no_defect() -> None:
    shifted = np.roll(by_class(), 1, axis=1)
    found = compared(shifted)
    assert found is not None
    assert not found.defect
    wrong = (shifted > 1000) & (labels() != CAR)
    assert found.share == pytest.approx(wrong.sum() / (shifted > 1000).sum())
    y, x = np.argwhere(wrong)[0]
    assert f"{shifted[y, x]} at x={x}, y={y} says 'car', the label" in found.text


def test_the_share_of_mixed_pixels_is_that_outside_the_main_class() -> None:
    shifted = np.roll(numbered(), 2, axis=1)
    found = compared(shifted)
    assert found is not None
    assert not found.defect
    assert found.share == pytest.approx(((shifted > 0) & (labels() != CAR)).sum() / (shifted > 0).sum())
    assert "25% of it is not 'car'" in found.text


@pytest.mark.parametrize(
    ("wrong", "says"), [(24_001, "'person'"), (27_000, "class 27, which does not exist")]
)
def test_ids_that_name_another_class_are_a_defect(wrong: int, says: str) -> None:
    instances = by_class()
    instances[instances == 26_001] = wrong
    found = compared(instances)
    assert found is not None
    assert found.defect
    assert found.share == pytest.approx(1 / 3)
    assert f"the instance id {wrong} at x=" in found.text
    assert f"says {says}, the label 'car'" in found.text


def test_numbered_stuff_is_no_defect_where_things_have_no_instances() -> None:
    segments = np.where(labels() == CAR, 0, labels() + 500)
    assert compared(segments) is None
