"""Street lamps, lanterns, bollards, traffic lights and plain posts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.light import Colour
from scumble.streets.painter import Painter
from scumble.streets.prop import rectangle, standing
from scumble.streets.solids import boxes, pixels_across, rods, visible

Point = tuple[float, float, float]
"""x to the right of a pole's heading, y up, z along its heading, in metres from its foot."""

_REACH = 5.5
"""Metres along the ground from any pole's foot to its farthest piece, at most."""
_LARGE = 90.0
"""Pixels that `_REACH` takes, above which one sees that rods are round."""
_CORNERS = 10
"""Of a disc."""


@dataclass(frozen=True)
class Rod:
    """A straight round piece."""

    start: Point
    end: Point
    radii: tuple[float, float]
    """In metres, at the start and at the end."""
    colour: Colour


@dataclass(frozen=True)
class Box:
    """An upright cuboid between two corners."""

    low: Point
    high: Point
    colour: Colour


@dataclass(frozen=True)
class Disc:
    """A flat round piece, seen from one side only."""

    centre: Point
    radius: float
    """In metres."""
    normal: Point
    """Unit vector towards the side from which it is seen: along one axis."""
    colour: Colour
    glows: bool = False
    """Whether it shines by itself."""


@dataclass(frozen=True)
class Pole:
    """Pieces on a foot."""

    place: tuple[float, float]
    """x and z of the foot in metres."""
    heading: float
    """Radians clockwise from z, towards which its arm reaches if it has one."""
    rods: tuple[Rod, ...]
    """The first is its foot."""
    boxes: tuple[Box, ...] = ()
    discs: tuple[Disc, ...] = ()

    @property
    def class_name(self) -> str:
        """All of it, lamps included, is ``pole``."""
        return "pole"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """A square around the foot, and the height of its highest rod."""
        width = 2.2 * max(self.rods[0].radii)
        return rectangle(width, width, self.place, self.heading), max(rod.end[1] for rod in self.rods)

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw rods and boxes from far to near, then the discs on them."""
        size = pixels_across(painter.camera, self.place, _REACH)
        if size is None:
            return
        surface = painter.surface("pole", instance, grain=0.02, blotch=0.03)
        starts, ends = (np.array([getattr(rod, name) for rod in self.rods]) for name in ("start", "end"))
        sides = 8 if size > _LARGE else 4
        faces = [rods(starts, ends, np.array([rod.radii for rod in self.rods]), sides)]
        colours = [np.repeat([rod.colour for rod in self.rods], sides, axis=0)]
        if self.boxes:
            faces.append(boxes(np.array([b.low for b in self.boxes]), np.array([b.high for b in self.boxes])))
            colours.append(np.repeat([box.colour for box in self.boxes], 6, axis=0))
        placed = standing(np.concatenate(faces), self.place, self.heading)
        seen = visible(placed, painter.camera)
        painter.faces(placed[seen], np.concatenate(colours)[seen], surface)
        for glows in (False, True):
            discs = [disc for disc in self.discs if disc.glows == glows]
            if discs:
                rounds = standing(np.stack([_outline(disc) for disc in discs]), self.place, self.heading)
                seen = visible(rounds, painter.camera)
                tones = np.array([disc.colour for disc in discs])
                painter.faces(rounds[seen], tones[seen], surface, shaded=not glows)


def _outline(disc: Disc) -> FloatArray:
    """Corners ``[K, 3]`` of a disc, running as `visible` wants them."""
    normal = np.array(disc.normal)
    first = np.array([1.0, 0, 0]) if abs(normal[0]) < 0.5 else np.array([0, 1.0, 0])
    angle = np.arange(_CORNERS)[:, None] * (2 * math.pi / _CORNERS)
    around = np.cos(angle) * first + np.sin(angle) * np.cross(normal, first)
    return np.asarray(disc.centre + disc.radius * around)


def random_pole(rng: np.random.Generator, place: tuple[float, float], heading: float) -> Pole:
    """A lamp with an arm, a lantern, a bollard, a traffic light or a plain post.

    Args:
        rng: of its kind, size and colours.
        place: x and z of its foot in metres.
        heading: radians clockwise from z, towards which the arm of a lamp reaches.
    """
    makers = (_lamp, _lantern, _bollard, _signal, _post)
    maker = makers[weighted(rng, (0.42, 0.13, 0.15, 0.16, 0.14))]
    rod_list, box_list, disc_list = maker(rng)
    return Pole(place, heading, tuple(rod_list), tuple(box_list), tuple(disc_list))


Pieces = tuple[list[Rod], list[Box], list[Disc]]


def _lamp(rng: np.random.Generator) -> Pieces:
    """Tall, with one arm or two, straight or bent."""
    height, reach = float(rng.uniform(5.5, 9.5)), float(rng.uniform(0.8, 2.2))
    thick = height * 0.009 * float(rng.uniform(0.9, 1.2))
    metal = _metal(rng)
    foot = [(0.0, 1.5 * thick), (0.95, 1.45 * thick), (1.0, thick), (height, 0.6 * thick)]
    pieces = _turned(foot, metal)
    heads = []
    rise = float(rng.uniform(0.0, 0.6))
    bend = one_of(rng, (0.0, 0.35))
    shell = _scaled(metal, float(rng.uniform(0.8, 1.15)))
    for side in (1.0, -1.0) if rng.random() < 0.15 else (1.0,):
        knee = (0.0, height + bend * rise + 0.5 * (1 - bend) * rise, side * reach * (0.5 - bend))
        end = (0.0, height + rise, side * reach)
        pieces.append(Rod((0, height - 0.02, 0), knee, (0.6 * thick, 0.5 * thick), metal))
        pieces.append(Rod(knee, end, (0.5 * thick, 0.4 * thick), metal))
        near, far = sorted((end[2] - side * 0.1, end[2] + side * 0.6))
        heads.append(Box((-0.14, end[1] - 0.03, near), (0.14, end[1] + 0.09, far), shell))
        heads.append(
            Box((-0.1, end[1] - 0.07, near + 0.1), (0.1, end[1] - 0.03, far - 0.1), (0.86, 0.86, 0.8))
        )
    return pieces, heads, []


def _lantern(rng: np.random.Generator) -> Pieces:
    """A low post with a glass on its top, of the kind that stands in old towns and parks."""
    height = float(rng.uniform(3.0, 4.4))
    metal = _metal(rng, dark=True)
    glass = (0.88, 0.87, 0.78)
    neck = [(height, 0.035), (height + 0.02, 0.12), (height + 0.06, 0.13)]
    foot = [(0.0, 0.15), (0.25, 0.13), (0.28, 0.085), (0.87, 0.07), (0.9, 0.055)]
    pieces = _turned([*foot, *neck], metal)
    base = height + 0.06
    if rng.random() < 0.5:
        pieces += _turned([(base, 0.13), (base + 0.42, 0.22)], glass)
        pieces += _turned([(base + 0.42, 0.26), (base + 0.64, 0.04)], metal)
    else:
        globe = [(0.0, 0.11), (0.1, 0.2), (0.25, 0.23), (0.38, 0.18), (0.46, 0.03)]
        pieces += _turned([(base + rise, width) for rise, width in globe], glass)
    return pieces, [], []


def _bollard(rng: np.random.Generator) -> Pieces:
    """Knee to waist high, with a band and a lid."""
    height, thick = float(rng.uniform(0.75, 1.15)), float(rng.uniform(0.055, 0.12))
    kinds: list[tuple[Colour, Colour]] = [
        ((0.14, 0.14, 0.15), (0.78, 0.77, 0.72)),
        ((0.60, 0.61, 0.62), (0.75, 0.20, 0.16)),
        ((0.56, 0.53, 0.48), (0.56, 0.53, 0.48)),
        ((0.76, 0.20, 0.15), (0.86, 0.86, 0.84)),
        ((0.16, 0.24, 0.19), (0.72, 0.60, 0.28)),
        ((0.82, 0.66, 0.12), (0.16, 0.16, 0.16)),
    ]
    colour, band = one_of(rng, kinds)
    colour = _scaled(colour, float(rng.uniform(0.85, 1.15)))
    low, high = 0.72 * height, 0.86 * height
    pieces = [
        *_turned([(0.0, thick), (low, thick)], colour),
        *_turned([(low, 1.06 * thick), (high, 1.06 * thick)], band),
        *_turned([(high, 1.06 * thick), (high + 0.01, thick), (0.96 * height, thick)], colour),
        *_turned([(0.96 * height, thick), (height, 0.6 * thick)], colour),
    ]
    return pieces, [], [Disc((0, height, 0), 0.6 * thick, (0, 1, 0), colour)]


def _signal(rng: np.random.Generator) -> Pieces:
    """Traffic lights on a post, some with a second set on an arm over the road."""
    height = float(rng.uniform(3.0, 3.6))
    metal = _metal(rng)
    housing: Colour = (0.11, 0.12, 0.12) if rng.random() < 0.7 else (0.16, 0.24, 0.17)
    facing = one_of(rng, (-1.0, 1.0))
    lit = int(rng.integers(3))
    pieces = [Rod((0, 0, 0), (0, height, 0), (0.075, 0.065), metal)]
    places = [(height - 0.95, 0.0)]
    if rng.random() < 0.3:
        reach, beam = float(rng.uniform(2.5, 4.5)), float(rng.uniform(5.0, 5.8))
        pieces += [
            Rod((0, height, 0), (0, beam, 0), (0.085, 0.07), metal),
            Rod((0, beam, 0), (0, beam + 0.15, reach), (0.06, 0.045), metal),
        ]
        places.append((beam - 0.45, reach - 0.3))
    heads, lenses = [], []
    for low, along in places:
        front, back = facing * 0.32, facing * 0.09
        near, far = sorted((front, back))
        heads.append(Box((near, low, along - 0.15), (far, low + 0.92, along + 0.15), housing))
        for i, (bright, dull) in enumerate(_LENSES):
            centre = (front + facing * 0.005, low + 0.16 + 0.3 * i, along)
            lenses.append(Disc(centre, 0.115, (facing, 0, 0), bright if i == lit else dull, i == lit))
            low_visor, high_visor = sorted((front, front + facing * 0.14))
            visor = centre[1] + 0.12
            heads.append(
                Box((low_visor, visor, along - 0.12), (high_visor, visor + 0.02, along + 0.12), housing)
            )
    return pieces, heads, lenses


_LENSES: list[tuple[Colour, Colour]] = [
    ((0.25, 0.95, 0.62), (0.06, 0.17, 0.12)),
    ((1.00, 0.78, 0.22), (0.20, 0.15, 0.05)),
    ((1.00, 0.24, 0.16), (0.21, 0.06, 0.05)),
]
"""Colours when lit and when not, from below."""


def _post(rng: np.random.Generator) -> Pieces:
    """A wooden pole for wires, or a short steel post."""
    if rng.random() < 0.5:
        height = float(rng.uniform(2.2, 3.6))
        metal = _metal(rng)
        cap = Disc((0, height, 0), 0.045, (0, 1, 0), metal)
        return [Rod((0, 0, 0), (0, height, 0), (0.05, 0.045), metal)], [], [cap]
    height = float(rng.uniform(6.5, 9.5))
    brown = float(rng.uniform(0.24, 0.42))
    wood: Colour = (brown * 1.15, brown, brown * 0.8)
    pieces = [Rod((0, 0, 0), (0, height, 0), (0.15, 0.10), wood)]
    beams = []
    for i in range(int(rng.integers(1, 3))):
        level, half = height - 0.35 - 0.7 * i, float(rng.uniform(0.6, 1.0))
        beams.append(Box((-0.16, level, -half), (-0.08, level + 0.12, half), _scaled(wood, 0.85)))
        pieces += [
            Rod((-0.12, level + 0.12, z), (-0.12, level + 0.3, z), (0.05, 0.03), (0.5, 0.52, 0.52))
            for z in (-half + 0.1, half - 0.1)
        ]
    return pieces, beams, []


def _turned(profile: list[tuple[float, float]], colour: Colour) -> list[Rod]:
    """Rods on top of each other through (height, radius) pairs, lowest first, in metres."""
    return [
        Rod((0, low, 0), (0, high, 0), (thick, thin), colour)
        for (low, thick), (high, thin) in pairwise(profile)
    ]


def _metal(rng: np.random.Generator, dark: bool = False) -> Colour:
    """Galvanised steel, or a coat of dark paint."""
    if dark or rng.random() < 0.35:
        paints = [(0.12, 0.13, 0.14), (0.13, 0.22, 0.18), (0.20, 0.24, 0.30), (0.28, 0.20, 0.15)]
        red, green, blue = one_of(rng, paints)
        return _scaled((red, green, blue), float(rng.uniform(0.8, 1.3)))
    grey = float(rng.uniform(0.45, 0.70))
    tint = float(rng.uniform(-0.02, 0.02))
    return grey + tint, grey, grey - tint


def _scaled(colour: Colour, gain: float) -> Colour:
    red, green, blue = colour
    return min(red * gain, 1.0), min(green * gain, 1.0), min(blue * gain, 1.0)
