"""Carriageway, markings, kerbs and pavements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera
from scumble.streets.ground import Ground, paint_ground, random_ground
from scumble.streets.light import random_light
from scumble.streets.painter import Painter
from scumble.streets.sky import paint_sky

SPACE = LabelSpace.load("camvid")


def painted(ground: Ground) -> tuple[np.ndarray, np.ndarray, Camera]:
    camera = Camera(width=200, height=100, x=0.0, eye=1.5, yaw=0.0, focal=1.0, horizon=0.4)
    painter = Painter(camera, random_light(np.random.default_rng(0)), SPACE)
    paint_sky(painter, np.random.default_rng(0))
    paint_ground(painter, ground)
    return np.asarray(painter.picture.reduce(2)), painter.maps()[1], camera


@pytest.mark.parametrize("seed", range(8))
def test_road_lies_between_pavements_under_the_sky(seed: int) -> None:
    ground = random_ground(np.random.default_rng(seed))
    _, labels, camera = painted(ground)
    row = labels[50]
    names = [SPACE.names[i] for i in row[np.r_[True, np.diff(row) != 0]]]
    assert names == ["pavement", "road", "pavement"]
    metres = (
        (row == SPACE.index("road")).sum() * camera.ground_distance()[50] / (camera.focal * camera.height)
    )
    assert metres == pytest.approx(2 * ground.road, rel=0.06)
    assert (labels[:39] == SPACE.index("sky")).all()
    assert not (labels[42:] == SPACE.index("sky")).any()


def test_markings_and_crossings_are_road() -> None:
    ground = replace(random_ground(np.random.default_rng(1)), edge_lines=False, crossing=None, lanes=2)
    plain, labels, _ = painted(ground)
    striped, same, _ = painted(replace(ground, crossing=5.0))
    assert np.array_equal(labels, same)
    changed = (plain != striped).any(2)
    assert changed.sum() > 50
    assert (labels[changed] == SPACE.index("road")).mean() > 0.98
