"""Drawing operations: what they paint, what an eraser brings back, what they refuse."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from scumble.edit import (
    Box,
    Brush,
    Edit,
    Edited,
    Erase,
    Extend,
    Fill,
    Operation,
    PaintPart,
    Polygon,
    Rectangle,
    Remove,
    Style,
)
from scumble.errors import InputError
from scumble.scene import Scene
from tests.edit.test_edit import CAMVID, CAR, PERSON, ROAD, SCENE, SKY, apply, box_mask, same_outside

RED = Style("red.jpg")
EVERYWHERE = Erase(((15, 10),), 100)


def same_maps(result: Edited, scene: Scene) -> bool:
    return bool(
        (result.scene.labels == scene.labels).all() and (result.scene.instances == scene.instances).all()
    )


# --- drawing


@pytest.mark.parametrize(
    ("operation", "pixels"),
    [
        (Brush(((2, 2), (6, 2)), 1, "car"), 5 * 3 + 2),
        (Polygon(((1, 1), (5, 1), (5, 4), (1, 4)), "car"), 12),
        (Rectangle(1, 1, 5, 4, "car"), 12),
        (Fill(29, 19, "car"), 60),
    ],
)
def test_what_is_drawn_becomes_a_new_instance_and_is_generated(operation: Operation, pixels: int) -> None:
    result = apply(operation)
    assert result.mask.sum() == pixels
    assert set(result.scene.labels[result.mask].tolist()) == {CAR}
    assert set(result.scene.instances[result.mask].tolist()) == {8002}
    assert same_outside(result, SCENE)


@pytest.mark.parametrize(
    "operation", [Brush(((2, 2),), 3), Polygon(((0, 0), (9, 0), (0, 9))), Rectangle(0, 0, 9, 9), Fill(0, 0)]
)
def test_without_a_class_the_maps_stay(operation: Operation) -> None:
    result = apply(operation)
    assert result.mask.any()
    assert same_maps(result, SCENE)


def test_an_instance_that_is_named_grows() -> None:
    result = apply(Rectangle(0, 0, 3, 3, "car", instance=8001, style=RED))
    assert set(result.scene.instances[:3, :3].ravel().tolist()) == {8001}
    assert result.styles == {8001: RED}


@pytest.mark.parametrize("instance", [8002, 9000, SKY])
def test_an_instance_that_is_not_of_the_class_cannot_grow(instance: int) -> None:
    with pytest.raises(InputError, match=rf"no 'car' with the instance id {instance}"):
        apply(Fill(0, 0, "car", instance=instance))


def test_new_instances_of_strokes_can_have_a_style() -> None:
    result = apply(Brush(((2, 2),), 2, "car", style=RED), Brush(((20, 2),), 2, "car"))
    assert result.styles == {8002: RED}
    assert result.scene.instances[2, 20] == 8003


def test_what_lies_outside_the_picture_is_cut_off() -> None:
    assert (apply(Rectangle(-5, -5, 2, 3, "road")).mask == box_mask(0, 0, 2, 3)).all()
    assert apply(Brush(((-1, -1), (40, -1)), 1, "road")).mask.sum() == 30
    assert apply(Polygon(((-9, -9), (99, -9), (99, 99), (-9, 99)), "road")).mask.all()


@pytest.mark.parametrize(
    "operation",
    [
        Brush(((-9, -9),), 3, "car"),
        Polygon(((0, 0), (5, 0), (9, 0)), "car"),
        Rectangle(5, 5, 5, 9, "car"),
        Rectangle(-9, -9, -2, -2, "car"),
    ],
)
def test_drawing_nothing_is_refused(operation: Operation) -> None:
    with pytest.raises(InputError, match=r"covers no pixel of the picture, which is 30 x 20"):
        apply(operation)


def test_a_fill_ends_where_class_or_instance_change() -> None:
    both = apply(Rectangle(3, 6, 7, 14, "car"), Fill(8, 8, "pedestrian"))
    painted = both.scene.labels == PERSON
    assert (painted == box_mask(7, 6, 15, 14)).all(), "not the other car, but the person there was"
    assert apply(Fill(0, 0, "tree")).mask.sum() == (SCENE.labels == SKY).sum()


def test_a_fill_goes_over_sides_not_corners() -> None:
    labels = np.full((4, 4), SKY, np.int32)
    labels[:2, :2] = labels[2:, 2:] = ROAD
    scene = Scene(np.zeros((4, 4, 3), np.uint8), labels, labels, CAMVID)
    assert apply(Fill(0, 0, "sky"), scene=scene).mask.sum() == 4


@pytest.mark.parametrize("place", [(-1, 0), (30, 0), (0, 20)])
def test_a_fill_outside_the_picture_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=r"outside the picture, which is 30 x 20 pixels"):
        apply(Fill(*place, "car"))


# --- erasing


def test_an_eraser_brings_back_the_first_maps_and_unmasks() -> None:
    result = apply(Remove("car#0"), Erase(((3, 10),), 3))
    erased = np.hypot(*np.ogrid[-10:10, -3:27]) <= 3
    assert not result.mask[erased].any()
    assert (result.scene.labels[erased] == SCENE.labels[erased]).all()
    assert (result.scene.instances[erased] == SCENE.instances[erased]).all()
    assert same_outside(result, SCENE)


def test_an_edit_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to generate, because all that it did is erased again"):
        apply(Box(2, 2, 9, 9, "car"), EVERYWHERE)


def test_the_style_of_what_is_erased_is_forgotten() -> None:
    result = apply(Rectangle(0, 0, 3, 3, "car", style=RED), EVERYWHERE, Rectangle(9, 0, 12, 3, "car"))
    assert result.styles == {}
    assert result.scene.instances[0, 9] == 8002


def test_what_an_extension_added_cannot_be_erased() -> None:
    result = apply(Extend(4, 3, 0, 0), Rectangle(0, 0, 10, 10, "car"), EVERYWHERE)
    assert (result.mask == ~box_mask(4, 3, 34, 23, (23, 34))).all()
    assert (result.scene.labels[3:, 4:] == SCENE.labels).all()
    assert (result.scene.labels[:3, :10] == CAR).all()
    with pytest.raises(InputError, match="covers no pixel"):
        apply(Extend(40, 0, 0, 0), Erase(((5, 5),), 3))


def test_parts_come_back_too() -> None:
    parts = np.where(SCENE.labels == CAR, 1, 0).astype(np.int32)
    scene = Scene(SCENE.image, SCENE.labels, SCENE.instances, CAMVID, parts)
    result = apply(PaintPart("car", 2, SCENE.labels == CAR), Erase(((3, 10),), 3), scene=scene)
    assert result.scene.parts is not None
    assert result.scene.parts[10, 3] == 1
    assert result.scene.parts[10, 9] == 2


# --- what is refused, and writing


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Brush((), 1, "car"), "0 points are given; expected 1 to 10,000"),
        (lambda: Brush(((0, 0),) * 10_001, 1, "car"), "10001 points"),
        (lambda: Brush(((0, 70_000),), 1, "car"), r"\(0, 70000\); expected coordinates of at most 65,535"),
        (lambda: Brush(((0, 0),), -1, "car"), "radius of a stroke is -1 pixels"),
        (lambda: Erase(((0, 0),), 513), "513 pixels; expected 0 to 512"),
        (lambda: Polygon(((0, 0), (1, 1)), "car"), "2 points are given; expected 3"),
        (lambda: Rectangle(0, 0, 99_999, 1, "car"), "99999"),
        (lambda: Brush(((0, 0),), 1, style=RED), "A style is given but no class"),
        (lambda: Fill(0, 0, instance=3), "The instance 3 is given but no class"),
    ],
)
def test_impossible_drawings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize(
    "operation",
    [
        Brush(((1, 2), (3, -4)), 5, "car", 8000, RED),
        Polygon(((1, 2), (3, 4), (5, 0))),
        Rectangle(1, 2, 3, 4, "sky"),
        Fill(1, 2, "road"),
        Erase(((1, 2),), 5),
    ],
)
def test_drawings_survive_json(operation: Operation) -> None:
    written = json.loads(json.dumps(Edit((operation,)).to_dict()))
    assert Edit.from_dict(written).operations == (operation,)


def test_a_stroke_is_written_as_documented() -> None:
    assert Edit((Brush(((1, 2), (3, 4)), 5, "car"),)).to_dict()["operations"] == [
        {"operation": "brush", "points": [[1, 2], [3, 4]], "radius": 5, "class_name": "car"}
    ]


@pytest.mark.parametrize("points", [[[1]], [[1, 2, 3]], [1, 2], "12", [[1.5, 2]], None, [["1", "2"]]])
def test_points_of_another_form_are_refused_with_their_place(points: Any) -> None:
    entry = {"operation": "brush", "points": points, "radius": 1, "class_name": "car"}
    with pytest.raises(InputError, match=r"Operation 1 of the edit \(brush\)\.points"):
        Edit.from_dict({"operations": [entry]})
