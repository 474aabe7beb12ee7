"""Scenes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.errors import InputError, LabelError
from scumble.label_space import LabelSpace
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")

IdMap = NDArray[np.int32]


def make_scene(labels: Any, instances: Any = None) -> Scene:
    labels = np.array(labels, dtype=np.int32)
    instances = labels if instances is None else np.array(instances, dtype=np.int32)
    return Scene(np.zeros((*labels.shape, 3), np.uint8), labels, instances, CAMVID)


def test_a_scene_knows_its_size_and_cannot_be_written_to() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    labels = np.zeros((2, 3), np.uint8)
    scene = Scene(image, labels, labels, CAMVID)  # type: ignore[arg-type]
    assert scene.size == (3, 2)
    assert scene.labels.dtype == scene.instances.dtype == np.dtype(np.int32)
    image[:] = 7
    labels[:] = 7
    assert not scene.image.any()
    assert not scene.labels.any()
    for array in (scene.image, scene.labels, scene.instances):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_a_read_only_view_of_a_writeable_array_is_copied() -> None:
    base = np.zeros((2, 3, 3), np.uint8)
    view = base[:]
    view.flags.writeable = False
    scene = Scene(view, np.zeros((2, 3), np.int32), np.zeros((2, 3), np.int32), CAMVID)
    base[:] = 9
    assert not scene.image.any()


@pytest.mark.parametrize(
    ("image", "labels", "instances", "message"),
    [
        ((2, 3, 3), (3, 2), (2, 3), "labels is 2 x 3 pixels, the image 3 x 2"),
        ((2, 3, 3), (2, 3), (2, 4), "instances is 4 x 2 pixels, the image 3 x 2"),
        ((2, 3), (2, 3), (2, 3), r"image is an array \(2, 3\)"),
        ((2, 3, 4), (2, 3), (2, 3), r"image is an array \(2, 3, 4\)"),
        ((0, 3, 3), (0, 3), (0, 3), r"image is an array \(0, 3, 3\)"),
        ((2, 3, 3), (2, 3, 1), (2, 3), r"labels is an array \(2, 3, 1\)"),
    ],
)
def test_a_scene_refuses_arrays_that_do_not_fit(
    image: tuple[int, ...], labels: tuple[int, ...], instances: tuple[int, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Scene(np.zeros(image, np.uint8), np.zeros(labels, np.int32), np.zeros(instances, np.int32), CAMVID)


def test_a_scene_refuses_other_types_and_negative_instances() -> None:
    image, ids = np.zeros((2, 3, 3), np.uint8), np.zeros((2, 3), np.int32)
    with pytest.raises(InputError, match="float64"):
        Scene(image, ids.astype(float), ids, CAMVID)
    with pytest.raises(InputError, match="float32"):
        Scene(image.astype(np.float32), ids, ids, CAMVID)
    with pytest.raises(InputError, match=r"-1\.\.-1"):
        Scene(image, ids, ids - 1, CAMVID)
    with pytest.raises(InputError, match=str(2**40)):
        Scene(image, ids, ids + np.int64(2**40), CAMVID)


def test_ids_outside_the_space_are_named_with_place_and_number() -> None:
    labels = np.zeros((4, 5), np.int32)
    labels[2, 3:] = 40
    labels[1, 4] = 255
    labels[3] = [12, 13, -1, 0, 0]
    with pytest.raises(LabelError) as caught:
        make_scene(labels)
    message = str(caught.value)
    assert "-1 (first at x=2, y=3; 1 pixels), 12 (first at x=0, y=3; 1 pixels)" in message
    assert "and 2 more" in message
    assert "'camvid'" in message
    assert "0..11" in message
    assert "use 11 ('void')" in message


def test_the_instance_table_counts_areas_boxes_and_majority_classes() -> None:
    scene = make_scene(
        labels=[[0, 0, 8, 8], [3, 8, 8, 8], [3, 3, 3, 3]],
        instances=[[0, 0, 8001, 8001], [3, 8000, 8000, 8000], [3, 3, 8000, 3]],
    )
    rows = [(row.id, row.class_id, row.area, row.box) for row in scene.instance_table()]
    assert rows == [
        (0, 0, 2, (0, 0, 2, 1)),
        (3, 3, 4, (0, 1, 4, 3)),
        (8000, 8, 4, (1, 1, 4, 3)),
        (8001, 8, 2, (2, 0, 4, 1)),
    ]


@given(
    labels=hnp.arrays(np.int32, (5, 6), elements=st.integers(0, 11)),
    instances=hnp.arrays(np.int32, (5, 6), elements=st.sampled_from([0, 3, 8000, 2**31 - 1])),
)
def test_the_instance_table_agrees_with_a_count_pixel_by_pixel(labels: IdMap, instances: IdMap) -> None:
    table = make_scene(labels, instances).instance_table()
    assert [row.id for row in table] == sorted(set(instances.ravel().tolist()))
    for row in table:
        y, x = np.nonzero(instances == row.id)
        assert row.area == len(y)
        assert row.box == (x.min(), y.min(), x.max() + 1, y.max() + 1)
        inside = labels[instances == row.id].tolist()
        assert row.class_id == min(range(12), key=lambda c: (-inside.count(c), c))


CARS = make_scene(
    labels=[[8, 8, 0, 8, 8, 8], [0, 0, 0, 0, 0, 0], [8, 0, 8, 8, 0, 0]],
    instances=[[8001, 8001, 0, 8002, 8002, 8002], [0] * 6, [8003, 0, 8000, 8000, 0, 0]],
)


def test_a_selector_chooses_a_class_or_its_instances_by_area() -> None:
    assert (CARS.select("car") == (CARS.labels == 8)).all()
    for k, expected in enumerate([8002, 8000, 8001, 8003]):
        assert (CARS.select(f"Car#{k}") == (CARS.instances == expected)).all()


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("car#4", r"no 'car#4'.*there are 4 instances of 'car': car#0 \.\. car#3"),
        ("car#" + "9" * 5000, "there are 4 instances"),
        ("sky#1", "there is 1 instance of 'sky': sky#0"),
        ("car#-1", "ends in '-1'.*'car#0'"),
        ("car#", "ends in ''"),
        ("car#²", "ends in '²'"),
        ("road", "no 'road' in this scene; it has: sky, car"),
        ("cart", "did you mean 'car'"),
    ],
)
def test_a_selector_that_finds_nothing_says_what_there_is(selector: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CARS.select(selector)


def test_a_class_that_owns_no_instance_is_explained() -> None:
    scene = make_scene([[0, 0, 8]], [[5, 5, 5]])
    with pytest.raises(InputError, match="most of every instance"):
        scene.select("car#0")
