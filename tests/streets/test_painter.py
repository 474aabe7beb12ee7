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
    kinds = np.array([False]), np.array([0])
    painter.stamp(np.array([[0.0, 1, -3]]), np.array([1.0]), GREY[None], kinds, surface)
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


def test_what_is_looked_at_in_between_makes_no_difference(painter: Painter) -> None:
    other = Painter(painter.camera, painter.light, painter.space)
    other.fill(painter.picture.copy(), other.surface("sky"))
    for canvas in (painter, other):
        canvas.faces(wall(8), GREY, canvas.surface("building"))
        if canvas is other:
            assert canvas.picture.getbbox() is not None
        canvas.faces(wall(6, 0.4), GREY * 0.5, canvas.surface("car", 8000, "wheel"))
    assert painter.picture.tobytes() == other.picture.tobytes()
    assert all(np.array_equal(a, b) for a, b in zip(painter.maps(), other.maps(), strict=True))


def test_each_face_can_have_its_own_surface(painter: Painter) -> None:
    surfaces = np.array([painter.surface("building"), painter.surface("tree")])
    painter.faces(np.concatenate([wall(8), wall(8, 0.5)]), GREY, surfaces)
    labels = painter.maps()[1]
    assert labels[32, 48] == SPACE.index("tree")
    assert labels[32, 41] == SPACE.index("building")


def test_glossy_faces_cannot_be_seen_from_behind_and_matt_ones_can(painter: Painter) -> None:
    surface, gloss = painter.surface("car", 8000, "chassis"), np.ones(1)
    painter.faces(wall(8), GREY, surface, gloss=gloss)
    assert not (painter.index == surface).any()
    painter.faces(wall(8)[:, ::-1], GREY, surface, gloss=gloss)
    seen = painter.index == surface
    assert seen.any()
    painter.faces(wall(8), GREY, surface)
    assert np.array_equal(painter.index == surface, seen)


def test_faces_that_are_too_thin_can_be_left_out(painter: Painter) -> None:
    surface = painter.surface("building")
    painter.faces(wall(8, 0.001), GREY, surface, thinnest=0.6)
    assert not (painter.index == surface).any()
    painter.faces(wall(8, 0.001), GREY, surface)
    assert (painter.index == surface).any()


def test_unknown_classes_and_parts_are_refused(painter: Painter) -> None:
    with pytest.raises(Exception, match="tram"):
        painter.surface("tram")
    with pytest.raises(ValueError, match="tuple"):
        painter.surface("car", 8000, "wing")
