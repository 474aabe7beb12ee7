"""Leaves painted in clumps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera
from scumble.streets.light import random_light
from scumble.streets.painter import SUPERSAMPLING, Painter
from scumble.streets.plants.leaves import leaf_colours, paint_clumps

LIGHT = replace(
    random_light(np.random.default_rng(0)), direction=(0.0, 1.0, 0.0), sun=(0.7,) * 3, ambient=(0.5,) * 3
)


def painted(distance: float, radius: float = 1.0) -> Painter:
    painter = Painter(Camera(96, 96, 0.0, 1.5, 0.0, 1.0, 0.5), LIGHT, LabelSpace.load("camvid"))
    painter.surface("sky")
    centre, tone = np.array([[0.0, 1.5, distance]]), np.array([[0.4, 0.5, 0.2]])
    clumps = centre, np.array([radius]), np.array([[0.0, 0.0, -1.0]]), tone
    paint_clumps(painter, painter.surface("tree"), np.random.default_rng(0), clumps)
    return painter


def test_leaves_in_the_sun_are_the_lightest_and_those_inside_and_below_the_darkest() -> None:
    tones = np.full((4, 3), 0.5)
    above, aside, below, inside = leaf_colours(
        LIGHT, tones, np.array([[0, 1.0, 0], [1.0, 0, 0], [0, -1.0, 0], [0.0, 0, 0]])
    ).mean(1)
    assert above > aside > below
    assert aside > inside


def test_a_clump_has_about_the_size_that_its_radius_has_at_its_distance() -> None:
    for distance in (4.0, 9.0, 30.0):
        _, labels, _, _ = painted(distance).maps()
        rows, columns = np.nonzero(labels == 5)
        expected = 2 * 96 / distance
        assert 0.75 * expected - 1 < np.ptp(columns) + 1 < 1.25 * expected + 1
        assert abs(columns.mean() - 48) < 0.1 * expected + 1
        assert 0.4 < len(rows) / (np.pi * expected**2 / 4) < 1.2


def test_picture_and_map_change_at_the_same_places() -> None:
    painter = painted(5.0)
    drawn = np.asarray(painter.picture)[::SUPERSAMPLING, ::SUPERSAMPLING].any(2)
    np.testing.assert_array_equal(drawn, painter.index == 1)


def test_clumps_behind_the_camera_or_around_it_are_left_out() -> None:
    for distance in (-5.0, 0.0, 0.9):
        assert not painted(distance).index.any()
