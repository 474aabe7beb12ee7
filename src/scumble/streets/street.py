"""What stands where on a street: drawn from a seed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scumble.streets.camera import Camera
from scumble.streets.dice import one_of
from scumble.streets.furniture import random_fence, random_pole, random_sign
from scumble.streets.ground import Ground, random_ground
from scumble.streets.houses.buildings import random_building
from scumble.streets.light import Light, random_light
from scumble.streets.people.bicyclists import random_bicyclist
from scumble.streets.people.pedestrians import random_pedestrian
from scumble.streets.plants.trees import random_hedge, random_tree
from scumble.streets.prop import Prop
from scumble.streets.vehicles.cars import random_car

REACH = 130.0
"""Metres ahead up to which a street is furnished; haze and the far treeline hide the rest."""
_BEHIND = -14.0
_CLEAR = 3.2
"""Nothing stands within so many metres of the camera."""


@dataclass(frozen=True)
class Street:
    """Everything that a picture shows."""

    camera: Camera
    light: Light
    ground: Ground
    houses: tuple[Prop, ...]
    """What stands behind the pavements: buildings and gardens."""
    props: tuple[Prop, ...]
    """What stands on the road and the pavements."""


def random_street(rng: np.random.Generator, width: int, height: int) -> Street:
    """A street and a view of it.

    Args:
        rng: of everything.
        width: of the picture in pixels.
        height: of the picture in pixels.
    """
    light, ground = random_light(rng), random_ground(rng)
    camera = _random_camera(rng, ground, width, height)
    houses: list[Prop] = []
    props: list[Prop] = []
    for side in (-1, 1):
        setback = one_of(rng, (0.0, 0.0, float(rng.uniform(2, 6))))
        houses += _houses(rng, ground, side, setback)
        props += _border(rng, ground, side, setback)
        props += _parked(rng, ground, side)
        props += _kerbside(rng, ground, side)
        props += _walkers(rng, ground, side)
    props += _traffic(rng, ground)
    return Street(camera, light, ground, tuple(houses), tuple(p for p in props if _clear_of(p, camera)))


def _random_camera(rng: np.random.Generator, ground: Ground, width: int, height: int) -> Camera:
    """From a car in its lane, along the street; or from a pavement, across it."""
    horizon, focal = float(rng.uniform(0.45, 0.62)), float(rng.uniform(0.85, 1.45))
    if rng.random() < 0.65:
        x = float(one_of(rng, (-0.5, 0.5)) * ground.road + rng.uniform(-0.6, 0.6))
        yaw = float(rng.normal(0, 0.12))
        eye = float(rng.uniform(1.25, 2.3))
    else:
        side = one_of(rng, (-1, 1))
        x = side * float(ground.road + rng.uniform(-1, 0.7) * min(ground.pavement, 1.5))
        yaw = -side * float(rng.uniform(0.25, 1.15))
        eye = float(rng.uniform(1.45, 2.6))
    return Camera(width, height, x, eye, yaw, focal, horizon)


def _houses(rng: np.random.Generator, ground: Ground, side: int, setback: float) -> Iterator[Prop]:
    x = side * (ground.road + ground.pavement + setback)
    z = _BEHIND - rng.uniform(0, 10)
    open_ground = one_of(rng, (0.08, 0.15, 0.45))
    while z < REACH:
        if rng.random() < open_ground:
            gap = rng.uniform(6, 22)
            for place in np.arange(z + 2, z + gap - 1, rng.uniform(3.5, 7)):
                yield random_tree(rng, (x + side * float(rng.uniform(2, 7)), float(place)))
            z += gap
            continue
        length = float(rng.uniform(6, 19))
        yield random_building(rng, x, z, length, float(rng.uniform(8, 13)), side)
        z += length + (float(rng.uniform(1.5, 5)) if rng.random() < 0.25 else 0.0)


def _border(rng: np.random.Generator, ground: Ground, side: int, setback: float) -> Iterator[Prop]:
    """Fences and hedges between pavement and gardens, and now and then along the kerb."""
    at_garden = setback > 0 and rng.random() < 0.85
    at_kerb = rng.random() < 0.15
    for wanted, x in (
        (at_garden, side * (ground.road + ground.pavement - 0.1)),
        (at_kerb, side * (ground.road + 0.35)),
    ):
        z = _BEHIND
        hedge = rng.random() < 0.35 and x != side * (ground.road + 0.35)
        while wanted and z < 70:
            length = float(rng.uniform(4, 9))
            make = random_hedge if hedge else random_fence
            if rng.random() < 0.85:
                yield make(rng, (x, z + length / 2), 0.0, length)
            z += length + one_of(rng, (0.0, 1.5))


def _parked(rng: np.random.Generator, ground: Ground, side: int) -> Iterator[Prop]:
    density = one_of(rng, (0.0, 0.35, 0.6, 0.8))
    z = _BEHIND + rng.uniform(0, 6)
    while z < 75:
        if rng.random() < density:
            x = side * (ground.road - 1.05 + float(rng.normal(0, 0.08)))
            facing = 0.0 if (side > 0) != (rng.random() < 0.15) else math.pi
            yield random_car(rng, (x, float(z)), facing + float(rng.normal(0, 0.03)))
        z += rng.uniform(5.4, 7.5)


def _traffic(rng: np.random.Generator, ground: Ground) -> Iterator[Prop]:
    """Cars in the lanes, bicyclists beside them, people who cross."""
    lane = 2 * ground.road / ground.lanes
    for i in range(ground.lanes):
        x = -ground.road + (i + 0.5) * lane
        facing = 0.0 if x > 0 else math.pi
        z = float(rng.uniform(5, 40))
        while z < 90:
            if rng.random() < 0.45:
                yield random_car(rng, (x + float(rng.normal(0, 0.2)), z), facing + float(rng.normal(0, 0.05)))
            z += float(rng.uniform(9, 30))
    for _ in range(rng.poisson(0.9)):
        side = one_of(rng, (-1, 1))
        heading = (0.0 if side > 0 else math.pi) + float(rng.normal(0, 0.1))
        x = side * (ground.road - float(rng.uniform(1.9, 3.0)))
        yield random_bicyclist(rng, (x, float(rng.uniform(4, 35))), heading)
    for _ in range(rng.poisson(0.5)):
        z = ground.crossing + 1.5 if ground.crossing else float(rng.uniform(8, 30))
        place = float(rng.uniform(-1, 1) * ground.road), z + float(rng.normal(0, 0.8))
        yield random_pedestrian(rng, place, math.pi / 2 * one_of(rng, (-1, 1)))
    if rng.random() < 0.12:
        across = math.pi / 2 * one_of(rng, (-1, 1))
        yield random_car(rng, (float(rng.uniform(-2, 2)), float(rng.uniform(9, 25))), across)


def _kerbside(rng: np.random.Generator, ground: Ground, side: int) -> Iterator[Prop]:
    """Trees, lamps, posts and signs in a line near the kerb."""
    x = side * (ground.road + 0.55)
    to_road = -side * math.pi / 2
    trees = rng.random() < 0.5 and ground.pavement > 2.2
    spacing = float(rng.uniform(7, 15))
    for z in np.arange(_BEHIND + rng.uniform(0, spacing), REACH, spacing):
        kind = rng.random()
        place = x, float(z + rng.normal(0, 0.6))
        if trees and kind < 0.7:
            yield random_tree(rng, place)
        elif kind < 0.8 or (not trees and kind < 0.5):
            yield random_pole(rng, place, to_road)
        if z < 60 and rng.random() < 0.3:
            towards = math.pi if rng.random() < 0.8 else float(rng.uniform(0, 2 * math.pi))
            yield random_sign(rng, (x, place[1] + spacing / 2), towards)


def _walkers(rng: np.random.Generator, ground: Ground, side: int) -> Iterator[Prop]:
    for _ in range(rng.poisson(one_of(rng, (1.0, 2.5, 5.0)))):
        x = side * (ground.road + float(rng.uniform(0.8, max(ground.pavement - 0.4, 1.0))))
        heading = one_of(rng, (0.0, math.pi)) + float(rng.normal(0, 0.35))
        yield random_pedestrian(rng, (x, float(rng.uniform(4, 12) * rng.uniform(0.8, 3))), heading)


def _clear_of(prop: Prop, camera: Camera) -> bool:
    """Whether the camera stands well outside a prop."""
    x, z = prop.shadow[0].T.tolist()
    return not (min(x) - _CLEAR < camera.x < max(x) + _CLEAR and min(z) - _CLEAR < 0 < max(z) + _CLEAR)
