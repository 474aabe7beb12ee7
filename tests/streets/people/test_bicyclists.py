"""Promises of bicyclists: how they sit, what their wheels let through, what is seen of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import Delaunay

from scumble.streets.camera import FloatArray
from scumble.streets.parts import PARTS, part_number
from scumble.streets.people.bicyclists import FRONT, REAR, WHEEL, Bicyclist, random_bicyclist, riding
from scumble.streets.people.body import proportions
from scumble.streets.prop import standing
from tests.streets.painter_fixture import empty_painter

INSTANCE = 1007


def rider(seed: int, place: tuple[float, float] = (0.0, 3.2), heading: float = 0.5) -> Bicyclist:
    return random_bicyclist(np.random.default_rng(seed), place, heading)


def test_same_generator_draws_the_same_bicyclist_and_another_seed_another() -> None:
    pictures = []
    for seed in (4, 4, 5):
        canvas = empty_painter()
        rider(seed).draw(canvas, INSTANCE)
        pictures.append(np.asarray(canvas.picture))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("heading", np.arange(8) * math.pi / 4 + 0.1)
def test_from_every_side_all_parts_of_a_near_bicyclist_are_seen_and_nothing_else(heading: float) -> None:
    for seed in range(3):
        canvas = empty_painter()
        rider(seed, heading=heading).draw(canvas, INSTANCE)
        _, labels, instances, parts = canvas.maps()
        drawn = labels == canvas.space.index("bicyclist")
        assert set(np.unique(labels[~drawn])) == {canvas.space.index("sky")}
        assert set(np.unique(instances[drawn])) == {INSTANCE}
        assert set(np.unique(parts[drawn])) == set(range(1, len(PARTS["bicyclist"]) + 1))


def test_wheels_are_round_and_one_sees_through_them() -> None:
    canvas = empty_painter()
    one = replace(rider(0, heading=math.pi / 2), body=replace(rider(0).body, height=1.75))
    one.draw(canvas, INSTANCE)
    _, labels, _, parts = canvas.maps()
    wheel = parts == part_number("bicyclist", "wheel")
    rows, columns = np.nonzero(wheel & (np.arange(96) > 48))
    across, down = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert across == pytest.approx(down, abs=2)
    box = labels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    inside = box[down // 4 : -(down // 4), across // 4 : -(across // 4)]
    assert (inside == canvas.space.index("sky")).mean() > 0.2


@pytest.mark.parametrize("place", [(0.0, -5.0), (60.0, 5.0)])
def test_a_bicyclist_out_of_sight_leaves_the_canvas_as_it_is(place: tuple[float, float]) -> None:
    canvas = empty_painter()
    before = np.asarray(canvas.picture)
    rider(2, place=place).draw(canvas, INSTANCE)
    assert np.array_equal(np.asarray(canvas.picture), before)


@pytest.mark.parametrize("z", [0.0, 0.5])
def test_a_bicyclist_at_the_camera_is_drawn_without_failing(z: float) -> None:
    for seed in range(3):
        rider(seed, place=(0.0, z)).draw(empty_painter(), INSTANCE)


def lengths(start: FloatArray, end: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(end - start, axis=-1))


def test_limbs_keep_their_lengths_between_pedals_saddle_and_grips() -> None:
    for seed in range(40):
        one = rider(seed)
        pose, size = riding(one), proportions(one.body)
        assert lengths(pose.hips, pose.knees) == pytest.approx(size.thigh)
        assert lengths(pose.knees, pose.ankles) == pytest.approx(size.shin)
        assert lengths(pose.shoulders, pose.elbows) == pytest.approx(size.upper_arm)
        assert lengths(pose.elbows, pose.hands) == pytest.approx(size.forearm)


def test_knees_point_ahead_and_the_low_pedal_stretches_the_leg() -> None:
    one = replace(rider(1, place=(0.0, 0.0), heading=0.0), phase=0.0)
    pose = riding(one)
    assert (pose.knees[:, 2] > pose.hips[:, 2]).all()
    left, right = lengths(pose.hips, pose.ankles)
    assert left > 0.93 * (proportions(one.body).thigh + proportions(one.body).shin) > right


def test_low_grips_far_ahead_make_the_rider_lean_forward() -> None:
    one = rider(1, place=(0.0, 0.0), heading=0.0)
    poses = [riding(replace(one, grips=grips)) for grips in ((0.25, 1.08, 0.24), (0.25, 0.94, 0.48))]
    leans = [pose.neck[2] - pose.pelvis[2] for pose in poses]
    assert leans[1] > leans[0] + 0.15


def test_the_footprint_of_the_shadow_encloses_wheels_and_feet() -> None:
    for seed in range(20):
        one = rider(seed, place=(2.0, 7.0), heading=seed * 0.7)
        footprint, height = one.shadow
        pose = riding(one)
        wheels = np.array([[0, 0, REAR[2] - WHEEL], [0, 0, FRONT[2] + WHEEL]]) * one.body.height / 1.75
        low = np.concatenate([pose.toes, pose.heels, standing(wheels, one.place, one.heading)])
        assert (Delaunay(footprint).find_simplex(low[:, [0, 2]]) >= 0).all()
        assert 0.85 * height < pose.head[1] < 1.05 * height


def test_random_bicyclists_differ_in_helmets_frames_and_baggage() -> None:
    rng = np.random.default_rng(0)
    riders = [random_bicyclist(rng, (0.0, 5.0), 0.0) for _ in range(60)]
    assert 0.4 < np.mean([one.body.headgear == "helmet" for one in riders]) < 0.8
    assert len({one.frame for one in riders}) == 60
    assert {one.step_through for one in riders} == {True, False}
    assert {one.basket is None for one in riders} == {True, False}
    assert {one.backpack is None for one in riders} == {True, False}
