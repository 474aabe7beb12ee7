"""Drawing into a picture and into the maps at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera
from scumble.streets.light import random_light
from scumble.streets.painter import Painter
from scumble.streets.sky import paint_sky

SPACE = LabelSpace.load("camvid")
CAR, ROAD, SKY = (SPACE.index(name) for name in ("car", "road", "sky"))
GREY = np.array([0.5, 0.5, 0.5])


@pytest.fixture
def painter() -> Painter:
    camera = Camera(width=96, height=64, x=0.0, eye=1.5, yaw=0.0, focal=1.0, horizon=0.5)
    painter = Painter(camera, random_light(np.random.default_rng(0)), SPACE)
    paint_sky(painter, np.random.default_rng(0))
    return painter


def wall(z: float, half: float = 1.0) -> np.ndarray:
    return np.array([[[-half, 0.5, z], [half, 0.5, z], [half, 2.5, z], [-half, 2.5, z]]])


def test_an_empty_canvas_is_sky(painter: Painter) -> None:
    _, labels, instances, parts = painter.maps()
    assert labels.shape == (64, 96)
    assert (labels == SKY).all()
    assert (instances == SKY).all()
    assert not parts.any()


def test_later_faces_cover_earlier_ones_in_picture_and_maps(painter: Painter) -> None:
    painter.faces(wall(8), np.array([1.0, 0, 0]), painter.surface("car", 8000, "chassis"), shaded=False)
    painter.faces(wall(8, 0.5), np.array([0.0, 1, 0]), painter.surface("car", 8000, "window"), shaded=False)
    _, labels, instances, parts = painter.maps()
    assert set(np.unique(labels)) == {SKY, CAR}
    assert (instances[labels == CAR] == 8000).all()
    assert set(np.unique(parts)) == {0, 1, 5}
    picture = np.asarray(painter.picture.reduce(2)).astype(int)
    assert (picture[parts == 1].mean(0)[1] > picture[parts == 1].mean(0)[0]).all()
    assert picture[parts == 5].mean(0)[0] > picture[parts == 5].mean(0)[1]


def test_the_wall_is_where_the_camera_says(painter: Painter) -> None:
    painter.faces(wall(8), GREY, painter.surface("building"))
    rows, columns = np.nonzero(painter.maps()[1] == SPACE.index("building"))
    assert (columns.min(), columns.max()) == pytest.approx((40, 56), abs=1)
    assert (rows.min(), rows.max()) == pytest.approx((24, 40), abs=1)


def test_faces_behind_the_camera_or_aside_draw_nothing(painter: Painter) -> None:
    before = painter.picture.tobytes()
    surface = painter.surface("building")
    painter.faces(wall(-8), GREY, surface)
    painter.faces(wall(8) + np.array([100.0, 0, 0]), GREY, surface)
    painter.blobs(np.array([[0.0, 1, -3]]), np.array([1.0]), GREY[None], surface)
    assert painter.picture.tobytes() == before


def test_a_face_that_reaches_behind_the_camera_is_cut(painter: Painter) -> None:
    ground = np.array([[[-50.0, 0, -20], [50, 0, -20], [50, 0, 200], [-50, 0, 200]]])
    painter.faces(ground, GREY, painter.surface("road"))
    labels = painter.maps()[1]
    assert (labels[34:] == ROAD).all()
    assert (labels[:32] == SKY).all()


def test_sides_away_from_the_sun_are_darker(painter: Painter) -> None:
    light = painter.light
    to_sun, away = (replace(light, direction=(0.0, 0.6, z)) for z in (-0.8, 0.8))
    tones = []
    for turned in (to_sun, away):
        painter.light = turned
        painter.faces(wall(8), GREY, painter.surface("building"))
        tones.append(np.asarray(painter.picture.reduce(2))[32, 48].astype(int))
    assert (tones[0] > tones[1]).all()


def test_shadows_darken_the_picture_and_leave_the_maps(painter: Painter) -> None:
    ground = np.array([[[-50.0, 0, 1], [50, 0, 1], [50, 0, 200], [-50, 0, 200]]])
    painter.faces(ground, GREY, painter.surface("road"))
    before, maps = np.asarray(painter.picture).astype(int), painter.maps()
    square = np.array([[-1.0, 6], [1, 6], [1, 9], [-1, 9]])
    painter.cast_shadows([(square, 0.1)], darkest=0.5)
    after = np.asarray(painter.picture).astype(int)
    assert (after <= before).all()
    x, y = painter.camera.project(painter.camera.view(np.array([[0.0, 0, 7.5]])))[0] * 2
    assert after[int(y), int(x)] == pytest.approx(before[int(y), int(x)] * 0.5, abs=3)
    assert all(np.array_equal(a, b) for a, b in zip(maps, painter.maps(), strict=True))


def test_blobs_are_balls_of_their_radius(painter: Painter) -> None:
    painter.blobs(np.array([[0.0, 1.5, 8.0]]), np.array([1.0]), GREY[None], painter.surface("tree"))
    area = int((painter.maps()[1] == SPACE.index("tree")).sum())
    assert area == pytest.approx(np.pi * 8**2, rel=0.1)


def test_unknown_classes_and_parts_are_refused(painter: Painter) -> None:
    with pytest.raises(Exception, match="tram"):
        painter.surface("tram")
    with pytest.raises(ValueError, match="tuple"):
        painter.surface("car", 8000, "wing")
