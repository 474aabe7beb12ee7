"""Cutting objects out."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.data.parts.cut import Cut, ObjectMaps, cut_objects, resize
from scumble.errors import ConfigError
from tests.data.parts.fixture import car


def maps(height: int = 100, width: int = 300) -> ObjectMaps:
    """Two cars, one at the border, and a person of 15 pixels."""
    objects = np.zeros((height, width), dtype=np.int32)
    parts = np.zeros((height, width), dtype=np.uint8)
    for number, y, x, shape in ((26_000, 30, 10, car(20, 40)), (26_007, 0, 100, car(50, 200))):
        box = (slice(y, y + shape.shape[0]), slice(x, x + shape.shape[1]))
        objects[box][shape > 0] = number
        parts[box] = shape
    objects[80:95, 5:12] = 24_000
    parts[80:95, 5:12] = 1
    return ObjectMaps("train", "p", objects, parts)


def test_an_object_is_cut_to_its_box() -> None:
    (category, small), (_, large) = cut_objects(maps(), Cut(longest=1000))
    assert (category, small.name, large.name) == (26, "p_26000", "p_26007")
    assert np.array_equal(small.parts, car(20, 40))
    assert np.array_equal(small.silhouette, car(20, 40) > 0)
    assert np.array_equal(large.parts, car(50, 200))


def test_large_objects_become_smaller_with_their_shape_and_no_new_values() -> None:
    _, (_, large) = cut_objects(maps(), Cut(longest=80))
    assert large.parts.shape == (20, 80)
    assert set(np.unique(large.parts).tolist()) <= {0, 1, 2, 5}
    assert np.array_equal(large.silhouette, large.parts > 0)


def test_objects_with_no_side_of_sixteen_pixels_are_left_out() -> None:
    assert [category for category, _ in cut_objects(maps(), Cut(smallest=15))] == [24, 26, 26]
    assert [category for category, _ in cut_objects(maps(), Cut())] == [26, 26]


def test_objects_without_a_part_are_left_out() -> None:
    found = maps()
    found.parts[found.objects == 26_000] = 0
    assert [shape.name for _, shape in cut_objects(found, Cut())] == ["p_26007"]


def test_neighbors_are_not_cut_along() -> None:
    objects = np.full((20, 40), 26_000, dtype=np.int32)
    objects[5:15, 5:25] = 24_001
    parts = np.where(objects == 24_001, 1, 5).astype(np.uint8)
    person, vehicle = (shape for _, shape in cut_objects(ObjectMaps("val", "p", objects, parts), Cut()))
    assert person.parts.shape == (10, 20)
    assert set(np.unique(vehicle.parts).tolist()) == {0, 5}
    assert not vehicle.silhouette[5:15, 5:25].any()


def test_squares_have_a_margin_where_the_picture_has_one_and_keep_the_object_in_the_middle() -> None:
    (_, small), (_, large) = cut_objects(maps(), Cut(longest=1000, square=True))
    assert small.parts.shape == (44, 44)
    assert np.array_equal(small.parts[12:32, 2:42], car(20, 40))
    assert small.silhouette.sum() == (car(20, 40) > 0).sum()
    # The large one reaches the right and the upper border.
    assert large.parts.shape == (202, 202)
    assert large.silhouette.sum() == (car(50, 200) > 0).sum()


def test_nothing_is_cut_out_of_nothing() -> None:
    empty = ObjectMaps("train", "p", np.zeros((4, 4), np.int32), np.zeros((4, 4), np.uint8))
    assert cut_objects(empty, Cut()) == []


def test_resizing_takes_pixels_over() -> None:
    values = np.array([[1, 2], [3, 4]], dtype=np.uint8)
    assert resize(values, 4, 2).tolist() == [[1, 1, 2, 2], [3, 3, 4, 4]]
    assert resize(values > 2, 2, 4).dtype == np.bool_


@pytest.mark.parametrize(("longest", "smallest"), [(0, 0), (10, 16), (128, 0)])
def test_impossible_sizes_are_refused(longest: int, smallest: int) -> None:
    with pytest.raises(ConfigError, match="cannot be cut out"):
        Cut(longest, smallest)
