"""Cars: solids with windows, wheels, lights and licence plates as parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scumble.streets.camera import NEAR, FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.light import Colour, as_colour
from scumble.streets.painter import SUPERSAMPLING, Painter
from scumble.streets.prop import rectangle, standing
from scumble.streets.solids import boxes
from scumble.streets.vehicles.car_bodies import (
    ROOF_CROWN,
    STYLES,
    Body,
    Shell,
    grid,
    on_both_sides,
    random_body,
    strip,
)
from scumble.streets.vehicles.car_faces import (
    FAR_AROUND,
    FAR_RING,
    NEAR_RING,
    ROOF_RING,
    arc,
    glasshouse_quads,
    hull_quads,
)

PAINTS: tuple[Colour, ...] = (
    (0.86, 0.86, 0.85), (0.64, 0.66, 0.68), (0.48, 0.49, 0.50), (0.30, 0.31, 0.33), (0.15, 0.16, 0.18),
    (0.05, 0.05, 0.06), (0.66, 0.07, 0.07), (0.36, 0.05, 0.09), (0.08, 0.20, 0.55), (0.05, 0.09, 0.26),
    (0.40, 0.57, 0.72), (0.06, 0.36, 0.40), (0.09, 0.34, 0.18), (0.07, 0.19, 0.13), (0.52, 0.60, 0.22),
    (0.88, 0.70, 0.08), (0.86, 0.38, 0.06), (0.70, 0.62, 0.47), (0.36, 0.25, 0.17), (0.84, 0.80, 0.68),
)  # fmt: skip
"""Colours that cars are painted in: white, silver, greys, black, reds, blues, teal, greens, yellow, orange,
beige, brown, cream."""
_WHITE, _YELLOW = (0.86, 0.86, 0.84), (0.86, 0.72, 0.18)
_BLACK = np.array([0.045, 0.045, 0.05])
_GLASS = np.array([0.05, 0.06, 0.07])
_LENS, _LAMP = np.array([0.52, 0.54, 0.57]), np.array([1.0, 1.0, 0.97])
_RED, _RED_LAMP = np.array([0.46, 0.02, 0.03]), np.array([0.92, 0.10, 0.08])
_DETAIL = 36.0
"""Samples a metre from which on joints, handles and spokes are drawn."""


@dataclass(frozen=True)
class Car:
    """A car on the street."""

    place: tuple[float, float]
    """x and z of its middle in metres."""
    heading: float
    """Radians clockwise seen from above; 0 shows the nose along z."""
    body: Body
    """Its shape."""
    paint: Colour
    """Colour of the body."""
    bumper: Colour
    """Colour of the bumpers."""
    pillar: Colour
    """Colour of the frames of the side windows."""
    rim: Colour
    """Colour of the wheels' rims."""
    spokes: int
    """Number of gaps in a rim."""
    plates: tuple[Colour, Colour]
    """Colours of the front and the rear licence plate."""
    high_plate: bool
    """Whether the rear plate is above the bumper."""
    grille: tuple[float, float]
    """Half its width in degrees of bearing, and the level of its lower edge."""
    head_light: tuple[float, float]
    """Degrees of bearing from the middle of the front at which it begins, and the level of its lower edge."""
    tail_light: tuple[float, float]
    """The same at the back."""

    @property
    def class_name(self) -> str:
        """Cars are all of class "car"."""
        return "car"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """Its footprint ``[4, 2]`` and its height in metres."""
        return rectangle(self.body.width, self.body.length, self.place, self.heading), self.body.height

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw it from the ground upwards, for the camera is above the belt, whose rim hides nothing then."""
        # Mirrors stick out a little.
        if not painter.camera.misses(self.shadow[0], 0.3):
            _Drawing(self, painter, instance).draw()


class _Layer(NamedTuple):
    """Faces of one part of a car."""

    part: str
    faces: FloatArray
    """Corners ``[N, K, 3]``, wound like those of `solids`; before `_laid_on` ``[N, 4, 2]`` as of `grid`."""
    colours: FloatArray
    """``[3]`` or ``[N, 3]``."""
    gloss: float
    """See `Light.shine`."""


class _Drawing:
    """One car being drawn, in its own coordinates: x right, y up, z ahead of its middle."""

    def __init__(self, car: Car, painter: Painter, instance: int) -> None:
        self.car, self.body, self.painter = car, car.body, painter
        self.lower, self.upper = car.body.lower(), car.body.upper()
        grains = {"window": 0.0, "wheel": 0.03, "light": 0.0, "license plate": 0.0, "chassis": 0.008}
        self.surfaces = {
            part: painter.surface("car", instance, part, grain=grain, blotch=grain)
            for part, grain in grains.items()
        }
        camera = painter.camera
        from_middle = camera.position - np.array([car.place[0], 0, car.place[1]])
        self.own_eye = standing(from_middle, (0.0, 0.0), -car.heading)
        distance = max(float(np.linalg.norm(from_middle)), NEAR)
        self.detailed = camera.focal * camera.height * SUPERSAMPLING / distance > _DETAIL
        self.ring = NEAR_RING if self.detailed else FAR_RING
        self.paint = np.array(car.paint)

    def draw(self) -> None:
        """Draw all of it."""
        lids, skin = self._lids(), [*self._hull(), *self._joints(), *self._ends()]
        self._fill([*self._underneath(), *lids, *_laid_on(self.lower, skin)])
        self._fill(self._wheels())
        # A mirror can hide some of the glasshouse only if the camera is on that side of the car.
        far, near = self._mirrors()
        beside = abs(self.own_eye[0]) > self.body.width / 2
        glasshouse = [self._roof(), *_laid_on(self.upper, self._glasshouse())]
        upper = [*far, *glasshouse, *near] if beside else [*far, *near, *glasshouse]
        self._fill([*self._spokes(), *upper])

    def _fill(self, layers: list[_Layer]) -> None:
        """Draw layers of equal corner count."""
        counts = [len(layer.faces) for layer in layers]
        faces = np.concatenate([layer.faces for layer in layers])
        colours = np.empty((len(faces), 3))
        start = 0
        for layer, count in zip(layers, counts, strict=True):
            colours[start : start + count] = layer.colours
            start += count
        gloss = np.repeat([layer.gloss for layer in layers], counts)
        surfaces = np.repeat([self.surfaces[layer.part] for layer in layers], counts)
        self.painter.faces(standing(faces, self.car.place, self.car.heading), colours, surfaces, gloss=gloss)

    def _underneath(self) -> list[_Layer]:
        """What shows below the sills: treads of the tyres and, in the dark, the underside."""
        radius = self.body.wheel
        cos, sin = arc(180, 360, 8 if self.detailed else 5)
        outer = self._on_wheel(radius * sin, radius * cos)
        inner = outer - np.array([0.21, 0, 0])
        tread = np.stack([outer[:-1], outer[1:], inner[1:], inner[:-1]], axis=1)
        far, near = sorted(self.body.axles, key=lambda z: -abs(self.own_eye[2] - z))
        # From within the sills, so that no gap opens between hulls of different coarseness.
        sills = self.lower.points(FAR_AROUND, np.full(len(FAR_AROUND), 0.1))
        foot = sills * np.array([0.84, 0, 0.88]) + np.array([0, 0.07, 0])
        underside = strip(foot, sills)
        behind, before = (_both(tread + np.array([0, 0, z])) for z in (far, near))
        return [
            _Layer("wheel", behind, _BLACK, 0.1),
            _Layer("chassis", underside, _BLACK * 0.4, 0.0),
            _Layer("wheel", before, _BLACK, 0.1),
        ]

    def _lids(self) -> list[_Layer]:
        """Bonnet and boot lid, or a pickup's bed."""
        lid = self.lower.lid(self.ring, 0.045)
        z = lid[..., 2]
        # The glasshouse hides the rest but for its corners, which are round.
        hidden = (z.min(1) > self.upper.rear[0] + 0.3) & (z.max(1) < self.upper.front[0] - 0.3)
        layers = [_Layer("chassis", lid[~hidden], self.paint, 1.0)]
        if self.body.style == "pickup":
            half, y = 0.78 * self.body.width / 2, self.body.belt + self.body.wedge
            rear = -self.body.length / 2 + 0.16
            front = rear + self.body.boot - 0.26
            bed = np.array([[[half, y, rear], [-half, y, rear], [-half, y, front], [half, y, front]]])
            layers.append(_Layer("chassis", bed, self.paint * 0.25, 0.0))
        return layers

    def _hull(self) -> list[_Layer]:
        """Lower body with bumpers and sills (on the lower hull)."""
        quads, bumpers, sills = hull_quads(self.detailed)
        colours = np.tile(self.paint, (len(quads), 1))
        colours[bumpers] = self.car.bumper
        colours[sills] = _BLACK
        return [_Layer("chassis", quads, colours, 1.0)]

    def _joints(self) -> list[_Layer]:
        """Gaps around doors and boot lid, and door handles (on the lower hull), if one can see them."""
        if not self.detailed:
            return []
        body, (front, rear) = self.body, self.body.axles
        windows = body.kind.windows
        pillar = float(self.upper.points(np.array(windows[-1][0] - 1.0), np.array(0.1))[2])
        doors = [pillar]
        if len(windows) > 1 and body.style not in ("city car", "pickup"):
            doors.append(rear + body.wheel * 0.95)
        gaps = [self._strip(z, z + 0.016, 0.12, 1.0) for z in [*doors, front - body.wheel - 0.13]]
        handles = [self._strip(z + 0.05, z + 0.22, 0.80, 0.84) for z in doors]
        lid = grid(np.array([236, 252, 270, 288, 304.0]), np.array([0.50, 0.515]))
        quads = np.concatenate([on_both_sides(np.concatenate(gaps + handles)), lid])
        return [_Layer("chassis", quads, self.paint * 0.45, 0.3)]

    def _strip(self, rear: float, front: float, low: float, high: float) -> FloatArray:
        """A strip of the right side between two z and two levels."""
        bearings = np.degrees(np.arctan2([rear, front], self.body.length / 2))
        return grid(bearings, np.array([low, 0.5 * (low + high), high]))

    def _ends(self) -> list[_Layer]:
        """Grille, air intakes, lights and licence plates (on the lower hull)."""
        car = self.car
        wide, low = car.grille
        steps = 5 if self.detailed else 3
        dark = [
            grid(np.linspace(90 - wide, 90 + wide, steps), np.array([low, 0.86])),
            grid(np.linspace(62, 118, steps), np.array([0.1, 0.33])),
            grid(np.linspace(238, 302, steps), np.array([0.0, 0.2])),
        ]
        plates = np.concatenate([self._plate(90, 0.37), self._plate(270, 0.6 if car.high_plate else 0.27)])
        return [
            _Layer("chassis", np.concatenate(dark), _BLACK, 0.5),
            *self._lights((39, 90 - car.head_light[0]), (car.head_light[1], 0.9), _LENS, _LAMP),
            *self._lights((270 + car.tail_light[0], 316), (car.tail_light[1], 0.95), _RED, _RED_LAMP),
            _Layer("license plate", plates, 1.2 * np.array(car.plates), 0.2),
        ]

    def _lights(
        self, bearings: tuple[float, float], levels: tuple[float, float], glass: FloatArray, lamp: FloatArray
    ) -> list[_Layer]:
        """A pair of lights, the right one between these bearings: glass, and a brighter lamp in it."""
        pane = on_both_sides(grid(np.linspace(*bearings, 5 if self.detailed else 3), np.array(levels)))
        if not self.detailed:
            return [_Layer("light", pane, 0.4 * glass + 0.6 * lamp, 1.0)]
        edge, rim = 0.15 * (bearings[1] - bearings[0]), 0.2 * (levels[1] - levels[0])
        inner = np.linspace(bearings[0] + edge, bearings[1] - edge, 3)
        core = on_both_sides(grid(inner, np.array([levels[0] + rim, levels[1] - rim])))
        return [_Layer("light", pane, glass, 1.0), _Layer("light", core, lamp, 1.0)]

    def _plate(self, middle: float, level: float) -> FloatArray:
        """A plate of 52 cm x 12 cm in the middle of the front or the rear, its lower edge at a level."""
        spread = np.degrees(np.arctan(0.26 / (self.body.width / 2)))
        end = -1 if middle == 90 else 0
        height = self.lower.top[end, 1] - self.lower.bottom[end, 1]
        return grid(np.array([middle - spread, middle + spread]), np.array([level, level + 0.12 / height]))

    def _wheels(self) -> list[_Layer]:
        """The dark arches in which the wheels stand, and the outsides of tyres and rims."""
        corners = 16 if self.detailed else 12
        cos, sin = arc(-115, 115, corners)
        opening = self.body.wheel + 0.055
        y, z = self.body.wheel + opening * cos, opening * sin
        arches = self.lower.beside(z + np.array(self.body.axles)[:, None], np.stack([y, y]))
        turns = 2 * np.pi * np.arange(corners) / corners
        y, z = self.body.wheel * np.cos(turns), self.body.wheel * np.sin(turns)
        shares = np.array([[1.0], [0.72], [0.66 if self.detailed else 0.58]])
        discs = self._on_all_wheels(self._on_wheel(shares * y, shares * z))
        tyres, edges, rims = discs[::3], discs[1::3], discs[2::3]
        # From afar, spokes and gaps are one darker tone.
        rim = np.array(self.car.rim) * (1.0 if self.detailed else 0.72)
        return [
            _Layer("chassis", _both(arches), _BLACK * 0.5, 0.0),
            _Layer("wheel", tyres, _BLACK, 0.2),
            *([_Layer("wheel", edges, _BLACK * 2.2, 0.2)] if self.detailed else []),
            _Layer("wheel", rims, rim, 0.5),
        ]

    def _spokes(self) -> list[_Layer]:
        """Dark gaps between the spokes of the rims, if one can see them."""
        if not self.detailed:
            return []
        count, radius = self.car.spokes, self.body.wheel
        turns = 2 * np.pi * np.arange(count) / count
        half = 0.62 * np.pi / count
        corners = [
            self._on_wheel(reach * radius * np.cos(turns + turn), reach * radius * np.sin(turns + turn))
            for reach, turn in ((0.17, half), (0.17, -half), (0.57, -half), (0.57, half))
        ]
        gaps = self._on_all_wheels(np.stack(corners, axis=1))
        return [_Layer("wheel", gaps, np.array(self.car.rim) * 0.3, 0.0)]

    def _on_wheel(self, y: FloatArray, z: FloatArray) -> FloatArray:
        """Points ``[..., 3]`` on the outside of a right wheel at z = 0, given from its middle."""
        points = np.empty((*y.shape, 3))
        points[..., 0], points[..., 1], points[..., 2] = 0.94 * self.body.width / 2, self.body.wheel + y, z
        return points

    def _on_all_wheels(self, faces: FloatArray) -> FloatArray:
        return _both(np.concatenate([faces + np.array([0, 0, axle]) for axle in self.body.axles]))

    def _mirrors(self) -> tuple[list[_Layer], list[_Layer]]:
        """The mirror on the side away from the camera, and the other, if one can see them."""
        if not self.detailed:
            return [], []
        foot = self.body.length / 2 - self.body.bonnet
        x, y, z = 0.90 * self.body.width / 2, self.body.belt + 0.02, foot - 0.5 * self.body.windscreen
        box = boxes(np.array([[x, y, z - 0.07]]), np.array([[x + 0.2, y + 0.14, z + 0.05]]))
        right, left = ([_Layer("chassis", faces, self.paint * 0.8, 0.6)] for faces in (box, _mirrored(box)))
        return (left, right) if self.own_eye[0] > 0 else (right, left)

    def _roof(self) -> _Layer:
        ring = ROOF_RING if self.detailed else FAR_RING
        return _Layer("chassis", self.upper.lid(ring, ROOF_CROWN), self.paint, 1.0)

    def _glasshouse(self) -> list[_Layer]:
        """Pillars, edges of the roof and windows (on the upper hull)."""
        hull, frame, glass, height = glasshouse_quads(self.body.style, self.detailed)
        sky = (np.array(self.painter.light.zenith) + np.array(self.painter.light.haze)) / 2
        return [
            _Layer("chassis", hull, self.paint, 1.0),
            _Layer("chassis", frame, np.array(self.car.pillar), 1.0),
            _Layer("window", glass, _GLASS + sky * height[:, None], 2.0),
        ]


def _laid_on(shell: Shell, layers: list[_Layer]) -> list[_Layer]:
    """Layers whose faces ``[N, 4, 2]`` are bearings and levels, in space."""
    quads = np.concatenate([layer.faces for layer in layers])
    points = shell.points(quads[..., 0], quads[..., 1])
    stops = np.cumsum([len(layer.faces) for layer in layers])
    return [
        layer._replace(faces=faces) for layer, faces in zip(layers, np.split(points, stops[:-1]), strict=True)
    ]


def _mirrored(faces: FloatArray) -> FloatArray:
    """Faces ``[N, K, 3]`` of one side as they are on the other."""
    mirrored: FloatArray = faces * np.array([-1, 1, 1])
    return mirrored[:, ::-1]


def _both(faces: FloatArray) -> FloatArray:
    """Faces ``[N, K, 3]`` of one side and those of the other."""
    return np.concatenate([faces, _mirrored(faces)])


def random_car(rng: np.random.Generator, place: tuple[float, float], heading: float) -> Car:
    """A car of any kind and colour.

    Args:
        rng: of its shape and colours.
        place: x and z of its middle in metres.
        heading: radians clockwise seen from above; 0 shows the nose along z, so one sees its back.
    """
    style = tuple(STYLES)[weighted(rng, (0.24, 0.18, 0.13, 0.17, 0.1, 0.05, 0.13))]
    base = np.array(one_of(rng, PAINTS))
    paint = _colour(base * rng.uniform(0.82, 1.12) + rng.normal(0, 0.018, 3))
    plastic = _colour(np.array([0.12, 0.12, 0.125]) * rng.uniform(0.7, 1.6))
    yellow = rng.random() < 0.2
    return Car(
        place=place,
        heading=heading,
        body=random_body(rng, style),
        paint=paint,
        bumper=plastic if rng.random() < (0.6 if style in ("van", "pickup") else 0.2) else paint,
        pillar=paint if rng.random() < 0.3 else _colour(_BLACK),
        rim=_colour(np.array([0.62, 0.63, 0.65]) * one_of(rng, (0.35, 0.8, 1.0, 1.15))),
        spokes=one_of(rng, (5, 5, 6, 7, 8, 10)),
        plates=(_YELLOW if yellow and rng.random() < 0.4 else _WHITE, _YELLOW if yellow else _WHITE),
        high_plate=bool(rng.random() < 0.6),
        grille=(float(rng.uniform(14, 33)), float(rng.uniform(0.6, 0.72))),
        head_light=(float(rng.uniform(28, 38)), float(rng.uniform(0.6, 0.72))),
        tail_light=(float(rng.uniform(24, 40)), float(rng.uniform(0.52, 0.74))),
    )


def _colour(values: FloatArray) -> Colour:
    return as_colour(values, 0.02, 0.92)
