"""Label spaces."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scumble.errors import LabelError
from scumble.label_space import LabelSpace

CAMVID = LabelSpace.load("camvid")


@pytest.mark.parametrize(
    ("name", "count", "things", "dont_care"),
    [
        ("camvid", 12, 5, 11),
        ("camvid-32", 32, 12, 30),
        ("cityscapes", 34, 10, 0),
        ("cityscapes-train", 20, 8, 19),
        ("coco-stuff", 183, 91, 182),
        ("coco-stuff-from-1", 183, 91, 0),
        ("ade20k", 151, 100, 0),
        ("ade20k-from-0", 151, 100, 150),
    ],
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


def test_ade20k_is_there_with_both_ways_of_counting() -> None:
    """The classes that the released landscape pictures show, counted from 0."""
    from_0, from_1 = LabelSpace.load("ade20k-from-0"), LabelSpace.load("ade20k")
    assert [from_0.index(name) for name in ("sky", "tree", "mountain", "water", "path")] == [2, 4, 16, 21, 52]
    assert from_0.names == (*from_1.names[1:], from_1.names[0])
    assert (np.roll(from_0.palette, 1, axis=0) == from_1.palette).all()
    assert from_0.things == {class_id - 1 for class_id in from_1.things}


def test_coco_stuff_is_there_with_both_ways_of_counting() -> None:
    from_0, from_1 = LabelSpace.load("coco-stuff"), LabelSpace.load("coco-stuff-from-1")
    assert from_0.names == (*from_1.names[1:], from_1.names[0])
    assert (np.roll(from_0.palette, 1, axis=0) == from_1.palette).all()
    assert [from_1.index(name) for name in ("person", "street sign", "banner", "wood")] == [1, 12, 92, 182]


def test_the_train_ids_of_cityscapes_are_the_published_classes() -> None:
    train, whole = LabelSpace.load("cityscapes-train"), LabelSpace.load("cityscapes")
    assert " ".join(train.names[:6]) == "road sidewalk building wall fence pole"
    for label_class in train.classes:
        assert label_class.color == whole.classes[whole.index(label_class.name)].color


@pytest.mark.parametrize("name", ["camvid", "cityscapes", "ade20k", "ade20k-from-0", "coco-stuff"])
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
