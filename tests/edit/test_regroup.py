"""Objects are merged and split; labels, and what is generated, stay as they were."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from scumble.edit import Edit, Edited, Erase, Merge, Operation, Rectangle, Remove, Restyle, Split, Style
from scumble.errors import InputError
from scumble.scene import Scene
from tests.edit.test_edit import CAMVID, CAR, SCENE, SKY, apply, box_mask

DOWN = ((6, 0), (6, 19))
"""A line from top to bottom through the larger car."""


def regroup(*operations: Operation, scene: Scene = SCENE) -> Edited:
    return Edit(operations).apply(scene, generate=False)


def scene_of(rows: list[str], parts: bool = False) -> Scene:
    """Sky, and objects of cars that are written as digits."""
    digits = np.array([[-1 if c == "." else int(c) for c in row] for row in rows], dtype=np.int32)
    labels = np.where(digits < 0, SKY, CAR).astype(np.int32)
    instances = np.where(digits < 0, SKY, 8000 + digits).astype(np.int32)
    known = np.where(digits < 0, 0, 2).astype(np.int32) if parts else None
    return Scene(np.zeros((*labels.shape, 3), np.uint8), labels, instances, CAMVID, known)


def test_merged_objects_are_one_and_nothing_is_generated() -> None:
    result = regroup(Merge("car#1", "car#0"))
    assert (result.scene.instances[SCENE.labels == CAR] == 8001).all()
    assert (result.scene.labels == SCENE.labels).all()
    assert not result.mask.any()


def test_what_is_generated_anyway_follows_the_merged_object() -> None:
    result = apply(Merge("car#0", "car#1"), Remove("car#0", grow=0))
    assert CAR not in result.scene.labels
    assert (result.mask == (SCENE.labels == CAR)).all()


def test_the_look_of_the_object_that_grows_stays() -> None:
    red, blue = Style("red.jpg"), Style("blue.jpg")
    result = apply(Restyle("car#0", red), Restyle("car#1", blue), Merge("car#0", "car#1"))
    assert result.styles == {8000: red}


@pytest.mark.parametrize(
    ("target", "other", "message"),
    [
        ("car#0", "pedestrian#0", "are of different classes"),
        ("car#0", "car#0", "are the same instance"),
        ("car", "car#0", r"'car' means 2 instances; expected one to merge; .*'car#0'"),
        ("car#0", "sky", "'sky' is no single object"),
        ("road", "sky", "'road' is no single object"),
        ("car#0", "car#2", "there are 2 instances"),
    ],
)
def test_only_two_objects_of_one_class_are_merged(target: str, other: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        regroup(Merge(target, other))


def test_pixels_of_a_countable_class_that_are_no_object_are_not_merged() -> None:
    instances = np.where(SCENE.instances == 8001, CAR, SCENE.instances).astype(np.int32)
    scene = Scene(SCENE.image, SCENE.labels, instances, CAMVID)
    with pytest.raises(InputError, match=r"'car#1' is no single object"):
        regroup(Merge("car#0", "car#1"), scene=scene)


def test_a_stroke_cuts_an_object_and_the_larger_piece_stays_what_it_was() -> None:
    result = regroup(Split("car#0", DOWN))
    assert ((result.scene.instances == 8002) == box_mask(3, 6, 7, 14)).all()
    assert ((result.scene.instances == 8000) == box_mask(7, 6, 12, 14)).all()
    assert (result.scene.labels == SCENE.labels).all()
    assert (result.scene.instances == SCENE.instances)[SCENE.instances != 8000].all()
    assert not result.mask.any()


def test_two_cars_that_are_merged_are_split_again() -> None:
    scene = scene_of(["0000111", "0000111", "0000111"])
    assert set(regroup(Merge("car#1", "car#0"), scene=scene).scene.instances.ravel().tolist()) == {8001}
    result = regroup(Merge("car#0", "car#1"), Split("car#0", ((4, 0), (4, 2)), 0), scene=scene)
    assert (result.scene.instances[:, :4] == 8000).all()
    assert (result.scene.instances[:, 5:] == 8001).all()


@pytest.mark.parametrize(
    "line", [((0, 0), (29, 19)), ((3, 13), (11, 6)), ((7, 3), (8, 19)), ((0, 9), (20, 10))]
)
def test_a_stroke_of_radius_one_cuts_in_every_direction(line: Any) -> None:
    result = regroup(Split("car#0", line))
    assert set(result.scene.instances[SCENE.instances == 8000].tolist()) == {8000, 8002}


def test_a_cross_leaves_four_pieces_numbered_from_the_largest() -> None:
    rows = ["00000000"] * 9
    result = regroup(Split("car#0", ((2, -1), (2, 9), (9, 6), (-1, 6)), 0), scene=scene_of(rows)).scene
    counts = dict(zip(*(a.tolist() for a in np.unique(result.instances, return_counts=True)), strict=True))
    assert list(counts) == [8000, 8001, 8002, 8003]
    assert sorted(counts.values(), reverse=True) == list(counts.values())


def test_of_equal_pieces_the_first_stays_what_it_was() -> None:
    result = regroup(Split("car#0", ((2, 0), (2, 1)), 0), scene=scene_of(["00000", "00000"]))
    assert (result.scene.instances[:, :2] == 8000).all()
    assert (result.scene.instances[:, 3:] == 8001).all()


def test_what_the_stroke_does_not_touch_goes_to_the_nearest_piece() -> None:
    scene = scene_of(
        [
            "0...........0",
            "..000000000..",
            "..000000000..",
            "00.........00",
        ]
    )
    result = regroup(Split("car#0", ((7, 1), (7, 2)), 0), scene=scene).scene
    assert result.instances[0, 0] == result.instances[3, 0] == result.instances[1, 2] == 8000
    assert result.instances[0, 12] == result.instances[3, 12] == result.instances[1, 10] == 8001
    assert set(np.unique(result.instances).tolist()) == {SKY, 8000, 8001}


def test_parts_of_merged_and_split_objects_stay_known() -> None:
    scene = scene_of(["00000", "11111"], parts=True)
    for operation in (Merge("car#0", "car#1"), Split("car#0", ((2, 0),))):
        parts = regroup(operation, scene=scene).scene.parts
        assert parts is not None
        assert (parts == 2).all()


@pytest.mark.parametrize("points", [((0, 0), (0, 19)), ((7, 0), (7, 9)), ((3, 0), (3, 19)), ((99, 99),)])
def test_a_stroke_that_does_not_part_the_object_is_refused(points: Any) -> None:
    with pytest.raises(InputError, match=r"The stroke does not part 'car#0'; .* from border to border"):
        regroup(Split("car#0", points))


@pytest.mark.parametrize(
    ("target", "message"),
    [("car", "means 2 instances; expected one to split"), ("sky", "'sky' is no single object")],
)
def test_only_a_single_object_is_split(target: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        regroup(Split(target, DOWN))


def test_a_split_into_more_pieces_than_there_are_ids_is_refused() -> None:
    rows = ["0" * 50] * 100
    zigzag = tuple((x, y) for k in range(12) for x, y in ((-1, 8 * k), (50, 8 * k)))
    ends = scene_of(rows)
    used = ends.instances.copy()
    used[-1] = np.arange(8001, 8051)
    used[-20:-1] = np.arange(8051, 8051 + 19 * 50).reshape(19, 50)[:, ::-1]
    used[-20:-1][used[-20:-1] >= 8999] = 8998
    full = Scene(ends.image, ends.labels, used, CAMVID)
    with pytest.raises(InputError, match="too many instances of 'car'"):
        regroup(Split("car#0", zigzag, 0), scene=full)


@pytest.mark.parametrize(
    ("points", "radius", "message"),
    [
        ((), 1, "0 points"),
        (((70_000, 0),), 1, "at most 65,535"),
        (((0, 0),), 513, "radius of a stroke is 513"),
    ],
)
def test_impossible_strokes_are_refused(points: Any, radius: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Split("car#0", points, radius)


def test_an_edit_that_only_regroups_is_refused_where_something_is_to_be_generated() -> None:
    with pytest.raises(InputError, match=r"nothing to generate, because .* only merges and splits"):
        apply(Merge("car#0", "car#1"))


def test_an_eraser_brings_back_the_first_instances() -> None:
    result = regroup(Split("car#0", DOWN), Merge("car#0", "car#1"), Erase(((15, 10),), 100))
    assert (result.scene.instances == SCENE.instances).all()


def test_regrouping_survives_json() -> None:
    operations = (Split("car#0", DOWN, 3), Merge("car#0", "car#1"), Rectangle(0, 0, 3, 3))
    assert Edit.from_dict(json.loads(json.dumps(Edit(operations).to_dict()))).operations == operations
