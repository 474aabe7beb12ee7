"""Instance maps in scumble's numbering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.errors import LabelError
from scumble.files import read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances, instance_ids
from scumble.label_space import LabelClass, LabelSpace
from scumble.research_data import data_folder

CAMVID = LabelSpace.load("camvid")
SKY, POLE, ROAD, CAR, PERSON, VOID = (
    CAMVID.index(n) for n in ("sky", "pole", "road", "car", "pedestrian", "void")
)

IdMap = NDArray[np.int32]


def consistent(labels: Any, instances: Any, space: LabelSpace = CAMVID) -> list[list[int]]:
    result = consistent_instances(np.array(labels), np.array(instances), space)
    assert result.dtype == np.int32
    rows: list[list[int]] = result.tolist()
    return rows


def test_derived_instances_count_components_of_things_from_the_largest() -> None:
    labels = np.zeros((20, 40), np.int32)
    labels[0:5, 0:5] = 8
    labels[5:10, 5:10] = 8  # touches the first at a corner
    labels[0:9, 20:29] = 8
    labels[15:18, 0:3] = 8  # too small
    labels[15:20, 30:34] = 9  # exactly 20 pixels
    labels[12:14, :] = 3
    instances = derive_instances(labels, CAMVID)
    assert set(instances[labels == 0].tolist()) == {0}
    assert set(instances[labels == 3].tolist()) == {3}
    assert set(instances[0:9, 20:29].ravel().tolist()) == {8000}
    assert set(instances[0:5, 0:5].ravel().tolist()) == {8001}
    assert set(instances[5:10, 5:10].ravel().tolist()) == {8001}
    assert set(instances[15:18, 0:3].ravel().tolist()) == {8}
    assert set(instances[15:20, 30:34].ravel().tolist()) == {9000}


def test_derived_instances_never_take_the_number_of_another_class() -> None:
    person = LabelClass(0, "person", (1, 1, 1), True)
    space = LabelSpace("small", (person, LabelClass(1, "sky", (2, 2, 2), False)), None)
    labels = np.ones((5, 9), np.int32)
    labels[:, :4] = 0
    labels[:, 5:] = 0
    assert set(derive_instances(labels, space).ravel().tolist()) == {1, 2, 3}
    assert instance_ids(8, CAMVID) == range(8000, 9000)


def test_more_components_than_numbers_keep_the_class_id() -> None:
    labels = np.zeros((6 * 34, 5 * 34), np.int32)
    for row in range(34):
        for column in range(34):
            labels[6 * row : 6 * row + 5, 5 * column : 5 * column + 4] = 2
    instances = derive_instances(labels, CAMVID)
    assert set(instances.ravel().tolist()) == {0, 2, *range(2000, 3000)}


def test_stuff_and_void_take_their_class_id_whatever_the_map_says() -> None:
    assert consistent([[SKY, SKY, ROAD, VOID]], [[0, 7, 3001, 8000]]) == [[SKY, SKY, ROAD, VOID]]


def test_thing_pixels_whose_id_says_their_class_keep_it() -> None:
    row = [8000, 8, 8123, 8999, 2001, 9005]
    assert consistent([[CAR, CAR, CAR, CAR, POLE, PERSON]], [row]) == [row]


@pytest.mark.parametrize(
    "given_ids",
    [[20003, 20003, 20001, 12002], [2, 2, 1, 3], [1088, 1088, 1089, 1209], [2**31 - 1, 2**31 - 1, 0xFFFF, 9]],
    ids=["ade", "plain numbers", "released code", "large"],
)
def test_other_numberings_become_free_ids_of_the_class_from_the_largest(given_ids: list[int]) -> None:
    labels = [[CAR, CAR, CAR, PERSON]]
    expected = [[8000, 8000, 8001, 9 if given_ids[3] == 9 else 9000]]
    assert consistent(labels, [given_ids]) == expected


def test_renumbered_instances_leave_the_ids_of_kept_ones_alone() -> None:
    assert consistent([[CAR] * 6], [[8000, 4, 4, 8002, 5, 8]]) == [[8000, 8001, 8001, 8002, 8003, 8]]


def test_an_id_that_spans_two_things_is_split_by_class() -> None:
    labels = [[CAR, CAR, PERSON, PERSON, PERSON]]
    assert consistent(labels, [[8004, 8004, 8004, 77, 77]]) == [[8004, 8004, 9001, 9000, 9000]]
    assert consistent(labels, [[77, 77, 77, 77, 77]]) == [[8000, 8000, 9000, 9000, 9000]]


@pytest.mark.parametrize("nothing", [0, 3, 250])
def test_things_without_an_instance_are_taken_apart_into_components(nothing: int) -> None:
    """0 always means so, and any other id that most of its pixels give to stuff."""
    labels = np.full((20, 40), ROAD)
    labels[0:5, 0:5] = labels[0:6, 10:16] = labels[10:14, 10:14] = labels[15:20, 20:25] = CAR
    instances = np.full((20, 40), nothing)
    instances[15:20, 20:25] = 7
    result = consistent_instances(labels, instances, CAMVID)
    assert set(result[labels == ROAD].tolist()) == {ROAD}
    assert set(result[0:6, 10:16].ravel().tolist()) == {8000}
    assert set(result[0:5, 0:5].ravel().tolist()) == {8001}
    assert set(result[15:20, 20:25].ravel().tolist()) == {8002}
    assert set(result[10:14, 10:14].ravel().tolist()) == {CAR}  # 16 pixels are too few


def test_an_instance_that_laps_over_the_road_stays_one_instance() -> None:
    labels = np.full((12, 30), ROAD)
    labels[2:8, 2:8] = labels[2:8, 20:26] = CAR
    instances = np.zeros((12, 30), np.int32)
    instances[2:9, 2:26] = np.where(labels[2:9, 2:26] == CAR, 40, 0)
    instances[8, 2:8] = 40
    result = consistent_instances(labels, instances, CAMVID)
    assert set(result[labels == CAR].tolist()) == {8000}


def test_class_0_may_be_a_thing() -> None:
    person = LabelClass(0, "person", (1, 1, 1), True)
    space = LabelSpace("small", (person, LabelClass(1, "sky", (2, 2, 2), False)), None)
    assert consistent([[0, 0, 1, 0]], [[4, 1, 1, 2000]], space) == [[4, 2, 1, 3]]


def test_more_instances_than_numbers_leave_the_smallest_with_the_class_id() -> None:
    labels = np.full((2, 1200), CAR)
    instances = np.tile(np.arange(20_000, 21_200), (2, 1))
    instances[1, 700:] = 20_000
    result = consistent_instances(labels, instances, CAMVID)
    assert result[0, 0] == 8000
    assert set(result.ravel().tolist()) == {CAR, *range(8000, 9000)}
    assert (result[0, 1:700] != CAR).all()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.int64])
def test_maps_may_have_any_type_of_integers(kind: type[np.integer[Any]]) -> None:
    labels, instances = np.array([[CAR] * 5] * 5, dtype=kind), np.array([[200] * 5] * 5, dtype=kind)
    assert set(derive_instances(labels, CAMVID).ravel().tolist()) == {8000}
    assert set(consistent_instances(labels, instances, CAMVID).ravel().tolist()) == {8000}


def test_labels_outside_the_space_are_refused() -> None:
    with pytest.raises(LabelError, match="12"):
        consistent([[12]], [[0]])


@given(
    labels=hnp.arrays(np.int64, (6, 7), elements=st.sampled_from([SKY, ROAD, POLE, CAR, PERSON, VOID])),
    instances=hnp.arrays(
        np.int64, (6, 7), elements=st.sampled_from([0, 1, 3, 8, 9, 8000, 8001, 9001, 13_002])
    ),
)
def test_every_map_becomes_consistent_and_stays_so(labels: IdMap, instances: IdMap) -> None:
    result = consistent_instances(labels, instances, CAMVID)
    thing = np.isin(labels, sorted(CAMVID.things))
    assert (result[~thing] == labels[~thing]).all()
    for label, number in zip(labels[thing].tolist(), result[thing].tolist(), strict=True):
        assert number == label or number in instance_ids(label, CAMVID)
    assert (consistent_instances(labels, result, CAMVID) == result).all()
    for number in set(instances[thing].tolist()) - {0}:
        of_number = instances == number
        if 2 * (of_number & thing).sum() < of_number.sum():
            continue
        for label in set(labels[of_number & thing].tolist()):
            (here,) = set(result[of_number & (labels == label)].tolist())
            same = (result == here) & (instances != number)
            assert not same.any() or here == label, "two instances must not become one"


CAMVID_MAPS = [
    (path, path.parents[1] / "valinst" / path.name)
    for path in sorted(data_folder().glob("camvid/valannot/*.png"))[:5]
]
CITYSCAPES_MAPS = [
    (path, path.with_name(path.name.replace("labelIds", "instanceIds")))
    for path in sorted(data_folder().glob("cityscapes/gtFine/*/*/*labelIds.png"))[:4]
]
CITYSCAPES_EDITING_MAPS, ROOM_MAPS = (
    [
        (path, path.parents[1] / "inst_map" / path.name)
        for path in sorted(data_folder().glob(f"{name}/*/labels/*.png"))
    ]
    for name in ("cityscapes_editing", "ade20k_room")
)
needs_camvid = pytest.mark.skipif(not CAMVID_MAPS, reason="SCUMBLE_DATA has no camvid/")
needs_cityscapes = pytest.mark.skipif(not CITYSCAPES_MAPS, reason="SCUMBLE_DATA has no cityscapes/")
needs_editing = pytest.mark.skipif(
    not (CITYSCAPES_EDITING_MAPS and ROOM_MAPS),
    reason="SCUMBLE_DATA has no cityscapes_editing/, ade20k_room/",
)


def read_maps(paths: tuple[Path, Path], space: LabelSpace) -> tuple[IdMap, IdMap]:
    return read_labels(paths[0], space), read_instances(paths[1])


@needs_camvid
def test_derived_instances_are_those_of_the_camvid_data() -> None:
    for paths in CAMVID_MAPS:
        labels, instances = read_maps(paths, CAMVID)
        assert (derive_instances(labels, CAMVID) == instances).all()
        assert (consistent_instances(labels, instances, CAMVID) == instances).all()


@needs_cityscapes
def test_the_maps_of_cityscapes_come_back_as_they_are() -> None:
    space = LabelSpace.load("cityscapes")
    for paths in CITYSCAPES_MAPS:
        labels, instances = read_maps(paths, space)
        assert (consistent_instances(labels, instances, space) == instances).all()


@needs_editing
def test_resized_maps_of_cityscapes_change_only_where_they_contradict_the_labels() -> None:
    space = LabelSpace.load("cityscapes")
    for paths in CITYSCAPES_EDITING_MAPS:
        labels, instances = read_maps(paths, space)
        result = consistent_instances(labels, instances, space)
        agree = np.where(instances < 1000, instances, instances // 1000) == labels
        assert agree.mean() > 0.95
        assert (result[agree] == instances[agree]).all()


@needs_editing
def test_rooms_of_ade_get_instances_of_their_classes_and_stuff_by_class() -> None:
    space = LabelSpace.load("ade20k")
    for paths in ROOM_MAPS:
        labels, instances = read_maps(paths, space)
        result = consistent_instances(labels, instances, space)
        stuff = ~np.isin(labels, sorted(space.things))
        assert (instances[stuff] == 0).all()
        assert len(np.unique(result[stuff])) == len(np.unique(labels[stuff])) > 1
        for number in np.unique(instances[instances > 0]).tolist():
            (same,) = set(result[instances == number].tolist())
            assert (result == same).sum() == (instances == number).sum()


def test_an_instance_whose_number_is_that_of_its_class_is_kept_where_stuff_has_no_number() -> None:
    space = LabelSpace.load("camvid")
    car = space.index("car")
    labels = np.full((20, 60), space.index("road"), np.int32)
    labels[5:15, 5:15], labels[5:15, 15:25] = car, car  # they touch
    instances = np.zeros_like(labels)
    instances[5:15, 5:15], instances[5:15, 15:25] = 1, car
    found = consistent_instances(labels, instances, space)
    assert len(np.unique(found[labels == car])) == 2
    assert found.max() >= car * 1000 + 1
