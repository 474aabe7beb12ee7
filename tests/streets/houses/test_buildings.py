"""Houses along a street."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera, FloatArray
from scumble.streets.houses.architecture import Head, Railing, Roof
from scumble.streets.houses.buildings import Building, random_building
from scumble.streets.houses.glass import glass_colours
from scumble.streets.houses.house_styles import random_style
from scumble.streets.light import Light
from scumble.streets.painter import Painter

SPACE = LabelSpace.load("camvid")
SKY = SPACE.index("sky")
BUILDING = SPACE.index("building")
LIGHT = Light(
    (0.5, 0.7, -0.5), (0.6, 0.6, 0.55), (0.5, 0.5, 0.52), (0.3, 0.5, 0.8), (0.8, 0.85, 0.9), 300.0, 0.2
)


def make_painter(yaw: float = 0.0, x: float = 0.0) -> Painter:
    painter = Painter(Camera(96, 96, x, 1.6, yaw, 1.1, 0.6), LIGHT, SPACE)
    painter.surface("sky")
    return painter


def house(seed: int = 0, z0: float = 12.0, side: int = 1) -> Building:
    return random_building(np.random.default_rng(seed), side * 7.0, z0, 12.0, 10.0, side)


def picture(building: Building, yaw: float = 0.0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    painter = make_painter(yaw)
    building.draw(painter, 0)
    return np.asarray(painter.picture)


def drawn(building: Building, yaw: float = 0.0) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    painter = make_painter(yaw)
    building.draw(painter, 0)
    return np.asarray(painter.maps()[1] == BUILDING)


def test_the_same_seed_gives_the_same_picture_and_another_seed_another() -> None:
    assert np.array_equal(picture(house(3)), picture(house(3)))
    assert not np.array_equal(picture(house(3)), picture(house(4)))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("yaw", [-1.2, -0.5, 0.0, 0.5, 1.2])
def test_every_pixel_of_a_house_is_building_without_instance_or_part(seed: int, yaw: float) -> None:
    painter = make_painter(yaw)
    for side in (-1, 1):
        house(seed, -6.0, side).draw(painter, 5007)
        house(seed + 50, 6.0, side).draw(painter, 5008)
    _, labels, instances, parts = painter.maps()
    assert set(np.unique(labels)) == {SKY, BUILDING}
    assert set(np.unique(instances)) == {SKY, BUILDING}
    assert not parts.any()


def test_a_house_stands_on_its_own_side_of_the_street() -> None:
    right, left = drawn(house(side=1)), drawn(house(side=-1))
    assert right.any()
    assert left.any()
    assert not right[:, :48].any()
    assert not left[:, 48:].any()


def test_the_end_that_faces_the_camera_is_drawn() -> None:
    painter = make_painter()
    building = house(z0=30.0)
    building.draw(painter, 0)
    seen = painter.camera.view(np.array([[building.x + 4.0, 1.0, 30.0]]))
    column, row = (int(c) for c in painter.camera.project(seen)[0])
    assert painter.maps()[1][row, column] == BUILDING


def test_a_front_that_reaches_behind_the_camera_fills_the_view_across_the_street() -> None:
    wide = replace(house(z0=-30.0), length=60.0)
    assert drawn(wide, yaw=np.pi / 2)[30:60].all()


@pytest.mark.parametrize("z0", [-60.0, -25.0])
def test_a_house_behind_the_camera_leaves_the_picture_as_it_is(z0: float) -> None:
    painter = make_painter()
    house(z0=z0).draw(painter, 0)
    assert not np.asarray(painter.picture).any()


def test_a_house_beside_the_view_leaves_the_picture_as_it_is() -> None:
    assert not picture(house(z0=12.0, side=-1), yaw=1.2).any()


def test_place_is_the_middle_of_the_front() -> None:
    assert house(z0=12.0).place == (7.0, 18.0)


@pytest.mark.parametrize("side", [-1, 1])
def test_the_shadow_falls_from_the_whole_ground_plan_and_at_least_the_walls(side: int) -> None:
    building = house(z0=12.0, side=side)
    footprint, height = building.shadow
    x = sorted([side * 7.0, side * 17.0])
    assert footprint.min(0) == pytest.approx([x[0], 12.0])
    assert footprint.max(0) == pytest.approx([x[1], 24.0])
    assert height >= building.eaves


def test_sizes_are_those_of_houses() -> None:
    for seed in range(60):
        building = house(seed)
        assert 2 <= building.storeys <= 8
        assert 2.8 <= building.storey_height <= 3.6


@pytest.mark.parametrize("roof", get_args(Roof))
def test_every_roof_can_be_drawn_and_rises_above_the_walls(roof: Roof) -> None:
    building = house(1, z0=25.0)
    building = replace(building, storeys=2, style=replace(building.style, roof=roof))
    painter = make_painter(0.3)
    building.draw(painter, 0)
    top = np.flatnonzero((painter.maps()[1] == BUILDING).any(1))[0]
    seen = painter.camera.view(np.array([[building.x, building.eaves, building.z0]]))
    assert top < painter.camera.project(seen)[0, 1]


@pytest.mark.parametrize(
    "changes",
    [
        *({"railing": railing, "balcony": 1.0} for railing in get_args(Railing)),
        {"railing": "bars", "balcony": 0.12},
        *({"head": head} for head in get_args(Head) if head != "plain"),
        {"shutters": (0.2, 0.4, 0.3)},
        {"quoins": True},
        {"pilasters": True},
        {"string_courses": True},
        {"surround": 0.2},
        {"course": 0.4},
        {"lit": 1.0},
        {"curtains": 1.0},
    ],
)
def test_every_ornament_can_be_seen(changes: dict[str, object]) -> None:
    building = house(1, z0=3.0)
    plain = replace(
        building.style,
        railing=None, head="plain", shutters=None, quoins=False, pilasters=False, string_courses=False,
        surround=0.0, course=0.0, lit=0.0, curtains=0.0, sill=False, window=(0.5, 0.3, 0.8), panes=(2, 2),
        ground_floor=building.style.wall, trim=(0.9, 0.9, 0.85), wall=(0.6, 0.3, 0.2),
    )  # fmt: skip
    before = replace(building, style=plain, storeys=3, balcony_rhythm=1)
    after = replace(before, style=replace(plain, **changes))  # type: ignore[arg-type]
    assert not np.array_equal(picture(before, yaw=0.9), picture(after, yaw=0.9))


def test_upper_windows_reflect_the_sky_and_those_at_the_ground_the_houses_opposite() -> None:
    def panes(zenith: tuple[float, float, float]) -> FloatArray:
        light, viewer = replace(LIGHT, zenith=zenith), (-10.0, 1.6, 7.0)
        u, v, behind = np.array([5.0, 5.0]), np.array([1.8, 20.0]), np.full((2, 3), 0.1)
        return glass_colours(light, house().style, viewer, u, v, behind)

    lower, upper = np.abs(panes((0.1, 0.2, 1.0)) - panes((0.9, 0.9, 0.1))).max(1)
    assert upper > 0.05
    assert lower < 0.1 * upper


def test_colours_of_walls_vary_widely() -> None:
    rng = np.random.default_rng(0)
    walls = np.array([random_style(rng, 10.0, 4).wall for _ in range(200)])
    assert (walls.std(0) > 0.1).all()
    assert len(np.unique(walls.round(3), axis=0)) > 190
