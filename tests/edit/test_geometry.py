"""Which pixels strokes and polygons cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scumble.edit.geometry import LARGEST_COORDINATE, LARGEST_RADIUS, Point, polygon_region, stroke_region

SIZE = (17, 13)
points = st.tuples(st.integers(-6, 22), st.integers(-6, 18))


def is_near(pixel: Point, start: Point, end: Point, radius: int) -> bool:
    """Whether a point is within a distance of a segment, in whole numbers of any size."""
    (x, y), (across, down) = (
        (pixel[0] - start[0], pixel[1] - start[1]),
        (end[0] - start[0], end[1] - start[1]),
    )
    along, square = x * across + y * down, across**2 + down**2
    if along <= 0:
        return x * x + y * y <= radius**2
    if along >= square:
        return (pixel[0] - end[0]) ** 2 + (pixel[1] - end[1]) ** 2 <= radius**2
    return bool((x * down - y * across) ** 2 <= radius**2 * square)


def every_pixel(size: tuple[int, int]) -> list[Point]:
    return [(x, y) for y in range(size[1]) for x in range(size[0])]


def as_region(covered: list[bool], size: tuple[int, int]) -> NDArray[np.bool_]:
    return np.array(covered).reshape(size[1], size[0])


@settings(max_examples=200, deadline=None)
@given(line=st.lists(points, min_size=1, max_size=5), radius=st.integers(0, 8))
def test_a_stroke_covers_exactly_the_pixels_near_its_line(line: list[Point], radius: int) -> None:
    segments = list(zip(line[:-1] or line, line[1:] or line, strict=True))
    expected = [any(is_near(p, a, b, radius) for a, b in segments) for p in every_pixel(SIZE)]
    assert (stroke_region(line, radius, SIZE) == as_region(expected, SIZE)).all()


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_strokes_stay_exact_at_the_largest_numbers(data: st.DataObject) -> None:
    far = st.tuples(*[st.integers(-LARGEST_COORDINATE, LARGEST_COORDINATE)] * 2)
    start = data.draw(far)
    # Through or near the picture, so that there is something to compare.
    end = (data.draw(st.integers(-9, 9)) - start[0], data.draw(st.integers(-9, 9)) - start[1])
    end = (min(max(end[0], -65535), 65535), min(max(end[1], -65535), 65535))
    radius = data.draw(st.sampled_from([0, 1, 5, LARGEST_RADIUS]))
    expected = [is_near(p, start, end, radius) for p in every_pixel(SIZE)]
    assert (stroke_region([start, end], radius, SIZE) == as_region(expected, SIZE)).all()


@settings(max_examples=200, deadline=None)
@given(corners=st.lists(points, min_size=3, max_size=7))
def test_a_polygon_covers_the_centres_inside_by_the_even_odd_rule(corners: list[Point]) -> None:
    expected = []
    for x, y in every_pixel(SIZE):
        sides = zip(corners, corners[1:] + corners[:1], strict=True)
        crossed = 0
        for (x0, y0), (x1, y1) in sides:
            if (y0 <= y) != (y1 <= y):
                # x < x0 + (y - y0) (x1 - x0) / (y1 - y0), multiplied out.
                left = (x - x0) * (y1 - y0) < (y - y0) * (x1 - x0)
                crossed += left if y1 > y0 else (x - x0) * (y1 - y0) > (y - y0) * (x1 - x0)
        expected.append(crossed % 2 == 1)
    assert (polygon_region(corners, SIZE) == as_region(expected, SIZE)).all()


def test_polygons_that_share_a_side_neither_overlap_nor_leave_a_gap() -> None:
    left = polygon_region([(0, 0), (9, 0), (4, 13), (0, 13)], SIZE)
    right = polygon_region([(9, 0), (17, 0), (17, 13), (4, 13)], SIZE)
    assert (left ^ right).all()


@pytest.mark.parametrize("line", [[(3, 4)], [(3, 4), (3, 4)]])
def test_a_point_is_a_disc(line: list[Point]) -> None:
    region = stroke_region(line, 1, SIZE)
    assert region.sum() == 5
    assert region[4, 2:5].all()
    assert stroke_region(line, 0, SIZE).sum() == 1
