"""Moving, scaling and copying objects."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from scumble.edit import Edit, Move, Rectangle, Style
from scumble.errors import InputError
from scumble.scene import Scene
from tests.edit.test_edit import CAMVID, CAR, PERSON, ROAD, SCENE, SKY, apply, box_mask, same_outside


def test_an_object_moves_and_the_background_continues_where_it_was() -> None:
    result = apply(Move("car#1", dx=2, dy=-5, grow=0))
    assert (result.scene.instances == 8001).sum() == 30
    assert ((result.scene.instances == 8001) == box_mask(22, 6, 28, 11)).all()
    assert (result.scene.labels[11:16, 20:26] == ROAD).all()
    assert (result.mask == (box_mask(22, 6, 28, 11) | box_mask(20, 11, 26, 16))).all()
    assert same_outside(result, SCENE)


def test_a_small_shift_fills_only_what_is_left() -> None:
    result = apply(Move("car#0", dx=2))
    assert ((result.scene.instances == 8000) == box_mask(5, 6, 14, 14)).all()
    assert set(result.scene.labels[6:14, 3:5].ravel().tolist()) == {SKY, ROAD}
    assert (result.scene.labels[6:14, 14] == PERSON).all()
    assert same_outside(result, SCENE)


def test_a_copy_is_an_instance_of_its_own_and_the_old_one_stays() -> None:
    red = Style("red.jpg")
    result = apply(Move("car#1", dy=-10, copy=True, style=red, grow=0))
    assert (result.scene.instances[11:16, 20:26] == 8001).all()
    assert (result.scene.instances[1:6, 20:26] == 8002).all()
    assert (result.scene.labels[1:6, 20:26] == CAR).all()
    assert (result.mask == box_mask(20, 1, 26, 6)).all()
    assert result.styles == {8002: red}


@pytest.mark.parametrize(
    ("percent", "box"), [(200, (17, 8, 29, 18)), (50, (21, 12, 24, 15)), (1, (22, 13, 23, 14))]
)
def test_an_object_is_scaled_around_its_middle(percent: int, box: tuple[int, int, int, int]) -> None:
    result = apply(Move("car#1", percent=percent))
    assert ((result.scene.instances == 8001) == box_mask(*box)).all()
    assert same_outside(result, SCENE)


def test_the_form_and_the_classes_of_an_object_are_kept() -> None:
    form = np.array([[0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 1]], dtype=np.bool_)
    labels = np.full((9, 12), ROAD, np.int32)
    labels[1:4, 1:5][form] = CAR
    labels[3, 4] = PERSON
    instances = np.where(labels == ROAD, ROAD, 8000).astype(np.int32)
    scene = Scene(np.zeros((9, 12, 3), np.uint8), labels, instances, CAMVID)
    result = apply(Move("car#0", dx=5, dy=3, percent=200), scene=scene).scene
    assert (result.instances[2:8, 4:12] == 8000).tolist() == np.kron(form, np.ones((2, 2))).tolist()
    assert (result.labels[6:8, 10:12] == PERSON).all()


def test_what_leaves_the_picture_is_cut_off_but_not_everything_may() -> None:
    result = apply(Move("car#1", dx=8))
    assert ((result.scene.instances == 8001) == box_mask(28, 11, 30, 16)).all()
    with pytest.raises(InputError, match=r"'car#1' leaves the picture when it moves by \(10, 0\)"):
        apply(Move("car#1", dx=10))


def test_several_instances_do_not_move_together() -> None:
    with pytest.raises(InputError, match=r"'car' means 2 instances; .*'car#0'"):
        apply(Move("car", dx=1))
    assert apply(Move("sky", dy=1)).mask.any(), "a stuff region is one"


def test_without_background_an_object_cannot_move_but_can_be_copied() -> None:
    scene = apply(Rectangle(0, 0, 30, 20, "void"), Rectangle(3, 3, 6, 6, "car")).scene
    with pytest.raises(InputError, match=r"'car#0' cannot be removed"):
        apply(Move("car#0", dx=1), scene=scene)
    assert apply(Move("car#0", dx=5, copy=True), scene=scene).scene.instances[3, 8] == 8001


def test_parts_of_what_moves_are_not_known() -> None:
    parts = np.where(SCENE.labels == CAR, 1, 0).astype(np.int32)
    scene = Scene(SCENE.image, SCENE.labels, SCENE.instances, CAMVID, parts)
    moved = apply(Move("car#1", dy=-10), scene=scene).scene.parts
    assert moved is not None
    assert (moved[1:6, 20:26] == 255).all()
    assert (moved[6:14, 3:12] == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "neither moves nor is scaled"),
        ({"percent": 0}, "scaled to 0 %"),
        ({"percent": 1001}, "expected 1 to 1000 %"),
        ({"dx": 70_000}, r"moves by \(70000, 0\)"),
        ({"dx": 1, "grow": -1}, "grows by -1 pixels"),
    ],
)
def test_impossible_moves_are_refused(options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Move("car#0", **options)


def test_moves_survive_json() -> None:
    move = Move("car#1", -3, 4, 150, True, Style("a.png"), 0)
    assert Edit.from_dict(json.loads(json.dumps(Edit((move,)).to_dict()))).operations == (move,)
