"""Shadows on the ground."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera
from scumble.streets.light import random_light
from scumble.streets.painter import Painter
from scumble.streets.shadows import cast_shadows


def painted_ground() -> Painter:
    camera = Camera(width=96, height=64, x=0.0, eye=1.5, yaw=0.0, focal=1.0, horizon=0.5)
    painter = Painter(camera, random_light(np.random.default_rng(0)), LabelSpace.load("camvid"))
    painter.surface("sky")
    ground = np.array([[[-50.0, 0, 1], [50, 0, 1], [50, 0, 200], [-50, 0, 200]]])
    painter.faces(ground, np.array([0.5, 0.5, 0.5]), painter.surface("road"))
    return painter


SQUARE = np.array([[-1.0, 6], [1, 6], [1, 9], [-1, 9]])


def test_shadows_darken_the_picture_and_leave_the_maps() -> None:
    painter = painted_ground()
    before, maps = np.asarray(painter.picture).astype(int), painter.maps()
    cast_shadows(painter, [(SQUARE, 0.1)], darkest=0.5)
    after = np.asarray(painter.picture).astype(int)
    assert (after <= before).all()
    x, y = painter.camera.project(painter.camera.view(np.array([[0.0, 0, 7.5]])))[0] * 2
    assert after[int(y), int(x)] == pytest.approx(before[int(y), int(x)] * 0.5, abs=3)
    assert all(np.array_equal(a, b) for a, b in zip(maps, painter.maps(), strict=True))


def test_no_shadow_in_sight_leaves_the_picture_as_it_is() -> None:
    painter = painted_ground()
    before = painter.picture.tobytes()
    cast_shadows(painter, [])
    cast_shadows(painter, [(SQUARE - np.array([0, 90.0]), 0.0)])
    assert painter.picture.tobytes() == before


def test_what_is_high_throws_a_longer_shadow_away_from_the_sun() -> None:
    dark = []
    for height in (0.0, 1.0, 3.0):
        painter = painted_ground()
        before = np.asarray(painter.picture).astype(int)
        cast_shadows(painter, [(SQUARE, height)])
        dark.append(np.asarray((np.asarray(painter.picture).astype(int) < before).any(2)))
    assert dark[0].sum() < dark[1].sum() < dark[2].sum()
    assert dark[1][dark[0]].all()
    assert dark[2][dark[1]].all()
