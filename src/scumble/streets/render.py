"""From a seed to a scene."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scumble.instances import INSTANCES_PER_CLASS, SMALLEST_INSTANCE
from scumble.label_space import LabelSpace
from scumble.scene import Scene
from scumble.streets.finish import finish
from scumble.streets.ground import paint_ground
from scumble.streets.painter import Painter
from scumble.streets.parts import part_number
from scumble.streets.prop import Prop
from scumble.streets.shadows import cast_shadows
from scumble.streets.sky import paint_sky
from scumble.streets.street import Street, random_street
from scumble.streets.texture import cloud_noise

_OVERHANG = 3.0
"""Metres by which crowns and arms of lamps may stick out over the footprint of a prop."""
LABEL_SPACE = "camvid"
"""Streets have the eleven classes of CamVid."""


def render_street(seed: int, width: int = 256, height: int = 256) -> Scene:
    """A photograph-like street scene with exact label, instance and part maps.

    One seed and size always gives the same bytes. Things are numbered as everywhere in scumble
    (``class * 1000 + k``); those of which fewer than 20 pixels can be seen, and cars of which nothing but
    windows, wheels or lights can be seen, have their class id and no parts.

    Args:
        seed: of everything, at least 0.
        width: in pixels.
        height: in pixels.
    """
    rng = np.random.default_rng(seed)
    street = random_street(rng, width, height)
    space = _label_space()
    painter = Painter(street.camera, street.light, space)
    paint_sky(painter, rng)
    paint_ground(painter, street.ground)
    _paint_far_trees(painter, rng)
    shadows = [prop.shadow for prop in (*street.houses, *street.props)]
    cast_shadows(painter, shadows)
    contact = [(footprint, 0.0) for footprint, _ in shadows[len(street.houses) :]]
    cast_shadows(painter, contact, softness=0.01, darkest=0.55)
    _paint_props(painter, street)
    index, labels, instances, parts = painter.maps()
    image = finish(painter, index, rng)
    _group_fragments(labels, instances, parts, space)
    return Scene(image, labels, instances, space, parts)


@cache
def _label_space() -> LabelSpace:
    return LabelSpace.load(LABEL_SPACE)


def _paint_far_trees(painter: Painter, rng: np.random.Generator) -> None:
    """A line of hazy trees at the horizon, where the street ends."""
    camera = painter.camera
    tree = painter.surface("tree", grain=0.03, blotch=0.06)
    x = np.linspace(0, camera.width, 65)
    height = camera.height * 0.035 * (1.2 + cloud_noise(rng, 65, 1, (14, 1))[0])
    ground = camera.horizon * camera.height + 1
    outline = np.concatenate([np.stack([x, ground - height], 1), [[camera.width, ground], [0, ground]]])
    green = np.array([0.25, 0.32, 0.20]) * rng.uniform(0.8, 1.2)
    lit = painter.light.shade(green[None], np.array([[0.0, 0.6, -0.8]]))
    painter.flat(outline, painter.light.fade(lit, np.array([170.0]))[0], tree)


def _paint_props(painter: Painter, street: Street) -> None:
    counts: dict[str, int] = {}
    first_id = {name: i * INSTANCES_PER_CLASS for i, name in enumerate(painter.space.names)}
    # Buildings are long, so that distances do not say which hides which: all stand behind the props.
    for group in (street.houses, street.props):
        for prop in sorted(group, key=lambda prop: -_distance(painter, prop)):
            number = counts.get(prop.class_name, 0)
            counts[prop.class_name] = number + 1
            if not painter.camera.misses(prop.shadow[0], _OVERHANG):
                prop.draw(painter, first_id[prop.class_name] + number)


def _distance(painter: Painter, prop: Prop) -> float:
    x, z = prop.place
    return math.hypot(x - painter.camera.x, z)


def _group_fragments(
    labels: NDArray[np.int32], instances: NDArray[np.int32], parts: NDArray[np.int32], space: LabelSpace
) -> None:
    """Give instances that cannot be told for what they are their class id and no parts, in place."""
    things, areas = np.unique(instances[instances >= INSTANCES_PER_CLASS], return_counts=True)
    car, body = space.index("car"), part_number("car", "chassis")
    with_body = set(np.unique(instances[(labels == car) & (parts == body)]).tolist())
    fragments = [
        thing
        for thing, area in zip(things.tolist(), areas.tolist(), strict=True)
        if area < SMALLEST_INSTANCE or (thing // INSTANCES_PER_CLASS == car and thing not in with_body)
    ]
    scattered = np.isin(instances, fragments)
    instances[scattered] = labels[scattered]
    parts[scattered] = 0
