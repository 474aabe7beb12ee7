"""Promises of pedestrians: who they are, where they stand, what is seen of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import Delaunay

from scumble.streets.parts import PARTS, part_number
from scumble.streets.people.body import body_pieces
from scumble.streets.people.pedestrians import Pedestrian, random_pedestrian, walking
from tests.streets.painter_fixture import empty_painter

INSTANCE = 1003


def person(seed: int, place: tuple[float, float] = (0.0, 3.0), heading: float = 0.5) -> Pedestrian:
    return random_pedestrian(np.random.default_rng(seed), place, heading)


def standing_person(heading: float) -> Pedestrian:
    """A slim person with arms down, without a bag, pale and black-haired."""
    one = person(1, heading=heading)
    body = replace(
        one.body,
        height=1.75,
        girth=1.0,
        hair=(0.05, 0.05, 0.05),
        skin=(0.9, 0.75, 0.65),
        hair_length=0.0,
        headgear=None,
        coat=0.0,
    )
    return replace(one, body=body, stride=0.0, elbows=(0.1, 0.1), look=0.0, bag=None)


def test_same_generator_draws_the_same_person_and_another_seed_another() -> None:
    pictures = []
    for seed in (4, 4, 5):
        canvas = empty_painter()
        person(seed).draw(canvas, INSTANCE)
        pictures.append(np.asarray(canvas.picture))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("heading", np.arange(8) * math.pi / 4)
def test_from_every_side_all_parts_of_a_near_person_are_seen_and_nothing_else(heading: float) -> None:
    for seed in range(4):
        canvas = empty_painter()
        person(seed, heading=heading).draw(canvas, INSTANCE)
        _, labels, instances, parts = canvas.maps()
        drawn = labels == canvas.space.index("pedestrian")
        assert set(np.unique(labels[~drawn])) == {canvas.space.index("sky")}
        assert set(np.unique(instances[drawn])) == {INSTANCE}
        assert set(np.unique(parts[drawn])) == set(range(1, len(PARTS["pedestrian"]) + 1))


@pytest.mark.parametrize("place", [(0.0, -5.0), (60.0, 5.0), (0.0, -0.1)])
def test_someone_out_of_sight_leaves_the_canvas_as_it_is(place: tuple[float, float]) -> None:
    canvas = empty_painter()
    before = np.asarray(canvas.picture)
    replace(person(2), place=place, stride=0.0, elbows=(0.0, 0.0), bag=None).draw(canvas, INSTANCE)
    assert np.array_equal(np.asarray(canvas.picture), before)


@pytest.mark.parametrize("z", [0.0, 0.3, 0.5])
def test_someone_at_the_camera_is_drawn_without_failing(z: float) -> None:
    for seed in range(3):
        person(seed, place=(0.0, z)).draw(empty_painter(), INSTANCE)


def test_feet_are_on_the_ground_and_within_the_footprint_of_the_shadow() -> None:
    for seed in range(40):
        one = person(seed, place=(2.0, 7.0), heading=seed * 0.7)
        pose = walking(one)
        feet = np.concatenate([pose.toes, pose.heels])
        assert 0.0 < feet[:, 1].min() < 0.06
        footprint, height = one.shadow
        assert (Delaunay(footprint).find_simplex(feet[:, [0, 2]]) >= 0).all()
        assert pose.head[1] < height


def test_a_standing_person_is_as_tall_as_the_body_says() -> None:
    one = standing_person(heading=0.0)
    canvas = empty_painter()
    one.draw(canvas, INSTANCE)
    rows = np.nonzero((canvas.maps()[2] == INSTANCE).any(1))[0]
    pixels = one.body.height * canvas.camera.focal * canvas.camera.height / one.place[1]
    assert len(rows) == pytest.approx(pixels, rel=0.08)


def test_the_face_is_seen_from_the_front_and_the_hair_from_behind() -> None:
    brightness = []
    for heading in (math.pi, 0.0):
        canvas = empty_painter()
        standing_person(heading).draw(canvas, INSTANCE)
        head = canvas.maps()[3] == part_number("pedestrian", "head")
        brightness.append(np.asarray(canvas.picture.reduce(2))[head].mean())
    assert brightness[0] > 1.5 * brightness[1]


def test_the_near_arm_covers_the_torso_and_the_torso_the_far_arm() -> None:
    one = standing_person(heading=math.pi / 2)
    canvas = empty_painter()
    pose = walking(one)
    pieces = body_pieces(canvas, one.body, pose)
    left, right = (piece.distance for piece in pieces if piece.part == "arm")
    (torso,) = (piece.distance for piece in pieces if piece.part == "torso")
    assert right < torso < left
    one.draw(canvas, INSTANCE)
    x, y = canvas.camera.project(canvas.camera.view(pose.elbows[1])).astype(int)
    assert canvas.maps()[3][y, x] == part_number("pedestrian", "arm")


def test_a_random_crowd_has_children_skirts_coats_bags_and_many_skins() -> None:
    rng = np.random.default_rng(0)
    crowd = [random_pedestrian(rng, (0.0, 5.0), 0.0) for _ in range(150)]
    assert min(p.body.height for p in crowd) < 1.4 < 1.7 < max(p.body.height for p in crowd)
    assert any(p.body.skirt > 0 for p in crowd)
    assert any(p.body.coat > 0 for p in crowd)
    assert {p.bag for p in crowd} == {None, "backpack", "shoulder bag", "shopping bag"}
    assert np.std([sum(p.body.skin) for p in crowd]) > 0.3
    assert 0.1 < np.mean([p.stride == 0 for p in crowd]) < 0.4
