"""The ground of a street: carriageway with its markings, kerbs, pavements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of
from scumble.streets.light import Colour
from scumble.streets.painter import Painter

FAR = 260.0
"""Metres ahead at which the street ends in haze."""
BACK = -40.0
"""Metres behind the camera that may still be seen when it looks aside."""
KERB = 0.16
"""Width of a kerbstone in metres."""


@dataclass(frozen=True)
class Ground:
    """Widths in metres and colours of what one drives and walks on."""

    road: float
    """Half the width of the carriageway."""
    pavement: float
    """Width of each pavement."""
    lanes: int
    """Number of lanes."""
    asphalt: Colour
    """Colour of the carriageway."""
    slabs: Colour
    """Colour of the pavements."""
    slab_length: float
    """Distance of the joints between slabs in metres."""
    edge_lines: bool
    """Whether lines run along the kerbs."""
    crossing: float | None
    """z of a zebra crossing, or None."""


def random_ground(rng: np.random.Generator) -> Ground:
    """Widths, colours and markings of a street."""
    lanes = one_of(rng, (2, 2, 2, 2, 2, 3, 4))
    grey = rng.uniform(0.26, 0.46)
    warm = rng.uniform(-0.015, 0.02)
    light = rng.uniform(0.48, 0.72)
    slabs = np.clip(light + rng.uniform(-0.05, 0.07) * np.array([1, 0.2, -0.8]), 0, 1)
    return Ground(
        road=lanes * rng.uniform(1.45, 1.75) + one_of(rng, (0.4, 2.1)),
        pavement=float(rng.uniform(1.8, 4.5)),
        lanes=lanes,
        asphalt=(grey + warm, grey, grey - warm),
        slabs=(float(slabs[0]), float(slabs[1]), float(slabs[2])),
        slab_length=float(rng.uniform(0.8, 2.0)),
        edge_lines=bool(rng.random() < 0.4),
        crossing=float(rng.uniform(9, 30)) if rng.random() < 0.3 else None,
    )


def paint_ground(painter: Painter, ground: Ground) -> None:
    """Draw pavements to the ends of the world, the carriageway, kerbs and markings."""
    pavement = painter.surface("pavement", grain=0.02, blotch=0.04)
    road = painter.surface("road", grain=0.03, blotch=0.05)
    slabs, asphalt = np.array(ground.slabs), np.array(ground.asphalt)
    painter.faces(_strips([(-FAR, FAR)]), slabs, pavement)
    painter.faces(_joints(ground), slabs * 0.82, pavement)
    inner, outer = ground.road, ground.road + KERB
    painter.faces(_strips([(-outer, outer)]), np.minimum(slabs * 1.12, 1), pavement)
    painter.faces(_strips([(-inner, inner)]), asphalt, road)
    gutters = _strips([(-inner, -inner + 0.3), (inner - 0.3, inner)])
    painter.faces(gutters, asphalt * 0.86, road)
    markings = _markings(ground)
    if len(markings):
        painter.faces(markings, np.array([0.86, 0.86, 0.83]), road)


def _strips(spans: list[tuple[float, float]], start: float = BACK, stop: float = FAR) -> FloatArray:
    """Rectangles on the ground ``[N, 4, 3]`` between pairs of x and two z."""
    return np.array(
        [[(a, 0, start), (b, 0, start), (b, 0, stop), (a, 0, stop)] for a, b in spans], dtype=np.float64
    )


def _joints(ground: Ground) -> FloatArray:
    """Lines between slabs across both pavements, as far as they can be told apart."""
    begin, end = ground.road + KERB, ground.road + ground.pavement
    ahead = np.arange(BACK / 4, 30, ground.slab_length)
    rows = [_strips([(-end, -begin), (begin, end)], z, z + 0.03) for z in ahead]
    middle = (begin + end) / 2
    return np.concatenate([*rows, _strips([(-middle, -middle + 0.03), (middle, middle + 0.03)], BACK, 30)])


def _markings(ground: Ground) -> FloatArray:
    pieces = [np.zeros((0, 4, 3))]
    lane = 2 * ground.road / ground.lanes
    for i in range(1, ground.lanes):
        x = -ground.road + i * lane
        if ground.lanes % 2 == 0 and i == ground.lanes // 2 and ground.lanes > 2:
            pieces.append(_strips([(x - 0.2, x - 0.08), (x + 0.08, x + 0.2)]))
            continue
        pieces += [_strips([(x - 0.07, x + 0.07)], z, z + 3) for z in np.arange(BACK, 120, 8.0)]
    if ground.edge_lines:
        edge = ground.road - 0.45
        pieces.append(_strips([(-edge, -edge + 0.12), (edge - 0.12, edge)]))
    if ground.crossing is not None:
        bars = np.arange(-ground.road + 0.4, ground.road - 0.6, 1.0)
        pieces.append(_strips([(x, x + 0.5) for x in bars], ground.crossing, ground.crossing + 3))
    return np.concatenate(pieces)
