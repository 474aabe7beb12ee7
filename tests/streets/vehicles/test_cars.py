"""Promises of cars: what is seen of them from each side, and that nothing else is touched."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from scumble.streets.painter import SUPERSAMPLING
from scumble.streets.parts import PARTS, part_number
from scumble.streets.vehicles.car_bodies import STYLES, random_body
from scumble.streets.vehicles.cars import Car, random_car
from tests.streets.painter_fixture import empty_painter

INSTANCE = 8004
EIGHT = [k * math.pi / 4 for k in range(8)]


def car(seed: int, place: tuple[float, float] = (0.0, 7.0), heading: float = 0.0) -> Car:
    return random_car(np.random.default_rng(seed), place, heading)


def parts_of(one: Car) -> NDArray[np.int32]:
    canvas = empty_painter(eye=1.6)
    one.draw(canvas, INSTANCE)
    return canvas.maps()[3]


def seen(one: Car) -> set[str]:
    numbers = set(np.unique(parts_of(one)).tolist()) - {0}
    return {PARTS["car"][number - 1] for number in numbers}


def colour_of(one: Car, part: str) -> NDArray[np.float64]:
    """Mean colour of a part's samples."""
    canvas = empty_painter(eye=1.6)
    one.draw(canvas, INSTANCE)
    samples = np.asarray(canvas.picture)[::SUPERSAMPLING, ::SUPERSAMPLING]
    colour: NDArray[np.float64] = samples[canvas.maps()[3] == part_number("car", part)].mean(0)
    return colour


def test_same_generator_draws_the_same_car_and_another_seed_another() -> None:
    pictures = []
    for seed in (4, 4, 5):
        canvas = empty_painter(eye=1.6)
        car(seed).draw(canvas, INSTANCE)
        pictures.append(np.asarray(canvas.picture))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("heading", [0.6, 2.5, 3.8, 5.7])
def test_every_style_shows_all_parts_when_seen_at_an_angle(style: str, heading: float) -> None:
    one = replace(car(2, heading=heading), body=random_body(np.random.default_rng(7), style))
    assert seen(one) == set(PARTS["car"])


@pytest.mark.parametrize("heading", EIGHT)
def test_windows_wheels_lights_and_chassis_show_from_all_sides(heading: float) -> None:
    for seed in range(4):
        assert seen(car(seed, heading=heading)) >= {"window", "wheel", "light", "chassis"}


def test_licence_plates_are_at_the_front_and_the_back_but_not_at_the_sides() -> None:
    for heading, there in ((0.0, True), (math.pi / 2, False), (math.pi, True), (-math.pi / 2, False)):
        assert ("license plate" in seen(car(1, heading=heading))) is there


def test_tail_lights_are_red_and_head_lights_are_not() -> None:
    tail, head = colour_of(car(1), "light"), colour_of(car(1, heading=math.pi), "light")
    assert tail[0] > 3 * tail[1]
    assert head.max() < 1.5 * head.min()


def test_tyres_are_darker_than_a_white_car() -> None:
    one = replace(car(1, heading=math.pi / 2), paint=(0.9, 0.9, 0.9))
    assert colour_of(one, "wheel").mean() < 0.6 * colour_of(one, "chassis").mean()


def test_only_the_cars_own_class_and_instance_are_drawn() -> None:
    for seed in range(12):
        canvas = empty_painter(eye=1.6)
        car(seed, heading=float(seed)).draw(canvas, INSTANCE)
        _, labels, instances, parts = canvas.maps()
        drawn = instances == INSTANCE
        assert drawn.any()
        assert (labels[drawn] == canvas.space.index("car")).all()
        assert (parts[drawn] > 0).all()
        assert (labels[~drawn] == 0).all()
        assert (parts[~drawn] == 0).all()


@pytest.mark.parametrize("distance", [6.0, 12.0, 30.0])
def test_one_cannot_see_through_a_car(distance: float) -> None:
    for seed in range(16):
        drawn = parts_of(car(seed, (0.5, distance), heading=0.8 * seed)) > 0
        assert np.array_equal(binary_fill_holes(drawn), drawn)


def test_a_car_turned_left_mirrors_one_turned_right() -> None:
    for seed in range(4):
        right, left = parts_of(car(seed, heading=0.9)), parts_of(car(seed, heading=-0.9))
        # The maps take the left sample of each pixel, so borders may move by one.
        same = [np.roll(right[:, ::-1], step, axis=1) == left for step in (-1, 0, 1)]
        assert np.logical_or.reduce(same).mean() > 0.98


def test_a_far_car_has_the_outline_of_a_detailed_one() -> None:
    one = car(3, (0.0, 16.0), heading=0.7)
    areas = []
    for focal in (1.0, 3.0):
        canvas = empty_painter(eye=1.6, focal=focal)
        one.draw(canvas, INSTANCE)
        areas.append((canvas.maps()[3] > 0).sum() / focal**2)
    assert areas[0] == pytest.approx(areas[1], rel=0.15)


@pytest.mark.parametrize("place", [(0.0, -8.0), (60.0, 10.0), (-60.0, 10.0)])
def test_nothing_is_drawn_behind_the_camera_or_out_of_sight(place: tuple[float, float]) -> None:
    assert not parts_of(car(1, place, 0.4)).any()


def test_a_car_that_reaches_behind_the_camera_is_cut() -> None:
    assert parts_of(car(1, (2.2, 1.0), 0.0)).any()


@pytest.mark.parametrize("heading", EIGHT)
def test_footprint_is_as_large_as_the_body_and_turned_with_it(heading: float) -> None:
    one = car(1, (3.0, 9.0), heading)
    footprint, height = one.shadow
    along = footprint[2:].mean(0) - footprint[:2].mean(0)
    assert np.allclose(footprint.mean(0), (3, 9))
    assert np.allclose(along, one.body.length * np.array([math.sin(heading), math.cos(heading)]))
    assert np.linalg.norm(footprint[1] - footprint[0]) == pytest.approx(one.body.width)
    assert height == one.body.height


def test_colours_differ_strongly_between_cars() -> None:
    paints = np.array([car(seed).paint for seed in range(60)])
    apart = np.abs(paints[:, None] - paints[None]).max(-1)
    assert np.median(apart[np.triu_indices(60, 1)]) > 0.25
    assert len(np.unique(paints, axis=0)) == 60
