"""Bicyclists: a bicycle and the person who rides it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.light import Colour
from scumble.streets.painter import Painter
from scumble.streets.people.body import Body, Pose, bend, body_pieces, directions, proportions
from scumble.streets.people.figures import Lathe, Piece, distance, is_small, join, paint, skin, tubes
from scumble.streets.people.pedestrians import bag_piece, cloth_colour, random_body
from scumble.streets.prop import rectangle, standing
from scumble.streets.vectors import cross, lengths, unit

WHEEL = 0.335
"""Radius of a wheel of an adult's bicycle, in metres."""
REAR, FRONT = np.array([0.0, WHEEL, -0.52]), np.array([0.0, WHEEL, 0.55])
"""Axles of an adult's bicycle, in metres from the middle of its footprint."""
CRANKS = np.array([0.0, 0.28, -0.08])
"""Where the cranks turn."""
CRANK = 0.17
"""Length of a crank in metres."""
HEAD_TUBE = np.array([[0.0, 0.66, 0.43], [0.0, 0.88, 0.365]])
"""Lower and upper end of what holds the fork."""


@dataclass(frozen=True)
class Bicyclist:
    """A person on a bicycle; the bicycle is as large as the person needs."""

    place: tuple[float, float]
    """x and z of the middle between the wheels, in metres."""
    heading: float
    """Radians clockwise seen from above; 0 rides along z."""
    body: Body
    phase: float
    """Of the pedals, in radians; at 0 the left one is lowest."""
    grips: tuple[float, float, float]
    """Where the right hand holds the handlebar of an adult's bicycle, in metres from the middle of its
    footprint; low and far ahead makes the rider lean forward."""
    step_through: bool
    """Whether the frame's upper tube is low."""
    frame: Colour
    saddle: Colour
    tyre: float
    """Radius of the tyres in metres."""
    basket: Colour | None
    """Of a basket at the handlebar, if any."""
    backpack: Colour | None
    """Of the rider's backpack, if any."""

    @property
    def class_name(self) -> str:
        """Its class in the label space."""
        return "bicyclist"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """Footprint ``[4, 2]`` and height in metres."""
        scale = self.body.height / 1.75
        return rectangle(0.4 * scale, 1.85 * scale, self.place, self.heading), self.body.height * 0.98

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw bicycle and rider."""
        pose = riding(self)
        pieces = [*_bicycle(painter, self, pose), *body_pieces(painter, self.body, pose)]
        if self.backpack is not None:
            pieces.append(bag_piece(painter, self.body, pose, "backpack", self.backpack))
        paint(painter, self.class_name, instance, pieces)


def riding(rider: Bicyclist) -> Pose:
    """Joints of the rider: feet on the pedals, hands on the grips.

    The saddle is as high as lets the leg be almost straight at the lowest pedal.
    """
    size = proportions(rider.body)
    scale = rider.body.height / 1.75
    sides = np.array([[-1.0], [1.0]])
    right, up, ahead = np.eye(3)
    pedals = _pedals(rider.phase) * scale
    ankles = pedals + scale * np.array([0.0, 0.115, -0.09]) - 0.02 * sides * right
    lowest = (CRANKS[1] - CRANK + 0.115) * scale
    back = 0.16 * scale
    hip_height = lowest + math.sqrt((0.97 * (size.thigh + size.shin)) ** 2 - back**2)
    pelvis = np.array([0.0, hip_height, CRANKS[2] * scale - back])
    hips = pelvis + sides * size.hip * right
    hands = np.array([[-1.0, 1, 1], [1, 1, 1]]) * rider.grips * scale
    reach = 0.93 * (size.upper_arm + size.forearm)
    shoulder = bend(pelvis, hands.mean(0), 0.87 * size.spine, reach, up - 0.3 * ahead)
    neck = pelvis + (shoulder - pelvis) / 0.87
    lean = math.atan2(neck[2] - pelvis[2], neck[1] - pelvis[1])
    nod = 0.6 * lean
    shoulders = shoulder + sides * size.shoulder * right
    points = {
        "pelvis": pelvis,
        "neck": neck,
        "head": neck + size.head * (0.72 * math.cos(nod) * up + (0.1 + 0.72 * math.sin(nod)) * ahead),
        "hips": hips,
        "knees": bend(hips, ankles, size.thigh, size.shin, ahead),
        "ankles": ankles,
        "heels": pedals + scale * np.array([0.0, 0.05, -0.13]),
        "toes": pedals + scale * np.array([0.0, 0.035, 0.09]),
        "shoulders": shoulders,
        "elbows": np.stack(
            [
                bend(shoulders[i], hands[i], size.upper_arm, size.forearm, 0.9 * sides[i] * right - up)
                for i in range(2)
            ]
        ),
        "hands": hands,
    }
    world = {name: standing(point, rider.place, rider.heading) for name, point in points.items()}
    return Pose(heading=rider.heading, gaze=rider.heading, **world)


def random_bicyclist(rng: np.random.Generator, place: tuple[float, float], heading: float) -> Bicyclist:
    """An adult (or, one time in ten, a child) on a town or a sports bicycle, three in five with a helmet."""
    body = random_body(rng, child=rng.random() < 0.1)
    if body.skirt > 0:
        body = replace(body, skirt=0.0, over=None, legs=cloth_colour(rng, trousers=True))
    if rng.random() < 0.6:
        body = replace(body, headgear="helmet", headgear_colour=cloth_colour(rng))
    sporty = rng.random() < 0.4
    grips = (
        (0.22, rng.uniform(0.92, 1.0), rng.uniform(0.44, 0.5))
        if sporty
        else (0.27, rng.uniform(1.0, 1.1), rng.uniform(0.22, 0.34))
    )
    return Bicyclist(
        place=place,
        heading=heading,
        body=replace(body, coat=0.0, loose=min(body.loose, 1.3)),
        phase=float(rng.uniform(0, 2 * math.pi)),
        grips=grips,
        step_through=not sporty and rng.random() < 0.5,
        frame=cloth_colour(rng),
        saddle=(0.1, 0.09, 0.08) if rng.random() < 0.7 else (0.4, 0.26, 0.16),
        tyre=float(rng.uniform(0.016, 0.02) if sporty else rng.uniform(0.02, 0.028)),
        basket=(0.45, 0.36, 0.25) if not sporty and rng.random() < 0.25 else None,
        backpack=cloth_colour(rng) if rng.random() < 0.3 else None,
    )


def _pedals(phase: float) -> FloatArray:
    """Middles of the left and right pedal of an adult's bicycle ``[2, 3]``."""
    angles = phase + np.array([0.0, math.pi])
    turn = np.stack([[-0.13, 0.13], -CRANK * np.cos(angles), CRANK * np.sin(angles)], axis=1)
    return np.asarray(CRANKS + turn)


def _bicycle(painter: Painter, rider: Bicyclist, pose: Pose) -> list[Piece]:
    """Wheels, frame, and what turns with the fork."""
    scale = rider.body.height / 1.75
    saddle = np.array([0.0, pose.pelvis[1] / scale - 0.085, 0.03 + CRANKS[2] - 0.16])

    def placed(points: FloatArray) -> FloatArray:
        return standing(points * scale, rider.place, rider.heading)

    pieces = [_wheel(painter, rider, placed(axle), scale) for axle in (REAR, FRONT)]
    groups = [(_frame_rods(rider, saddle), np.array([0.0, 0.5, -0.1])), (_fork_rods(rider), HEAD_TUBE[1])]
    for rods, middle in groups:
        ends = placed(np.array([[start, end] for start, end, _, _ in rods]))
        radii = np.array([[radius, radius] for _, _, radius, _ in rods]) * scale
        faces, lit = tubes(painter, ends, radii, np.array([colour for *_, colour in rods]), fine=False)
        # As far back as the legs, which are on both sides of it.
        away = distance(painter, placed(middle)) + 0.25
        pieces.append(Piece("frame", away, faces[:, 0], lit[:, 0]))
    if rider.basket is not None:
        pieces.append(_basket(painter, rider, placed(np.array([0.0, 0.9, 0.58])), scale, rider.basket))
    return pieces


Rod = tuple[FloatArray, FloatArray, float, Colour]
"""Both ends ``[3]``, radius, colour."""
METAL: Colour = (0.55, 0.55, 0.56)
DARK: Colour = (0.1, 0.1, 0.1)


def _frame_rods(rider: Bicyclist, saddle: FloatArray) -> list[Rod]:
    """The frame's tubes, cranks and saddle."""
    aside, along = np.array([0.055, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    cluster = CRANKS + (saddle - CRANKS) * 0.82
    upper = CRANKS + (saddle - CRANKS) * (0.45 if rider.step_through else 0.78)
    colour = rider.frame
    rods: list[Rod] = [(CRANKS + s * aside, REAR + s * aside, 0.011, colour) for s in (-1, 1)]
    rods += [(cluster + s * aside * 0.6, REAR + s * aside, 0.010, colour) for s in (-1, 1)]
    rods += [(CRANKS, cluster, 0.018, colour), (cluster, saddle, 0.014, METAL)]
    rods += [(HEAD_TUBE[0] + [0, 0.04, 0], CRANKS, 0.021, colour)]
    rods += [(upper, HEAD_TUBE[0] * 0.3 + HEAD_TUBE[1] * 0.7, 0.018, colour)]
    for pedal, side in zip(_pedals(rider.phase), (-1, 1), strict=True):
        arm = side * aside * 1.4
        rods += [(CRANKS + arm, pedal - [pedal[0] - arm[0], 0, 0], 0.012, METAL)]
        rods += [(pedal - 0.04 * along, pedal + 0.04 * along, 0.014, DARK)]
    rods += [(cluster - 0.04 * along, cluster - 0.05 * along, 0.022, (0.6, 0.08, 0.07))]
    rods += [(saddle + 0.14 * along, saddle - 0.06 * along, 0.03, rider.saddle)]
    rods += [(saddle - 0.1 * along - aside, saddle - 0.1 * along + aside, 0.04, rider.saddle)]
    return rods


def _fork_rods(rider: Bicyclist) -> list[Rod]:
    """Fork, stem and handlebar."""
    aside = np.array([0.05, 0.0, 0.0])
    x, y, z = rider.grips
    stem = np.array([0.0, y - 0.02, 0.40])
    rods: list[Rod] = [
        (HEAD_TUBE[0] + s * aside * 0.6, FRONT + s * aside, 0.013, rider.frame) for s in (-1, 1)
    ]
    rods += [(HEAD_TUBE[0], HEAD_TUBE[1], 0.024, rider.frame), (HEAD_TUBE[1], stem, 0.015, METAL)]
    for side in (-1, 1):
        corner, grip = np.array([side * 0.85 * x, y, 0.42]), np.array([side * x, y, z])
        end = grip + (grip - corner) * 0.08 / np.linalg.norm(grip - corner)
        rods += [(stem, corner, 0.013, METAL), (corner, grip, 0.014, METAL), (grip, end, 0.018, DARK)]
    return rods


def _wheel(painter: Painter, rider: Bicyclist, hub: FloatArray, scale: float) -> Piece:
    """Tyre, and from near by rim, spokes and hub; between them one sees through."""
    _, ahead = directions(rider.heading)
    up = np.array([0.0, 1.0, 0.0])
    shapes = [_hoop(painter, hub, ahead, (WHEEL - rider.tyre) * scale, rider.tyre * scale, DARK)]
    if not is_small(painter, hub):
        rim = (WHEEL - 2.3 * rider.tyre) * scale
        # A star of 12 narrow rays: the spokes taper from the hub to the rim.
        angles = np.arange(24)[:, None] * (math.pi / 12) + rider.phase
        reach = np.where(np.arange(24) % 2, rim, 0.028 * scale)[:, None]
        star = hub + reach * (np.cos(angles) * ahead + np.sin(angles) * up)
        lit = painter.light.shade(np.array([METAL]) * 0.9, up[None])
        shapes = [(star[None], lit), *shapes, _hoop(painter, hub, ahead, rim, 0.007 * scale, METAL)]
    return join("wheel", distance(painter, hub) + 0.27, shapes)


def _hoop(
    painter: Painter, hub: FloatArray, ahead: FloatArray, radius: float, thickness: float, colour: Colour
) -> tuple[FloatArray, FloatArray]:
    """An upright ring of a round rod in four arcs: faces ``[4, 14, 3]`` and lit colours ``[4, 3]``.

    Args:
        painter: whose camera and light count.
        hub: the ring's middle ``[3]``.
        ahead: horizontal direction in its plane ``[3]``.
        radius: from the hub to the middle of the rod, in metres.
        thickness: radius of the rod in metres.
        colour: without light.
    """
    up = np.array([0.0, 1.0, 0.0])
    angles = (np.arange(4)[:, None] + np.linspace(0, 1, 7))[..., None] * (math.pi / 2)
    spine = hub + radius * (np.cos(angles) * ahead + np.sin(angles) * up)
    tangent = np.cos(angles) * up - np.sin(angles) * ahead
    to_camera = painter.camera.position - spine
    side = cross(tangent, to_camera)
    side *= thickness / lengths(side)
    faces = np.concatenate([spine + side, (spine - side)[:, ::-1]], axis=1)
    normals = unit(to_camera[:, 3])
    return faces, painter.light.shade(np.broadcast_to(colour, (4, 3)), normals)


def _basket(painter: Painter, rider: Bicyclist, middle: FloatArray, scale: float, colour: Colour) -> Piece:
    right, ahead = directions(rider.heading)
    shape = np.array([[-0.13, 0.6], [-0.12, 0.75], [0.0, 0.9], [0.11, 1.0], [0.12, 0.96]])
    wide, deep = 0.18 * scale * right, 0.14 * scale * ahead
    lathe = Lathe(middle + shape[:, :1] * scale * [0, 1, 0], shape[:, 1:] * wide, shape[:, 1:] * deep)
    return join("frame", distance(painter, middle) + 0.1, [skin(painter, lathe, colour, 4)])
