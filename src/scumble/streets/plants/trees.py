"""Trees and hedges: trunks, branches, and clumps of leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scumble.streets.camera import NEAR, FloatArray
from scumble.streets.dice import weighted
from scumble.streets.light import Colour, as_colour
from scumble.streets.painter import Painter
from scumble.streets.plants.leaves import paint_clumps
from scumble.streets.prop import rectangle, standing
from scumble.streets.solids import boxes, pixels_across, rods, visible
from scumble.streets.vectors import lengths

_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
"""Turning by it from one point to the next spreads points evenly around a stem."""
_OCTAGON = np.array([[math.cos(i * (math.pi / 4)), math.sin(i * (math.pi / 4))] for i in range(8)])
_SHARES = np.linspace(0.01, 0.99, 99)
"""Of the height of a crown, at which its width is measured."""
_SMALL = 26.0
"""Pixels from the middle of a crown to its side below which single leaves cannot be told apart."""


@dataclass(frozen=True)
class Tree:
    """A trunk with branches and a crown whose outline is ``share ** low * (1 - share) ** high``."""

    place: tuple[float, float]
    """x and z of the foot in metres."""
    height: float
    """Metres to the top."""
    stem: float
    """Metres from the ground to the lowest leaves."""
    radius: float
    """Of the crown where it is widest, in metres."""
    outline: tuple[float, float]
    """Exponents (low, high) of the outline: how slowly the crown widens from below and narrows to its top."""
    tiers: int
    """Layers of branches that stick out, as conifers have; 0 for none."""
    clumps: int
    """Number of clumps of leaves."""
    clump_size: float
    """Radius of a clump as a share of the crown's."""
    leaves: tuple[Colour, Colour]
    """The clumps' colours lie between these two."""
    bark: Colour
    """Colour of trunk and branches."""
    trunk: float
    """Radius of the trunk in metres."""
    branches: int
    """Number of branches that can be seen."""
    seed: int
    """Of the places of clumps and leaves."""

    @property
    def class_name(self) -> str:
        """Trees are ``tree``."""
        return "tree"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """An octagon a little narrower than the crown, and the tree's height."""
        reach = max(0.65 * self.radius, 2 * self.trunk)
        return np.array(self.place) + reach * _OCTAGON, self.height

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw the leaves behind the trunk, the trunk with its branches, the leaves in front."""
        size = pixels_across(painter.camera, self.place, self.radius)
        if size is None:
            return
        rng = np.random.default_rng(self.seed)
        surface = painter.surface("tree", grain=0.07, blotch=0.07)
        centres, outward, radii = self._clumps(rng)
        tones = self._tones(rng)
        wood = self._wood(centres, branches=0 if size < _SMALL else self.branches)
        # From afar a few large clumps look the same as many small ones.
        step = int(min(max(1.6 * _SMALL / size, 1), 6))
        centres, outward, radii, tones = centres[::step], outward[::step], radii[::step], tones[::step]
        radii = radii * (0.8 * math.sqrt(step) + 0.2)
        ahead = painter.camera.view(centres)[:, 2]
        middle = painter.camera.view(np.array([self.place[0], 0.0, self.place[1]]))[2]
        order = np.argsort(-ahead)
        behind, before = order[ahead[order] > middle], order[ahead[order] <= middle]
        for chosen, lit in ((behind, False), (before, True)):
            clumps = centres[chosen], radii[chosen], outward[chosen], tones[chosen]
            paint_clumps(painter, surface, rng, clumps, lit=lit)
            if not lit:
                seen = visible(wood, painter.camera)
                streaks = rng.uniform(0.85, 1.15, (len(wood), 1))
                painter.faces(wood[seen], (np.array(self.bark) * streaks)[seen], surface)

    def _width(self, share: FloatArray) -> FloatArray:
        """Radius of the crown in metres at shares 0..1 of its height."""
        low, high = self.outline
        widest = low / (low + high)
        width = share**low * (1 - share) ** high / (widest**low * (1 - widest) ** high)
        if self.tiers:
            width = width * (1.12 - 0.5 * (share * self.tiers % 1))
        return np.asarray(self.radius * width)

    def _clumps(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Centres ``[N, 3]``, directions out of the crown ``[N, 3]`` (shorter inside) and radii ``[N]``."""
        weight = np.cumsum(self._width(_SHARES) + 0.15 * self.radius)
        even = (np.arange(self.clumps) + rng.random(self.clumps)) / self.clumps
        share = np.interp(even * weight[-1], weight, _SHARES)
        angle = np.arange(self.clumps) * _GOLDEN_ANGLE + rng.uniform(-0.5, 0.5, self.clumps)
        # A few great boughs make a crown wider here and narrower there.
        boughs = np.sin(rng.integers(2, 5) * angle + 7 * share + rng.uniform(0, 6))
        width = self._width(share) * (1 + (0.08 if self.tiers else 0.2) * boughs)
        radii = self.radius * self.clump_size * rng.uniform(0.6, 1.25, self.clumps)
        radii = np.minimum(radii, 0.25 * self.radius * self.clump_size + 0.75 * width)
        depth = rng.uniform(0.15, 1, self.clumps) ** 0.45
        across = np.zeros((self.clumps, 3))
        across[:, 0], across[:, 2] = np.cos(angle), np.sin(angle)
        rise = share * (self.height - self.stem - self.radius * self.clump_size) + 0.5 * radii
        reach = np.maximum(width - 0.55 * radii, 0) * depth
        centres = np.array([self.place[0], self.stem, self.place[1]]) + across * reach[:, None]
        centres[:, 1] += rise
        outward = across * depth[:, None] * np.minimum(width / self.radius + 0.35, 1)[:, None]
        outward[:, 1] = 1.9 * (share - 0.42)
        outward = np.asarray(outward / np.maximum(lengths(outward), 1))
        return centres, outward, radii

    def _tones(self, rng: np.random.Generator) -> FloatArray:
        """Colour of each clump in white light ``[clumps, 3]``."""
        first, second = np.array(self.leaves)
        return np.asarray(first + (second - first) * rng.random((self.clumps, 1)))

    def _wood(self, centres: FloatArray, branches: int) -> FloatArray:
        """Faces of the trunk, which widens at its foot, and of branches to some clumps ``[N, 4, 3]``."""
        x, z = self.place
        top = self.stem + 0.5 * (self.height - self.stem)
        heights = np.array([0.0, 1.2 * self.trunk, 4.5 * self.trunk, top])
        stations = np.stack([np.full(4, x), heights, np.full(4, z)], 1)
        thick = self.trunk * np.array([1.4, 1.14, 1.0, 0.4])
        trunk = rods(stations[:-1], stations[1:], np.stack([thick[:-1], thick[1:]], 1), sides=7)
        if not branches:
            return trunk
        ends = centres[:: len(centres) // branches][:branches]
        across = np.hypot(ends[:, 0] - x, ends[:, 2] - z)
        fork = np.minimum(np.maximum(0.85 * self.stem, ends[:, 1] - 1.1 * across), ends[:, 1] - 0.1)
        starts = np.stack([np.full(branches, x), fork, np.full(branches, z)], 1)
        thin = np.broadcast_to(self.trunk * np.array([0.42, 0.12]), (branches, 2))
        return np.concatenate([rods(starts, ends, thin, sides=3), trunk])


@dataclass(frozen=True)
class Hedge:
    """A row of clipped bushes along its heading."""

    place: tuple[float, float]
    """x and z of its middle in metres."""
    heading: float
    """Radians clockwise from z, along which it runs."""
    length: float
    """Metres along its heading."""
    height: float
    """Metres."""
    width: float
    """Metres."""
    roughness: float
    """Radius of the clumps of leaves in metres: small when freshly clipped."""
    leaves: tuple[Colour, Colour]
    """The clumps' colours lie between these two."""
    seed: int
    """Of the places of the clumps."""

    @property
    def class_name(self) -> str:
        """Hedges are ``tree``."""
        return "tree"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """The rectangle on which it stands, and its height."""
        return rectangle(self.width, self.length, self.place, self.heading), self.height

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw a dark body and clumps of leaves all over it."""
        size = pixels_across(painter.camera, self.place, self.length / 2)
        if size is None:
            return
        rng = np.random.default_rng(self.seed)
        surface = painter.surface("tree", grain=0.07, blotch=0.06)
        first, second = np.array(self.leaves)
        half = np.array([self.width, 0, self.length]) / 2
        shrink = np.array([1, 0, 1]) * self.roughness * 0.5
        top = np.array([0, self.height - 0.6 * self.roughness, 0])
        body = standing(boxes((shrink - half)[None], (half - shrink + top)[None]), self.place, self.heading)
        seen = visible(body, painter.camera)
        painter.faces(body[seen], 0.7 * (first + second) / 2, surface)
        area = self.length * (self.width + 2 * self.height)
        count = int(np.clip(area / (1.3 * self.roughness**2), 30, 240 if size > 2 * _SMALL else 70))
        centres, outward = self._clumps(rng, count)
        camera = painter.camera
        to_camera = camera.position - centres
        ahead = camera.view(centres)[:, 2]
        facing = np.flatnonzero(((outward * to_camera).sum(1) > 0) & (ahead > NEAR + self.roughness))
        chosen = facing[np.argsort(-ahead[facing])]
        spread = math.sqrt(area / count / 1.3)
        radii = rng.uniform(0.6, 1.05, count) * spread
        tones = first + (second - first) * rng.random((count, 1))
        paint_clumps(painter, surface, rng, (centres[chosen], radii[chosen], outward[chosen], tones[chosen]))

    def _clumps(self, rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
        """Centres and directions out of the hedge ``[N, 3]``, spread over sides, ends and top."""
        deep = self.roughness * 0.7
        spans = np.array([self.width / 2 - deep, self.height - deep, self.length / 2 - deep])
        areas = np.array([self.height * self.length, self.width * self.length, self.width * self.height])
        across = rng.choice(3, count, p=areas * [2, 1, 2] / (areas @ [2, 1, 2]))
        local = rng.uniform([-1, 0, -1], 1, (count, 3))
        local[:, 2] = (np.arange(count) + rng.random(count)) / count * 2 - 1
        sign = np.where(across == 1, 1.0, rng.choice([-1.0, 1.0], count))
        local[np.arange(count), across] = sign
        outward = np.zeros((count, 3))
        outward[np.arange(count), across] = sign
        outward += np.array([0, 0.25, 0]) + rng.normal(0, 0.18, (count, 3))
        outward /= lengths(outward)
        return standing(local * spans, self.place, self.heading), standing(outward, (0.0, 0.0), self.heading)


class _Form(NamedTuple):
    """Ranges of a kind of tree; shares are of its height."""

    chance: float
    height: tuple[float, float]
    stem: tuple[float, float]
    radius: tuple[float, float]
    outline: tuple[float, float]
    clump_size: float
    clumps: tuple[int, int]


_FORMS = {
    "round": _Form(0.40, (6.5, 12.5), (0.24, 0.36), (0.28, 0.40), (0.50, 0.50), 0.27, (90, 115)),
    "columnar": _Form(0.13, (5.5, 9.5), (0.14, 0.26), (0.14, 0.19), (0.26, 0.36), 0.42, (80, 100)),
    "poplar": _Form(0.09, (12.0, 19.0), (0.08, 0.14), (0.08, 0.11), (0.35, 0.60), 0.48, (90, 115)),
    "conifer": _Form(0.13, (6.0, 15.0), (0.05, 0.12), (0.16, 0.24), (0.13, 0.95), 0.24, (110, 150)),
    "young": _Form(0.25, (3.4, 5.6), (0.40, 0.52), (0.20, 0.28), (0.55, 0.60), 0.24, (60, 76)),
}


def random_tree(rng: np.random.Generator, place: tuple[float, float]) -> Tree:
    """A round, columnar or young tree, a poplar or a conifer, in summer's or autumn's colours.

    Args:
        rng: of its form, size and colours.
        place: x and z of its foot in metres.
    """
    name = tuple(_FORMS)[weighted(rng, tuple(form.chance for form in _FORMS.values()))]
    form = _FORMS[name]
    young, conifer = name == "young", name == "conifer"
    height = float(rng.uniform(*form.height))
    low, high = np.array(form.outline) * rng.uniform(0.8, 1.25, 2)
    grey = rng.uniform(0.22, 0.42)
    return Tree(
        place,
        height=height,
        stem=height * float(rng.uniform(*form.stem)),
        radius=height * float(rng.uniform(*form.radius)),
        outline=(float(low), float(high)),
        tiers=int(rng.integers(5, 9)) if conifer else 0,
        clumps=int(rng.integers(*form.clumps)),
        clump_size=form.clump_size * float(rng.uniform(0.9, 1.1)),
        leaves=_leaf_colours(rng, evergreen=conifer),
        bark=as_colour(grey * np.array([rng.uniform(1.05, 1.35), 1.0, rng.uniform(0.68, 0.95)])),
        trunk=0.022 * height * float(rng.uniform(0.75, 1.25)) * (0.65 if young else 1.0),
        branches=0 if conifer else int(rng.integers(5, 10)),
        seed=int(rng.integers(2**31)),
    )


def random_hedge(
    rng: np.random.Generator, place: tuple[float, float], heading: float, length: float
) -> Hedge:
    """A clipped or a looser hedge, 0.8 to 2 m high.

    Args:
        rng: of its size and colours.
        place: x and z of its middle in metres.
        heading: radians clockwise from z, along which it runs.
        length: in metres, at least 1.
    """
    return Hedge(
        place,
        heading,
        length,
        height=float(rng.uniform(0.8, 2.0)),
        width=float(rng.uniform(0.6, 1.0)),
        roughness=float(rng.uniform(0.12, 0.24)),
        leaves=_leaf_colours(rng, evergreen=True),
        seed=int(rng.integers(2**31)),
    )


def _leaf_colours(rng: np.random.Generator, evergreen: bool) -> tuple[Colour, Colour]:
    """Two related colours of leaves: greens, and for some trees autumn's yellow to rust, or purple."""
    kind = rng.random()
    if evergreen:
        colour = rng.uniform(0.32, 0.48) * np.array([rng.uniform(0.58, 0.85), 1, rng.uniform(0.45, 0.8)])
    elif kind < 0.72:
        colour = rng.uniform(0.42, 0.62) * np.array([rng.uniform(0.62, 0.98), 1, rng.uniform(0.28, 0.6)])
    elif kind < 0.94:
        colour = rng.uniform(0.58, 0.85) * np.array([1, rng.uniform(0.42, 0.86), rng.uniform(0.16, 0.32)])
    else:
        colour = rng.uniform(0.38, 0.52) * np.array([1, rng.uniform(0.5, 0.62), rng.uniform(0.48, 0.6)])
    other = np.clip(colour * rng.uniform(0.72, 1.3) * rng.uniform(0.86, 1.14, 3), 0, 1)
    return as_colour(colour), as_colour(other)
