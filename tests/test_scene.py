"""Label spaces and scenes."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import InputError, LabelError
from scumble.scene import LabelClass, LabelSpace, Scene, derive_instances, instance_ids

CAMVID = LabelSpace.load("camvid")
DATA = Path(os.environ.get("SCUMBLE_DATA", Path(__file__).parents[2] / "shared" / "data"))

IdMap = NDArray[np.int32]


def make_scene(labels: Any, instances: Any = None) -> Scene:
    labels = np.array(labels, dtype=np.int32)
    instances = labels if instances is None else np.array(instances, dtype=np.int32)
    return Scene(np.zeros((*labels.shape, 3), np.uint8), labels, instances, CAMVID)


@pytest.mark.parametrize(
    ("name", "count", "things", "dont_care"),
    [("camvid", 12, 5, 11), ("cityscapes", 34, 10, 0), ("ade20k", 151, 100, 0)],
)
def test_shipped_label_spaces_have_their_classes(name: str, count: int, things: int, dont_care: int) -> None:
    space = LabelSpace.load(name)
    assert (len(space), len(space.things), space.dont_care) == (count, things, dont_care)
    assert space.palette.shape == (count, 3)
    assert dont_care not in space.things


def test_camvid_has_the_published_order_and_colors() -> None:
    assert " ".join(CAMVID.names) == (
        "sky building pole road pavement tree sign fence car pedestrian bicyclist void"
    )
    assert CAMVID.things == {CAMVID.index(n) for n in ("pole", "sign", "car", "pedestrian", "bicyclist")}
    assert CAMVID.palette[CAMVID.index("road")].tolist() == [128, 64, 128]


def test_an_unknown_label_space_names_the_nearest() -> None:
    with pytest.raises(LabelError, match=r"'camvit'.*did you mean 'camvid'"):
        LabelSpace.load("camvit")


@pytest.mark.parametrize("name", ["../errors", "", "a/b", "camvid.csv"])
def test_only_shipped_label_spaces_are_loaded(name: str) -> None:
    with pytest.raises(LabelError, match="no label space"):
        LabelSpace.load(name)


def test_class_names_are_found_in_any_case_and_typos_get_the_nearest() -> None:
    assert CAMVID.index("CAR") == 8
    with pytest.raises(LabelError, match=r"'pedestrain'.*'camvid'.*did you mean 'pedestrian'"):
        CAMVID.index("pedestrain")


@pytest.mark.parametrize("name", ["camvid", "cityscapes", "ade20k"])
def test_a_label_space_survives_json(name: str) -> None:
    space = LabelSpace.load(name)
    assert LabelSpace.from_dict(json.loads(json.dumps(space.to_dict()))) == space


def _space_dict(**changes: Any) -> dict[str, Any]:
    sky = {"id": 0, "name": "sky", "color": [1, 2, 3], "thing": False}
    car = {"id": 1, "name": "car", "color": [4, 5, 6], "thing": True}
    return {"name": "two", "classes": [sky, car | changes.pop("car", {})], "dont_care": None} | changes


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "keys classes, dont_care, name"),
        (_space_dict(extra=1), "extra"),
        (_space_dict(classes="sky"), "expected a list"),
        (_space_dict(classes=[]), "at least one class"),
        (_space_dict(name=3), "needs a name"),
        (_space_dict(dont_care=2), r"don't-care id is 2.*0\.\.1"),
        (_space_dict(dont_care=True), "don't-care id is True"),
        (_space_dict(car={"id": 2}), "'car' has id 2, expected 1"),
        (_space_dict(car={"id": True}), "class id is True"),
        (_space_dict(car={"name": "SKY"}), "two classes are called 'SKY'"),
        (_space_dict(car={"name": " "}), "Class 1 is named ' '"),
        (_space_dict(car={"color": [1, 2]}), "three whole numbers"),
        (_space_dict(car={"color": [1, 2, 256]}), "0 to 255"),
        (_space_dict(car={"color": None}), "three whole numbers"),
        (_space_dict(car={"thing": 1}), "thing = 1"),
        (_space_dict(car={"kind": "thing"}), "kind"),
    ],
)
def test_a_malformed_label_space_is_refused(value: Any, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        LabelSpace.from_dict(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(key=st.sampled_from(["name", "classes", "dont_care"]), value=json_values)
def test_no_json_value_breaks_the_reader_of_label_spaces(key: str, value: Any) -> None:
    with contextlib.suppress(LabelError):
        LabelSpace.from_dict(_space_dict() | {key: value})


def test_colorize_gives_each_class_its_color() -> None:
    picture = CAMVID.colorize(np.array([[0, 8], [11, 3]]))
    assert picture.dtype == np.uint8
    assert picture.tolist() == [[[128, 128, 128], [64, 0, 128]], [[0, 0, 0], [128, 64, 128]]]


def test_colorize_refuses_ids_outside_the_space() -> None:
    with pytest.raises(LabelError, match=r"12 .first at x=1, y=0; 1 pixels"):
        CAMVID.colorize(np.array([[0, 12]]))


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


def test_derived_instances_are_those_of_the_camvid_data() -> None:
    maps = sorted(DATA.glob("camvid/valannot/*.png"))[:5]
    if not maps:
        pytest.skip("no CamVid under SCUMBLE_DATA")
    for path in maps:
        labels = np.asarray(Image.open(path))
        expected = np.asarray(Image.open(path.parents[1] / "valinst" / path.name))
        assert (derive_instances(labels, CAMVID) == expected).all()
