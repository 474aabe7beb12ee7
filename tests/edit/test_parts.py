"""Edits of the parts of objects."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.edit import Edit, Extend, Paint, PaintPart, Remove, RemovePart
from scumble.errors import InputError
from scumble.label_space import LabelSpace
from scumble.scene import UNKNOWN_PART, MaskArray, Scene

SPACE = LabelSpace.load("camvid")
CAR, ROAD = SPACE.index("car"), SPACE.index("road")
BODY, WHEEL, LIGHT = 5, 2, 3


def scene(*, known: bool = True) -> Scene:
    """Two cars of 6 x 10 and 4 x 8 pixels on a road: bodies; the larger one with two wheels and a light."""
    labels = np.full((24, 32), ROAD, np.int32)
    instances, parts = labels.copy(), np.zeros_like(labels)
    for number, (y, x, height, width) in enumerate([(2, 2, 6, 10), (14, 18, 4, 8)]):
        box = slice(y, y + height), slice(x, x + width)
        labels[box], instances[box], parts[box] = CAR, CAR * 1000 + number, BODY
    parts[6:8, 3:5] = parts[6:8, 9:11] = WHEEL
    parts[4, 2] = LIGHT
    image = np.zeros((24, 32, 3), np.uint8)
    return Scene(image, labels, instances, SPACE, parts if known else None)


def region(y: slice, x: slice) -> MaskArray:
    mask = np.zeros((24, 32), np.bool_)
    mask[y, x] = True
    return mask


def test_the_nearest_other_part_takes_the_place_of_one_that_is_removed() -> None:
    before = scene()
    after = RemovePart("car#0", WHEEL).apply(before)
    assert before.parts is not None
    assert after.scene.parts is not None
    assert not (after.scene.parts == WHEEL).any()
    changed = before.parts != after.scene.parts
    assert np.array_equal(changed, before.parts == WHEEL)
    assert (after.scene.parts[changed] == BODY).all()


def test_the_effect_is_confined_to_the_object() -> None:
    before = scene()
    for operation in (
        RemovePart("car#0", WHEEL),
        PaintPart("car", LIGHT, region(slice(0, 6), slice(0, 20))),  # reaches over the road, not to the other
    ):
        after = operation.apply(before)
        assert np.array_equal(after.mask, before.select("car#0"))
        assert np.array_equal(after.scene.labels, before.labels)
        assert np.array_equal(after.scene.instances, before.instances)
        assert np.array_equal(after.scene.parts[~after.mask], before.parts[~after.mask])  # type: ignore[index]


def test_a_selector_of_a_class_means_the_parts_of_all_its_objects() -> None:
    after = PaintPart("car", WHEEL, region(slice(7, 15), slice(0, 32))).apply(scene())
    assert np.array_equal(after.mask, scene().select("car"))
    assert after.scene.parts is not None
    assert (after.scene.parts[14, 18:26] == WHEEL).all()
    assert (after.scene.parts[7, 2:12] == WHEEL).all()
    assert not after.scene.parts[10].any()


def test_what_has_one_part_alone_has_none_after_its_removal() -> None:
    after = RemovePart("car#1", BODY).apply(scene())
    assert after.scene.parts is not None
    assert not after.scene.parts[after.mask].any()


def test_parts_can_be_painted_away() -> None:
    after = PaintPart("car#0", 0, region(slice(6, 8), slice(3, 5))).apply(scene())
    assert after.scene.parts is not None
    assert not after.scene.parts[6:8, 3:5].any()


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (RemovePart("car#1", WHEEL), "'car#1' has no part 2; it has the parts: 5"),
        (RemovePart("road", WHEEL), "'road' has no part 2; it has the parts: none"),
        (PaintPart("car#1", WHEEL, region(slice(0, 9), slice(0, 9))), "touches nothing of 'car#1'"),
        (PaintPart("car", WHEEL, np.ones((3, 3), np.bool_)), "expected the same size"),
        (RemovePart("tree", WHEEL), "no 'tree' in this scene"),
    ],
)
def test_what_cannot_be_done_is_said(operation: RemovePart | PaintPart, message: str) -> None:
    with pytest.raises(InputError, match=message):
        operation.apply(scene())


def test_parts_that_are_not_known_cannot_be_changed() -> None:
    with pytest.raises(InputError, match="are not known"):
        RemovePart("car#0", WHEEL).apply(scene(known=False))
    painted = Edit((Paint(region(slice(10, 14), slice(2, 9)), "car"), RemovePart("car", WHEEL)))
    with pytest.raises(InputError, match=r"Operation 2 .* are not known"):
        painted.apply(scene())


@pytest.mark.parametrize("part", [-1, 9])
def test_there_are_eight_parts(part: int) -> None:
    with pytest.raises(InputError, match=f"no part {part}"):
        RemovePart("car", part)
    with pytest.raises(InputError, match=f"no part {part}"):
        PaintPart("car", part, region(slice(3), slice(3)))


def test_operations_on_objects_keep_the_parts_of_the_others() -> None:
    before = scene()
    assert before.parts is not None
    removed = Remove("car#1").apply(before).scene.parts
    assert removed is not None
    assert (removed[before.select("car#1")] == UNKNOWN_PART).all()
    assert np.array_equal(removed[:12], before.parts[:12])
    grown = Extend(4, 0, 0, 3).apply(before).scene.parts
    assert grown is not None
    assert np.array_equal(grown[:24, 4:], before.parts)
    assert (grown[:, :4] == UNKNOWN_PART).all()


def test_an_edit_of_parts_survives_json() -> None:
    edit = Edit((RemovePart("car#0", WHEEL), PaintPart("car", LIGHT, region(slice(3, 5), slice(2, 6)))))
    assert Edit.from_dict(edit.to_dict()) == edit
    assert edit.to_dict()["operations"][0] == {"operation": "remove_part", "selector": "car#0", "part": 2}
