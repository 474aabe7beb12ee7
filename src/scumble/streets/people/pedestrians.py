"""Pedestrians: adults and children who walk or stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of
from scumble.streets.light import Colour, as_colour
from scumble.streets.painter import Painter
from scumble.streets.people.body import Body, Headgear, Pose, body_pieces, directions, proportions
from scumble.streets.people.figures import Lathe, Piece, distance, is_small, join, paint, skin
from scumble.streets.prop import rectangle, standing
from scumble.streets.vectors import cross

Bag = Literal["backpack", "shoulder bag", "shopping bag"]
SKINS = np.array(
    [[0.93, 0.77, 0.68], [0.86, 0.68, 0.56], [0.72, 0.53, 0.41], [0.52, 0.36, 0.27], [0.34, 0.23, 0.18]]
)
HAIRS = np.array(
    [
        [0.09, 0.08, 0.08],
        [0.19, 0.13, 0.1],
        [0.34, 0.23, 0.15],
        [0.68, 0.53, 0.34],
        [0.47, 0.23, 0.13],
        [0.6, 0.59, 0.57],
    ]
)


@dataclass(frozen=True)
class Pedestrian:
    """A person on foot."""

    place: tuple[float, float]
    """x and z below the hips, in metres."""
    heading: float
    """Radians clockwise seen from above; 0 faces along z."""
    body: Body
    stride: float
    """Largest angle of a thigh from the vertical in radians; 0 stands still."""
    phase: float
    """Of the walk, in radians: the left leg swings forward from -pi/2 to pi/2."""
    elbows: tuple[float, float]
    """How far the left and right arm are bent, in radians."""
    look: float
    """Radians by which the head is turned to the right."""
    bag: Bag | None
    bag_colour: Colour

    @property
    def class_name(self) -> str:
        """Its class in the label space."""
        return "pedestrian"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """Footprint ``[4, 2]`` and height in metres."""
        length = self.body.height * (0.26 + 1.15 * math.sin(self.stride))
        return rectangle(0.26 * self.body.height, length, self.place, self.heading), self.body.height

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw the person with bag and baggage."""
        pose = walking(self)
        pieces = body_pieces(painter, self.body, pose)
        if self.bag is not None:
            pieces.append(bag_piece(painter, self.body, pose, self.bag, self.bag_colour))
        paint(painter, self.class_name, instance, pieces)


def walking(person: Pedestrian) -> Pose:
    """Joints of someone in mid-stride: legs swing like pendulums and bend while they move forward.

    The lower foot is on the ground.
    """
    size = proportions(person.body)
    sides = np.array([-1.0, 1.0])
    phase = person.phase + np.array([0.0, math.pi])
    moving = person.stride > 0
    thigh = person.stride * np.sin(phase) + 0.04
    bent = (0.08 + 0.95 * np.clip(np.cos(phase + 0.4), 0, None) ** 1.5) if moving else np.full(2, 0.05)
    shin = thigh - bent
    # The foot keeps to the ground in the middle of a step and tips at its ends.
    tip = 0.75 * shin
    hips = _beside(sides * size.hip, 0.0)
    knees = hips + size.thigh * _swing(thigh)
    ankles = knees + size.shin * _swing(shin) + _beside(sides * (0.0 if moving else 0.025), 0.0)
    soles = ankles + 0.55 * size.ankle * _swing(tip)
    along = _swing(tip + math.pi / 2) + _beside(sides * 0.2, 0.0)
    toes, heels = soles + 0.62 * size.foot * along, soles - 0.14 * size.foot * along
    ground = min(toes[:, 1].min(), heels[:, 1].min()) - 0.038 * size.thickness
    lean = 0.05 if moving else 0.01
    neck = np.array([0.0, size.spine * math.cos(lean), size.spine * math.sin(lean)])
    head = neck + np.array([0.0, 0.74 * size.head, 0.1 * size.head])
    shoulders = _beside(sides * size.shoulder, 0.0) + 0.87 * neck
    upper = -0.75 * person.stride * np.sin(phase) + 0.02
    bends = np.array(person.elbows)
    upper = np.where(bends > 1.2, 0.25, upper)
    elbows = shoulders + size.upper_arm * _swing(upper) + _beside(sides * 0.045, 0.0)
    hands = (
        elbows
        + size.forearm * _swing(upper + bends)
        - _beside(sides * np.where(bends > 1.2, 0.09, -0.005), 0.0)
    )

    def stand(points: FloatArray) -> FloatArray:
        return standing(points - [0.0, ground, 0.0], person.place, person.heading)

    return Pose(
        heading=person.heading,
        gaze=person.heading + person.look,
        pelvis=stand(np.zeros(3)),
        neck=stand(neck),
        head=stand(head),
        hips=stand(hips),
        knees=stand(knees),
        ankles=stand(ankles),
        heels=stand(heels),
        toes=stand(toes),
        shoulders=stand(shoulders),
        elbows=stand(elbows),
        hands=stand(hands),
    )


def random_pedestrian(rng: np.random.Generator, place: tuple[float, float], heading: float) -> Pedestrian:
    """An adult (or, one time in seven, a child) who walks or, one time in four, stands."""
    body = random_body(rng, child=rng.random() < 0.14)
    walks = rng.random() < 0.75
    elbows = rng.uniform(0.12, 0.55, 2)
    if rng.random() < 0.18:
        elbows[rng.integers(2)] = rng.uniform(1.7, 2.1)
    bag: Bag | None = None
    if rng.random() < 0.5:
        kinds: list[Bag] = ["backpack", "shoulder bag", "shopping bag"]
        bag = one_of(rng, kinds)
    return Pedestrian(
        place=place,
        heading=heading,
        body=body,
        stride=float(rng.uniform(0.24, 0.4)) if walks else 0.0,
        phase=float(rng.uniform(0, 2 * math.pi)),
        elbows=(float(elbows[0]), float(elbows[1])),
        look=float(rng.normal(0, 0.25)),
        bag=bag,
        bag_colour=cloth_colour(rng),
    )


def random_body(rng: np.random.Generator, child: bool) -> Body:
    """Physique and clothes of a random person."""
    curve = 0.15 if child else float(one_of(rng, (rng.uniform(0, 0.2), rng.uniform(0.7, 1.0))))
    height = rng.uniform(0.98, 1.5) if child else rng.normal(1.77 - 0.12 * curve, 0.06)
    skin = _mixed(rng, SKINS)
    top, bottom, front = cloth_colour(rng), cloth_colour(rng, trousers=True), cloth_colour(rng)
    open_jacket = rng.random() < 0.3
    shorts = rng.random() < 0.16
    skirt = float(rng.uniform(0.75, 1.35)) if curve > 0.5 and rng.random() < 0.3 else 0.0
    bare = skin if rng.random() < 0.6 else _tone(np.array([0.1, 0.1, 0.12]))
    coat = float(rng.uniform(0.35, 1.05)) if not shorts and skirt == 0 and rng.random() < 0.3 else 0.0
    kinds: list[Headgear | None] = [None, None, None, None, None, "cap", "beanie"]
    return Body(
        height=float(height),
        girth=float(np.clip(rng.normal(1.06, 0.12), 0.88, 1.4)),
        curve=curve,
        skin=skin,
        hair=_mixed(rng, HAIRS[[rng.integers(len(HAIRS))] * 2]),
        hair_length=float(rng.uniform(0.0, 0.14)) if curve > 0.5 and rng.random() < 0.65 else 0.0,
        headgear=one_of(rng, kinds),
        headgear_colour=cloth_colour(rng),
        top=top,
        front=front if open_jacket else top,
        sleeves=skin if not open_jacket and coat == 0 and rng.random() < 0.35 else top,
        coat=coat,
        legs=skin if shorts else (bare if skirt > 0 else bottom),
        loose=1.0 if shorts or skirt > 0 else float(rng.uniform(1.1, 1.65)),
        over=bottom if shorts or skirt > 0 else None,
        skirt=skirt,
        shoes=_tone(np.array([0.12, 0.11, 0.11])) if rng.random() < 0.6 else cloth_colour(rng),
    )


def cloth_colour(rng: np.random.Generator, trousers: bool = False) -> Colour:
    """A colour that people wear: dark, pale, or a muted hue; trousers are mostly dark, denim or beige."""
    kind = rng.random()
    if trousers and kind < 0.4:
        return _tone(np.array([0.22, 0.29, 0.42]) * rng.uniform(0.6, 1.5))
    if trousers and kind < 0.55:
        return _tone(np.array([0.64, 0.56, 0.44]) * rng.uniform(0.6, 1.2))
    if kind < (0.85 if trousers else 0.3):
        return _tone(rng.uniform(0.09, 0.3) * rng.uniform(0.9, 1.1, 3))
    if kind < 0.48:
        return _tone(rng.uniform(0.6, 0.88) * rng.uniform(0.95, 1.03, 3))
    hue = rng.uniform(0, 2 * math.pi)
    wheel = 0.5 + 0.5 * np.cos(hue - np.array([0.0, 2.1, 4.2]))
    strength = rng.uniform(0.15, 0.5)
    return _tone(rng.uniform(0.3, 0.75) * (1 - strength + strength * wheel))


def _mixed(rng: np.random.Generator, colours: FloatArray) -> Colour:
    """A colour between two neighbours of a row ``[N, 3]``, a little lighter or darker."""
    at = rng.uniform(0, len(colours) - 1)
    i = min(int(at), len(colours) - 2)
    return _tone((colours[i] + (at - i) * (colours[i + 1] - colours[i])) * rng.uniform(0.92, 1.06))


def _tone(colour: FloatArray) -> Colour:
    return as_colour(colour, 0.04, 0.92)


def _beside(x: FloatArray, z: float) -> FloatArray:
    """Vectors ``[2, 3]`` of these lengths to the right."""
    return np.stack([x, np.zeros(2), np.full(2, z)], axis=1)


def _swing(angles: FloatArray) -> FloatArray:
    """Unit vectors ``[2, 3]`` that hang down, turned forward by angles ``[2]``."""
    return np.stack([np.zeros(2), -np.cos(angles), np.sin(angles)], axis=1)


def bag_piece(painter: Painter, body: Body, pose: Pose, bag: Bag, colour: Colour) -> Piece:
    """A backpack, a bag at the right hip, or a bag in the right hand."""
    right, forward = directions(pose.heading)
    scale = body.height / 1.75
    up = np.array([0.0, 1.0, 0.0])
    wide = 0.2 * scale * body.girth
    if bag == "backpack":
        up = (pose.neck - pose.pelvis) / np.linalg.norm(pose.neck - pose.pelvis)
        forward = cross(right, up)
        middle = pose.pelvis + 0.62 * (pose.neck - pose.pelvis) - wide * forward
        half = np.array([0.14, 0.22, 0.09]) * scale
    elif bag == "shoulder bag":
        middle = pose.pelvis + (wide + 0.03) * right
        half = np.array([0.05, 0.11, 0.14]) * scale
    else:
        middle = pose.hands[1] - 0.22 * scale * up
        half = np.array([0.06, 0.17, 0.13]) * scale
    shape = np.array([[-1.0, 0.7], [-0.93, 0.95], [-0.3, 1.03], [0.6, 0.95], [0.9, 0.78], [1.0, 0.45]])
    lathe = Lathe(
        middle + shape[:, :1] * half[1] * up, shape[:, 1:] * half[0] * right, shape[:, 1:] * half[2] * forward
    )
    bands = 3 if is_small(painter, middle) else 5
    return join("torso", distance(painter, middle), [skin(painter, lathe, colour, bands)])
