"""What edit operations do to a scene, and how edits are written."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble import files
from scumble.edit import Box, Edit, Edited, Extend, FreeMask, Operation, Paint, Remove, Restyle, Style
from scumble.errors import InputError, LabelError
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")
SKY, ROAD, CAR, PERSON, VOID = (CAMVID.index(n) for n in ("sky", "road", "car", "pedestrian", "void"))
HEIGHT, WIDTH = 20, 30

Mask = NDArray[np.bool_]


def make_scene() -> Scene:
    """Sky above a road with two cars, a person beside the larger car, and a strip of void at the bottom."""
    labels = np.full((HEIGHT, WIDTH), SKY)
    labels[10:] = ROAD
    labels[18:] = VOID
    labels[6:14, 3:12] = CAR
    labels[6:14, 12:15] = PERSON
    labels[11:16, 20:26] = CAR
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    return Scene(image, labels.astype(np.int32), derive_instances(labels, CAMVID), CAMVID)


SCENE = make_scene()


def apply(*operations: Operation, scene: Scene = SCENE) -> Edited:
    return Edit(operations).apply(scene)


def box_mask(x0: int, y0: int, x1: int, y1: int, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Mask:
    mask = np.zeros(shape, dtype=np.bool_)
    mask[y0:y1, x0:x1] = True
    return mask


def same_outside(result: Edited, scene: Scene) -> bool:
    """Whether image and maps are the old ones wherever the mask is False."""
    (x, y), (width, height) = result.offset, scene.size
    known = ~result.mask
    inside = np.s_[y : y + height, x : x + width]
    assert not known.sum() - known[inside].sum(), "pixels that were not there must be in the mask"
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (result.scene.image, scene.image),
        (result.scene.labels, scene.labels),
        (result.scene.instances, scene.instances),
    ]
    return all((new[inside][known[inside]] == old[known[inside]]).all() for new, old in pairs)


# --- remove


def test_removing_an_object_continues_the_nearest_background() -> None:
    result = apply(Remove("car#0", grow=0))
    car = SCENE.select("car#0")
    assert (result.mask == car).all()
    assert set(result.scene.labels[car].tolist()) == {SKY, ROAD}
    assert result.scene.labels[6, 5] == SKY
    assert result.scene.labels[13, 5] == ROAD
    assert (result.scene.instances[car] == result.scene.labels[car]).all()
    assert same_outside(result, SCENE)


def test_background_is_neither_a_thing_nor_dont_care() -> None:
    labels = np.full((5, 9), SKY)
    labels[:, 1:6] = VOID
    labels[:, 6] = PERSON
    labels[:, 5] = CAR
    labels[:, 7:] = ROAD
    labels[:, :1] = SKY
    scene = Scene(np.zeros((5, 9, 3), np.uint8), labels.astype(np.int32), labels.astype(np.int32), CAMVID)
    result = apply(Remove("car"), scene=scene)
    assert (result.scene.labels[:, 5] == ROAD).all()


@pytest.mark.parametrize("grow", [0, 1, 3, 100])
def test_the_mask_of_a_removal_reaches_as_far_as_asked(grow: int) -> None:
    car = SCENE.select("car#1")
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    car_y, car_x = np.nonzero(car)
    distance = np.hypot(y[..., None] - car_y, x[..., None] - car_x).min(axis=-1)
    assert (apply(Remove("car#1", grow)).mask == (distance <= grow)).all()


def test_stuff_can_be_removed_too() -> None:
    result = apply(Remove("sky"))
    assert SKY not in result.scene.labels
    assert (result.scene.labels[0] == ROAD).all()


def test_a_removal_without_background_is_refused() -> None:
    labels = np.full((4, 4), CAR, np.int32)
    labels[0] = VOID
    labels[1] = PERSON
    scene = Scene(np.zeros((4, 4, 3), np.uint8), labels, labels, CAMVID)
    with pytest.raises(InputError, match=r"'car' cannot be removed.*no pixel of a stuff class"):
        apply(Remove("car"), scene=scene)


def test_removing_what_is_not_there_says_what_is() -> None:
    with pytest.raises(InputError, match=r"there are 2 instances of 'car': car#0 \.\. car#1"):
        apply(Remove("car#2"))
    with pytest.raises(
        InputError, match=r"no 'tree' in this scene; it has: sky, road, car, pedestrian, void"
    ):
        apply(Remove("tree"))


# --- box and paint


def test_a_box_of_a_class_is_a_new_instance() -> None:
    result = apply(Box(2, 1, 5, 4, "Car"))
    region = box_mask(2, 1, 5, 4)
    assert (result.mask == region).all()
    assert set(result.scene.labels[region].tolist()) == {CAR}
    assert set(result.scene.instances[region].tolist()) == {8002}
    assert same_outside(result, SCENE)


def test_a_new_instance_takes_the_smallest_number_that_is_free() -> None:
    result = apply(Remove("car#0", grow=0), Box(2, 1, 5, 4, "car"), Box(20, 1, 22, 4, "car"))
    assert result.scene.instances[1, 2] == 8000
    assert result.scene.instances[1, 20] == 8002


def test_new_stuff_shares_the_id_of_its_class() -> None:
    result = apply(Box(2, 1, 5, 4, "road"), Box(20, 1, 22, 4, "tree"))
    assert result.scene.instances[1, 2] == ROAD == result.scene.instances[-3, 0]
    assert result.scene.instances[1, 20] == CAMVID.index("tree")


def test_a_box_without_a_class_leaves_the_maps() -> None:
    result = apply(Box(2, 1, 15, 20))
    assert (result.mask == box_mask(2, 1, 15, 20)).all()
    assert (result.scene.labels == SCENE.labels).all()
    assert (result.scene.instances == SCENE.instances).all()


@pytest.mark.parametrize(
    "box",
    [
        (-1, 0, 5, 5),
        (0, -1, 5, 5),
        (0, 0, 31, 5),
        (0, 0, 5, 21),
        (5, 0, 5, 5),
        (0, 6, 5, 5),
        (40, 40, 50, 50),
    ],
)
def test_a_box_that_is_empty_or_outside_names_the_size(box: tuple[int, int, int, int]) -> None:
    x0, y0, x1, y1 = box
    with pytest.raises(InputError, match=rf"box x {x0}\.\.{x1}, y {y0}\.\.{y1} is empty .* 30 x 20 pixels"):
        apply(Box(*box))


def test_a_free_form_region_can_be_painted() -> None:
    mask = np.eye(HEIGHT, WIDTH, dtype=np.bool_)
    result = apply(Paint(mask, "pedestrian"))
    assert (result.mask == mask).all()
    assert (result.scene.labels == np.where(mask, PERSON, SCENE.labels)).all()
    assert (result.scene.instances == np.where(mask, 9001, SCENE.instances)).all()


@pytest.mark.parametrize(
    "operation", [Box(0, 0, 2, 2, "cart"), Paint(box_mask(0, 0, 1, 1), "cart"), Extend(1, 0, 0, 0, "cart")]
)
def test_an_unknown_class_names_the_nearest(operation: Operation) -> None:
    with pytest.raises(LabelError, match=r"'cart'.*did you mean 'car'\?"):
        apply(operation)


def test_too_many_instances_are_refused() -> None:
    instances = np.arange(7500, 9500, dtype=np.int32).reshape(40, 50)
    scene = Scene(np.zeros((40, 50, 3), np.uint8), np.full((40, 50), CAR, np.int32), instances, CAMVID)
    with pytest.raises(InputError, match="too many instances of 'car'"):
        apply(Box(0, 0, 2, 2, "car"), scene=scene)


# --- free mask, restyle


def test_a_free_mask_leaves_the_maps() -> None:
    mask = np.eye(HEIGHT, WIDTH, dtype=np.bool_)
    result = apply(FreeMask(mask))
    assert (result.mask == mask).all()
    assert (result.scene.labels == SCENE.labels).all()


@pytest.mark.parametrize("kind", [FreeMask, lambda mask: Paint(mask, "car")])
def test_masks_that_do_not_fit_are_refused(kind: Any) -> None:
    with pytest.raises(InputError, match=r"mask is 20 x 30 pixels .*picture 30 x 20"):
        apply(kind(np.ones((30, 20), dtype=np.bool_)))
    with pytest.raises(InputError, match="mask is empty"):
        kind(np.zeros((HEIGHT, WIDTH), dtype=np.bool_))
    with pytest.raises(InputError, match=r"array \(20, 30\) of uint8; expected \[H, W\] of bool"):
        kind(np.ones((HEIGHT, WIDTH), dtype=np.uint8))
    with pytest.raises(InputError, match=r"array \(20, 30, 1\) of bool"):
        kind(np.ones((HEIGHT, WIDTH, 1), dtype=np.bool_))


def test_a_mask_given_to_an_operation_can_change_afterwards() -> None:
    mask = box_mask(0, 0, 2, 2)
    operation = FreeMask(mask)
    mask[:] = True
    assert apply(operation).mask.sum() == 4


def test_restyling_chooses_exactly_the_object() -> None:
    result = apply(Restyle("car#1"))
    assert (result.mask == SCENE.select("car#1")).all()
    assert (result.scene.instances == SCENE.instances).all()
    assert result.styles == {}


# --- styles


def test_styles_name_the_instances_they_are_for() -> None:
    red, blue = Style("red.jpg", "car"), Style("blue.jpg")
    result = apply(Box(2, 1, 5, 4, "car", red), Restyle("car#0", blue), Restyle("road", red))
    assert result.styles == {8002: red, 8000: blue, ROAD: red}
    assert apply(Restyle("car", blue)).styles == {8000: blue, 8001: blue}
    assert apply(Paint(box_mask(0, 0, 3, 3), "car", blue)).styles == {8002: blue}


def test_the_style_of_an_instance_that_is_gone_is_forgotten() -> None:
    red = Style("red.jpg")
    result = apply(Box(2, 1, 5, 4, "car", red), Box(1, 0, 6, 5, "sky"), Box(2, 1, 5, 4, "car"))
    assert result.scene.instances[1, 2] == 8002
    assert result.styles == {}


def test_a_style_for_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"style 'red\.jpg' but no class"):
        Box(0, 0, 2, 2, style=Style("red.jpg"))


# --- extend


def test_extending_continues_the_border_of_the_maps() -> None:
    result = apply(Extend(left=4, top=3, right=2, bottom=1))
    assert result.scene.size == (36, 24)
    assert result.offset == (4, 3)
    assert (result.mask == ~box_mask(4, 3, 34, 23, (24, 36))).all()
    assert (result.scene.image[result.mask] == 128).all()
    assert (result.scene.labels[:3] == SKY).all()
    assert (result.scene.labels[13:20, :4] == ROAD).all()
    assert (result.scene.labels[23] == VOID).all()
    assert same_outside(result, SCENE)


def test_what_is_countable_ends_at_the_border() -> None:
    labels, instances = SCENE.labels.copy(), SCENE.instances.copy()
    labels[8:14, -3:], instances[8:14, -3:] = CAR, 8009
    scene = Scene(SCENE.image, labels, instances, SCENE.label_space)
    grown = Extend(0, 0, 6, 0).apply(scene).scene
    assert (grown.labels[:, :30] == labels).all()
    assert not (grown.labels[:, 30:] == CAR).any()
    assert (grown.instances[:, 30:] < 1000).all()
    everywhere = Scene(SCENE.image, np.full_like(labels, CAR), np.full_like(labels, 8009), SCENE.label_space)
    assert (Extend(0, 0, 6, 0).apply(everywhere).scene.labels == CAR).all()


def test_extending_with_a_class_is_a_new_instance() -> None:
    result = apply(Extend(0, 0, 5, 0, "car"))
    assert (result.scene.labels[:, 30:] == CAR).all()
    assert (result.scene.instances[:, 30:] == 8002).all()
    assert result.offset == (0, 0)
    assert same_outside(result, SCENE)


@pytest.mark.parametrize("amounts", [(0, 0, 0, 0), (-1, 0, 5, 0), (1, 1, 1, -9)])
def test_extending_by_nothing_or_less_is_refused(amounts: tuple[int, int, int, int]) -> None:
    with pytest.raises(InputError, match="expected 0 or more pixels, and at least one above 0"):
        Extend(*amounts)


def test_extending_beyond_the_largest_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"2000000030 x 20 pixels; expected at most 64,000,000"):
        apply(Extend(0, 0, 2_000_000_000, 0))
    monkeypatch.setattr(files, "MAX_PIXELS", 32 * 20)
    apply(Extend(0, 0, 2, 0))
    with pytest.raises(InputError, match="33 x 20 pixels"):
        apply(Extend(0, 0, 3, 0))


# --- edits


def test_masks_of_all_operations_are_joined_on_the_last_canvas() -> None:
    result = apply(Box(0, 0, 2, 2), Extend(3, 1, 0, 0), Box(10, 10, 12, 12), Extend(1, 0, 0, 0))
    expected = ~box_mask(4, 1, 34, 21, (21, 34))
    expected |= box_mask(4, 1, 6, 3, (21, 34)) | box_mask(11, 10, 13, 12, (21, 34))
    assert (result.mask == expected).all()
    assert result.offset == (4, 1)


def test_an_error_says_which_of_several_operations_failed() -> None:
    with pytest.raises(LabelError, match=r"^Operation 2 of the edit: There is no class 'moon'"):
        apply(Box(0, 0, 2, 2), Box(0, 0, 2, 2, "moon"))
    with pytest.raises(InputError, match=r"^There is no 'car' in this scene"):
        apply(Remove("car"), scene=apply(Remove("car")).scene)


def test_an_edit_without_operations_is_refused() -> None:
    with pytest.raises(InputError, match="has no operations"):
        Edit(())


def test_negative_growth_is_refused() -> None:
    with pytest.raises(InputError, match="grows by -1 pixels"):
        Remove("car", grow=-1)


def test_results_cannot_be_written_to() -> None:
    for operation in (Remove("car"), Box(0, 0, 1, 1), Restyle("car"), Extend(1, 1, 1, 1)):
        result = apply(operation)
        with pytest.raises(ValueError, match="read-only"):
            result.mask[0, 0] = True


classes = st.sampled_from(CAMVID.names)
styles = st.none() | st.builds(Style, st.text(), st.none() | st.text())
masks = hnp.arrays(np.bool_, (HEIGHT, WIDTH)).filter(lambda mask: bool(mask.any()))
spans = st.tuples(st.integers(0, 29), st.integers(0, 19), st.integers(1, 9), st.integers(1, 9))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, y0, width, height = draw(spans)
    name = draw(st.none() | classes)
    style = draw(styles) if name is not None else None
    return Box(x0, y0, min(x0 + width, WIDTH), min(y0 + height, HEIGHT), name, style)


amounts = st.integers(0, 4)
in_place: st.SearchStrategy[Operation] = st.one_of(
    st.builds(Remove, st.sampled_from(["car", "car#1", "pedestrian", "road", "sky"]), st.integers(0, 4)),
    boxes(),
    st.builds(Paint, masks, classes, styles),
    st.builds(FreeMask, masks),
    st.builds(Restyle, st.sampled_from(["car", "car#0", "void"]), styles),
)
extensions = st.builds(Extend, st.integers(1, 4), amounts, amounts, amounts, st.none() | classes)
edits = st.builds(
    lambda operations, last: Edit((*operations, *last)),
    st.lists(in_place, min_size=1, max_size=3),
    st.lists(extensions, max_size=1),
)


@settings(max_examples=150, deadline=None)
@given(edit=edits)
def test_nothing_changes_outside_the_mask(edit: Edit) -> None:
    before = [array.copy() for array in (SCENE.image, SCENE.labels, SCENE.instances)]
    try:
        result = edit.apply(SCENE)
    except InputError:
        # What an operation selects may have been painted over by one before it.
        assert any(isinstance(operation, Remove | Restyle) for operation in edit.operations)
        return
    assert result.mask.any()
    assert same_outside(result, SCENE)
    assert set(result.styles) <= set(result.scene.instances.ravel().tolist())
    after = (SCENE.image, SCENE.labels, SCENE.instances)
    assert all((old == new).all() for old, new in zip(before, after, strict=True))


@settings(max_examples=80, deadline=None)
@given(box=boxes())
def test_a_box_masks_exactly_its_pixels(box: Box) -> None:
    result = apply(box)
    assert (result.mask == box_mask(box.x0, box.y0, box.x1, box.y1)).all()
    if box.class_name is not None:
        assert (result.scene.labels[result.mask] == CAMVID.index(box.class_name)).all()
        assert len(set(result.scene.instances[result.mask].tolist())) == 1


def test_an_outline_is_painted_and_the_whole_box_generated() -> None:
    scene = make_scene()
    outline = np.zeros((4, 6), np.bool_)
    outline[1:3, 2:5] = True
    result = Edit((Box(1, 2, 7, 6, "car", outline=outline),)).apply(scene)
    painted = result.scene.instances != scene.instances
    assert painted.sum() == outline.sum()
    assert painted[2:6, 1:7][outline].all()
    assert (result.scene.labels[painted] == CAMVID.index("car")).all()
    assert result.mask.sum() == 24
    assert (
        Edit.from_dict(Edit((Box(1, 2, 7, 6, "car", outline=outline),)).to_dict()).apply(scene).mask.sum()
        == 24
    )


def test_an_outline_of_another_size_or_without_a_class_is_refused() -> None:
    outline = np.ones((4, 6), np.bool_)
    with pytest.raises(InputError, match="6 x 4"):
        Box(1, 2, 7, 7, "car", outline=outline)
    with pytest.raises(InputError, match="a class"):
        Box(1, 2, 7, 6, outline=outline)


# --- writing edits


@settings(max_examples=100, deadline=None)
@given(edit=edits)
def test_an_edit_survives_json(edit: Edit) -> None:
    written = json.dumps(edit.to_dict())
    again = Edit.from_dict(json.loads(written))
    assert again == edit
    assert json.dumps(again.to_dict()) == written
    for old, new in zip(edit.operations, again.operations, strict=True):
        assert type(old) is type(new)
        if isinstance(old, FreeMask | Paint) and isinstance(new, FreeMask | Paint):
            assert (old.mask == new.mask).all()
        else:
            assert Edit((old,)) == Edit((new,))


def test_edits_that_differ_are_not_equal() -> None:
    edit = Edit((FreeMask(box_mask(0, 0, 1, 1)),))
    assert edit == Edit((FreeMask(box_mask(0, 0, 1, 1)),))
    assert edit != Edit((FreeMask(box_mask(0, 0, 1, 2)),))
    assert edit != "edit"


def test_an_edit_is_written_as_documented() -> None:
    edit = Edit(
        (Remove("car#0"), Box(1, 2, 3, 4, "sky", Style("a.png")), FreeMask(box_mask(0, 0, 2, 1, (2, 3))))
    )
    assert edit.to_dict() == {
        "operations": [
            {"operation": "remove", "selector": "car#0", "grow": 5},
            {
                "operation": "box",
                "x0": 1,
                "y0": 2,
                "x1": 3,
                "y1": 4,
                "class_name": "sky",
                "style": {"path": "a.png"},
            },
            {"operation": "free_mask", "mask": {"size": [2, 3], "runs": [0, 2, 4]}},
        ]
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(edit=edits, data=st.data(), value=json_values)
def test_no_json_value_breaks_the_reader_of_edits(edit: Edit, data: st.DataObject, value: Any) -> None:
    written = edit.to_dict()
    target = data.draw(st.sampled_from(written["operations"]))
    if "mask" in target and data.draw(st.booleans()):
        target = target["mask"]
    target[data.draw(st.sampled_from(sorted(target)))] = value
    with contextlib.suppress(InputError):
        Edit.from_dict(written).apply(SCENE)
