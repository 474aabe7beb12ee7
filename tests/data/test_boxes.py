"""Box records: equal to a plain loop over the objects, defined at borders, and what augmentation does."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from scumble.data.boxes import (
    ade20k_boxes,
    ade20k_codes,
    cityscapes_boxes,
    clip_boxes,
    coco_boxes,
    coco_codes,
    flip_boxes,
    object_boxes,
    object_codes,
    pad_boxes,
    region_boxes,
)
from scumble.data.boxes.geometry import floor_resize
from scumble.data.part_categories import CAMVID_CLASSES, by_class_id
from scumble.data.transforms import resize_map
from scumble.errors import ConfigError, InputError
from scumble.streets import render_street

IDS = (0, 7, 1000, 24000, 24001, 26000, 26001, 27003)
MAPS = arrays(
    np.int32,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    elements=st.sampled_from(IDS),
)


def grown(low: int, high: int, size: int) -> tuple[int, int]:
    """The even rule for one object, as the specification words it."""
    if (high - low) % 2 == 1 and high + 1 <= size:
        high += 1
    if (high - low) % 2 == 1 and low - 1 >= 0:
        low -= 1
    return low, high


def one_by_one(ids: NDArray[Any], categories: tuple[int, ...]) -> list[list[int]]:
    """The records by a plain loop over the objects."""
    records = []
    for category in categories:
        for code in np.unique(ids[ids // 1000 == category]).tolist():
            rows, columns = np.nonzero(ids == code)
            if len(rows) == 1:
                continue
            top, bottom = grown(int(rows.min()), int(rows.max()), ids.shape[0])
            left, right = grown(int(columns.min()), int(columns.max()), ids.shape[1])
            if bottom - top >= 2 and right - left >= 2:
                records.append([code, top, bottom, left, right, 1, 1])
    return records


def painted(height: int, width: int, *boxes: tuple[int, slice, slice]) -> NDArray[np.int32]:
    ids = np.zeros((height, width), dtype=np.int32)
    for code, rows, columns in boxes:
        ids[rows, columns] = code
    return ids


@given(MAPS, st.permutations([24, 26, 27]))
def test_records_are_those_of_a_loop_over_the_objects(ids: NDArray[np.int32], order: list[int]) -> None:
    assert object_boxes(ids, order).tolist() == one_by_one(ids, tuple(order))


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_records_of_large_maps_do_not_depend_on_type_and_memory_layout(kind: type[np.generic]) -> None:
    rng = np.random.default_rng(0)
    ids = np.kron(rng.choice(IDS, (11, 17)), np.ones((13, 9), dtype=np.int64)).astype(kind)
    expected = one_by_one(ids.astype(np.int64), (26, 24))
    assert len(expected) == 4
    assert object_boxes(ids, (26, 24)).tolist() == expected
    assert object_boxes(np.asfortranarray(ids), (26, 24)).tolist() == expected
    assert object_boxes(ids[:, ::-1], (26, 24)).tolist() == one_by_one(ids[:, ::-1], (26, 24))


def test_ends_are_the_last_row_and_column_where_the_extent_is_even() -> None:
    ids = painted(20, 30, (24000, np.s_[4:9], np.s_[10:17]))
    assert object_boxes(ids, [24]).tolist() == [[24000, 4, 8, 10, 16, 1, 1]]


def test_odd_extents_grow_at_the_end_even_to_the_border_of_the_map() -> None:
    ids = painted(20, 30, (24000, np.s_[16:20], np.s_[0:30]))
    assert object_boxes(ids, [24]).tolist() == [[24000, 16, 20, 0, 30, 1, 1]]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1)])
def test_objects_of_one_pixel_one_row_or_one_column_have_no_record(shape: tuple[int, int]) -> None:
    ids = painted(9, 9, (24000, np.s_[2 : 2 + shape[0]], np.s_[3 : 3 + shape[1]]))
    assert object_boxes(ids, [24]).shape == (0, 7)
    assert object_boxes(np.full(shape, 24000), [24]).shape == (0, 7)


def test_an_object_of_two_by_two_pixels_has_one() -> None:
    ids = painted(9, 9, (24000, np.s_[2:4], np.s_[7:9]))
    assert object_boxes(ids, [24]).tolist() == [[24000, 2, 4, 7, 9, 1, 1]]


def test_without_objects_or_categories_there_are_no_records() -> None:
    ids = painted(8, 8, (24000, np.s_[2:6], np.s_[2:6]))
    for boxes in (object_boxes(ids, []), object_boxes(ids, [26]), object_boxes(np.zeros((8, 8), int), [24])):
        assert boxes.shape == (0, 7)
        assert boxes.dtype == np.int64


def test_all_regions_have_records_by_rising_id() -> None:
    ids = painted(6, 8, (5, np.s_[:3], np.s_[:]), (2**31 - 1, np.s_[3:], np.s_[4:]))
    assert region_boxes(ids, (60, 90)).tolist() == [
        [0, 3, 5, 0, 4, 60, 90],
        [5, 0, 2, 0, 8, 60, 90],
        [2**31 - 1, 3, 5, 4, 8, 60, 90],
    ]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (np.full((4, 4), -1), r"ids has ids -1\.\.-1"),
        (np.full((4, 4), 2**31), "2147483648; expected"),
        (np.full((4, 4), 2**63, dtype=np.uint64), "9223372036854775808"),
        (np.zeros((4, 4), dtype=np.float32), "float32"),
        (np.zeros((4, 4), dtype=np.bool_), "bool"),
        (np.zeros((4, 4, 3), dtype=np.uint8), r"\(4, 4, 3\)"),
        (np.zeros((0, 4), dtype=np.uint8), r"\(0, 4\)"),
    ],
)
def test_maps_that_are_none_are_refused_with_what_was_found(ids: NDArray[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        object_boxes(ids, [24])


@pytest.mark.parametrize("category", [-1, 0, 2_147_483])
def test_categories_that_do_not_fit_into_a_code_are_refused(category: int) -> None:
    ids = np.zeros((4, 4), dtype=np.int32)
    with pytest.raises(ConfigError, match=f"is {category};"):
        object_boxes(ids, [24, category])
    with pytest.raises(ConfigError, match=f"is {category};"):
        object_codes(ids, ids, {3: category})


def test_cityscapes_records_rise_and_leave_out_groups_and_other_classes() -> None:
    squares = [np.s_[4 * i : 4 * i + 3] for i in range(4)]
    ids = painted(16, 8, *zip((33001, 26, 24002, 29000), squares, [np.s_[2:5]] * 4, strict=True))
    assert cityscapes_boxes(ids)[:, 0].tolist() == [24002, 33001]
    assert cityscapes_boxes(ids, [33, 24])[:, 0].tolist() == [24002, 33001]


def test_ade20k_records_are_in_painting_order_with_the_size_of_the_photograph() -> None:
    file = np.zeros((64, 96, 3), dtype=np.uint8)
    file[4:30, 6:30] = (65, 1, 0)  # a van, painted last
    file[34:60, 6:30] = (4, 200, 9)  # a person, painted first
    file[4:30, 60:90] = (2, 3, 0)  # of a class without parts
    assert ade20k_codes(file)[35, 7] == 24200
    assert ade20k_codes(file)[5, 61] == 0
    assert ade20k_boxes(file, 48, 32).tolist() == [
        [24200, 17, 29, 3, 15, 64, 96],
        [39001, 2, 14, 3, 15, 64, 96],
    ]


def test_ade20k_maps_without_colors_are_refused() -> None:
    with pytest.raises(InputError, match="read the PNG as RGB"):
        ade20k_boxes(np.zeros((4, 4), dtype=np.uint8))


def test_coco_objects_are_cut_to_their_class() -> None:
    labels, instances = np.full((2, 32, 32), 255, dtype=np.uint8)
    labels[:16], instances[:16] = 5, 5  # a bus outside all polygons, which counts as number 5
    labels[20:30, 2:12], instances[20:30, 2:12] = 15, 5  # a bird of the same number
    labels[20:30, 20:30], instances[20:30, 20:30] = 180, 5  # stuff
    assert coco_boxes(labels, instances, 32, 32).tolist() == [
        [28005, 0, 16, 0, 32, 32, 32],
        [3005, 20, 30, 2, 12, 32, 32],
    ]
    assert set(np.unique(coco_codes(labels, instances)).tolist()) == {0, 3005, 28005}


def test_coco_maps_that_differ_in_size_or_number_too_far_are_refused() -> None:
    labels = np.full((4, 6), 2)
    with pytest.raises(InputError, match=r"instances is 4 x 6 pixels, another .* 6 x 4"):
        coco_boxes(labels, labels.T)
    with pytest.raises(InputError, match="numbers an object 1000"):
        coco_boxes(labels, np.full((4, 6), 1000))
    assert not coco_codes(np.full((4, 6), 180), np.full((4, 6), 1000)).any()  # is no object


def test_objects_of_a_scene_are_the_instances_that_have_their_class() -> None:
    labels = np.array([[8, 8, 8, 9, 9, 0, 0, 3]])
    instances = np.array([[8000, 8, 9001, 9001, 9999, 0, 5, 8000]])
    codes = object_codes(labels, instances, {8: 26, 9: 24, 3: 1, 0: 2})
    assert codes.tolist() == [[26000, 0, 0, 24001, 24999, 0, 2005, 0]]
    assert codes.dtype == np.int32
    assert not object_codes(labels, instances, {}).any()
    assert not object_codes(labels, instances, {-1: 24}).any()


def test_objects_of_classes_with_one_category_are_counted_through() -> None:
    labels = np.array([[8, 8, 9, 9, 7]])
    instances = np.array([[8000, 8004, 9000, 9004, 7003]])
    codes = object_codes(labels, instances, {9: 26, 7: 24, 8: 26})
    assert codes.tolist() == [[26002, 26003, 26000, 26001, 24003]]


def test_objects_of_a_category_beyond_a_thousand_are_none() -> None:
    instances = np.concatenate([np.arange(8000, 9000), np.arange(9000, 9010)])[None]
    codes = object_codes(instances // 1000, instances, {8: 26, 9: 26})
    assert codes[0, :1000].tolist() == list(range(26000, 27000))
    assert not codes[0, 1000:].any()


def test_records_of_a_rendered_street_enclose_its_objects() -> None:
    scene = render_street(5)
    categories = by_class_id(CAMVID_CLASSES, scene.label_space)
    boxes = object_boxes(object_codes(scene.labels, scene.instances, categories), categories.values())
    table = {row.id: row.box for row in scene.instance_table() if row.class_id in categories}
    class_of = {category: class_id for class_id, category in categories.items()}
    assert set((boxes[:, 0] // 1000).tolist()) == {24, 25, 26}
    for code, top, bottom, left, right, _, _ in boxes.tolist():
        x0, y0, x1, y1 = table[class_of[code // 1000] * 1000 + code % 1000]
        assert (top, left) == (y0, x0)
        assert bottom in (y1 - 1, y1)
        assert right in (x1 - 1, x1)


def test_a_crop_moves_cuts_and_drops_boxes() -> None:
    boxes = np.array(
        [
            [24000, 10, 20, 30, 40, 60, 90],
            [24001, 0, 13, 30, 40, 60, 90],  # only the rows up to 13 are in it, which 12 rows higher is 1
            [24002, 10, 20, 0, 20, 60, 90],  # ends where the crop begins
            [24003, 40, 44, 30, 40, 60, 90],  # begins where it ends
            [24004, 37, 44, 43, 60, 60, 90],  # loses its end, so that only its beginning can grow
            [24005, 0, 90, 0, 90, 60, 90],
        ]
    )
    assert clip_boxes(boxes, top=12, left=20, height=28, width=30).tolist() == [
        [24000, 0, 8, 10, 20, 60, 90],
        [24001, 0, 2, 10, 20, 60, 90],
        [24004, 24, 28, 22, 30, 60, 90],
        [24005, 0, 28, 0, 30, 60, 90],
    ]
    assert boxes[0, 1] == 10, "the input was changed"


def test_the_whole_of_an_odd_crop_stays_odd() -> None:
    boxes = np.array([[24000, 0, 90, 0, 90, 1, 1]])
    assert clip_boxes(boxes, 5, 5, 27, 31).tolist() == [[24000, 0, 27, 0, 31, 1, 1]]


@given(MAPS)
def test_cropping_to_the_whole_map_and_flipping_twice_change_nothing(ids: NDArray[np.int32]) -> None:
    height, width = ids.shape
    boxes = object_boxes(ids, [24, 26])
    np.testing.assert_array_equal(clip_boxes(boxes, 0, 0, height, width), boxes)
    np.testing.assert_array_equal(flip_boxes(flip_boxes(boxes, width), width), boxes)


def test_a_flip_exchanges_the_ends_of_the_columns() -> None:
    boxes = np.array([[24000, 1, 5, 2, 8, 60, 90]])
    assert flip_boxes(boxes, 20).tolist() == [[24000, 1, 5, 12, 18, 60, 90]]
    assert flip_boxes(boxes[None], 20).shape == (1, 1, 7)
    assert boxes[0, 3] == 2, "the input was changed"


def test_a_table_is_filled_up_with_zeros() -> None:
    one, two, none = np.full((1, 7), 5), np.full((2, 7), 6), np.empty((0, 7), dtype=np.int64)
    table, counts = pad_boxes([one, none, two])
    assert counts.tolist() == [1, 0, 2]
    assert table.shape == (3, 2, 7)
    assert [int(rows.sum()) for rows in table] == [35, 0, 84]
    np.testing.assert_array_equal(table[0, 0], one[0])
    assert pad_boxes([none])[0].shape == (1, 0, 7)
    assert pad_boxes([])[0].shape == (0, 0, 7)


def test_boxes_of_squashed_maps_take_corners_not_centres() -> None:
    ramp = np.arange(10)[None]
    assert floor_resize(ramp, 4, 1).tolist() == [[0, 2, 5, 7]]
    assert resize_map(ramp, 4, 1).tolist() == [[1, 3, 6, 8]]
    assert floor_resize(ramp, 15, 2).tolist() == [[i * 10 // 15 for i in range(15)]] * 2
    colors = np.arange(24).reshape(2, 4, 3)
    np.testing.assert_array_equal(floor_resize(colors, 2, 2), colors[:, ::2])
    np.testing.assert_array_equal(floor_resize(colors, 4, 2), colors)


def test_boxes_do_not_need_torch() -> None:
    program = "import sys, scumble.data.boxes\nsys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
