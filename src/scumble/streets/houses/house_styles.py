"""Styles of houses: materials, colours and proportions that go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from scumble.streets.dice import one_of, weighted
from scumble.streets.houses.architecture import Head, Railing, Style
from scumble.streets.houses.materials import (
    BRICKS,
    DARKS,
    DOORS,
    PLASTERS,
    SHUTTERS,
    SLATES,
    STONES,
    TILES,
    WHITES,
)
from scumble.streets.light import Colour, as_colour

_HEADS: tuple[Head, ...] = ("plain", "lintel", "pediment", "arch")
_PANES = ((1, 2), (2, 1), (2, 2), (2, 3), (2, 1))


def random_style(rng: np.random.Generator, length: float, storeys: int) -> Style:
    """A style for a house of this many metres along the street and this many storeys."""
    makers = [_brick, _plaster, _stone, _modern, _offices, _slab]
    low, high = (0.38, 0.42, 0.06, 0.10, 0.02, 0.02), (0.24, 0.30, 0.16, 0.13, 0.07, 0.10)
    make = makers[weighted(rng, low if storeys <= 3 else high)]
    return make(rng, _plain(rng, length))


def _pick(rng: np.random.Generator, *colours: Colour, vary: float = 0.05) -> Colour:
    """One of some colours, a little lighter or darker, warmer or cooler."""
    colour, gain = one_of(rng, colours), 1 + rng.normal(0, vary)
    shifts = rng.normal(0, vary / 4, 3).tolist()
    return _colour(value * gain + shift for value, shift in zip(colour, shifts, strict=True))


def _colour(values: Iterable[float]) -> Colour:
    return as_colour(values, 0.02, 0.98)


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    return _colour(np.array(colour) * (1 - share) + np.array(other) * share)


def _chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def _plain(rng: np.random.Generator, length: float) -> Style:
    """What most houses of the last two centuries share."""
    wall = _pick(rng, *PLASTERS)
    front = length < 10.5 and _chance(rng, 0.22)
    return Style(
        wall=wall,
        ground_floor=wall,
        trim=_pick(rng, *WHITES, *STONES),
        frame=_pick(rng, *WHITES, *WHITES, *DARKS, (0.42, 0.30, 0.20)),
        roof_colour=_pick(rng, *TILES, *SLATES),
        door=_pick(rng, *DOORS),
        course=0.0,
        course_contrast=float(rng.uniform(0.08, 0.16)),
        bay=float(rng.uniform(1.9, 3.0)),
        window=(
            float(rng.uniform(0.38, 0.54)),
            float(rng.uniform(0.24, 0.33)),
            float(rng.uniform(0.78, 0.88)),
        ),
        panes=one_of(rng, _PANES),
        recess=float(rng.uniform(0.08, 0.2)),
        reflection=float(rng.uniform(0.2, 0.36)),
        tint=(1.0, 1.0, 1.0),
        surround=0.0,
        head="plain",
        sill=True,
        string_courses=False,
        pilasters=False,
        quoins=False,
        cornice=float(rng.uniform(0.18, 0.45)),
        shutters=None,
        railing=None,
        balcony=0.0,
        curtains=float(rng.uniform(0.25, 0.65)),
        lit=one_of(rng, (0.0, 0.0, 0.06, 0.15)),
        roof="gable front" if front else "gabled",
        steepness=float(rng.uniform(0.75, 1.25)),
        end_windows=_chance(rng, 0.4),
    )


def _brick(rng: np.random.Generator, plain: Style) -> Style:
    """Brick with stone dressings and sash windows."""
    wall = _pick(rng, *BRICKS)
    stepped = plain.roof == "gable front" and _chance(rng, 0.4)
    flat = plain.roof == "gabled" and _chance(rng, 0.4)
    return replace(
        plain,
        wall=wall,
        ground_floor=_mixed(wall, plain.trim, 0.9) if _chance(rng, 0.25) else wall,
        course=0.15,
        surround=one_of(rng, (0.0, 0.0, 0.12)),
        head=_HEADS[one_of(rng, (0, 1, 1, 3))],
        string_courses=_chance(rng, 0.35),
        pilasters=_chance(rng, 0.1),
        quoins=_chance(rng, 0.2),
        roof="stepped front" if stepped else "flat" if flat else plain.roof,
    )


def _plaster(rng: np.random.Generator, plain: Style) -> Style:
    """Rendered walls in all colours, with surrounds, shutters or balconies on some."""
    decorated = _chance(rng, 0.55)
    base = _mixed(plain.wall, (0.35, 0.33, 0.31), float(rng.uniform(0.15, 0.6)))
    railing = _chance(rng, 0.3)
    return replace(
        plain,
        ground_floor=_pick(rng, plain.trim, base) if _chance(rng, 0.4) else plain.wall,
        surround=float(rng.uniform(0.1, 0.2)) if decorated else 0.0,
        head=_HEADS[weighted(rng, (0.45, 0.25, 0.2, 0.1))] if decorated else "plain",
        string_courses=decorated and _chance(rng, 0.6),
        quoins=decorated and _chance(rng, 0.25),
        shutters=_pick(rng, *SHUTTERS) if _chance(rng, 0.3) else None,
        railing="bars" if railing else None,
        balcony=one_of(rng, (0.12, 0.9)) if railing else 0.0,
        roof="mansard" if plain.roof == "gabled" and _chance(rng, 0.25) else plain.roof,
    )


def _stone(rng: np.random.Generator, plain: Style) -> Style:
    """Dressed stone with pilasters, heavy cornice and a mansard roof."""
    wall = _pick(rng, *STONES)
    return replace(
        plain,
        wall=wall,
        ground_floor=_mixed(wall, (0.4, 0.37, 0.33), float(rng.uniform(0.0, 0.35))),
        trim=_mixed(wall, (0.95, 0.93, 0.88), float(rng.uniform(0.2, 0.6))),
        roof_colour=_pick(rng, *SLATES),
        course=float(rng.uniform(0.35, 0.5)),
        surround=float(rng.uniform(0.1, 0.22)),
        head=_HEADS[int(rng.integers(1, 4))],
        string_courses=True,
        pilasters=_chance(rng, 0.4),
        cornice=float(rng.uniform(0.4, 0.7)),
        railing="bars" if _chance(rng, 0.5) else None,
        balcony=one_of(rng, (0.12, 0.7)),
        roof="mansard" if _chance(rng, 0.7) else "flat",
    )


def _modern(rng: np.random.Generator, plain: Style) -> Style:
    """Flats of our days: large dark windows without ornament."""
    wall = _pick(
        rng, (0.90, 0.90, 0.88), (0.45, 0.44, 0.43), (0.72, 0.70, 0.66), (0.30, 0.29, 0.29), *BRICKS[3:7]
    )
    railings: list[Railing | None] = ["glass", "bars", "solid", None]
    wide = float(rng.uniform(0.5, 0.75))
    return replace(
        plain,
        wall=wall,
        ground_floor=_mixed(wall, (0.25, 0.25, 0.26), one_of(rng, (0.0, 0.5, 0.9))),
        trim=_mixed(wall, (0.5, 0.5, 0.5), 0.5),
        frame=_pick(rng, *DARKS, (0.88, 0.88, 0.86)),
        course=0.15 if max(wall) - min(wall) > 0.1 else 0.0,
        bay=float(rng.uniform(2.6, 3.8)),
        window=(wide, one_of(rng, (0.06, 0.25)), float(rng.uniform(0.82, 0.9))),
        panes=(int(rng.integers(2, 4)), 1),
        recess=float(rng.uniform(0.12, 0.3)),
        reflection=float(rng.uniform(0.3, 0.45)),
        sill=False,
        cornice=0.05,
        railing=one_of(rng, railings),
        balcony=float(rng.uniform(1.0, 1.5)),
        roof="flat",
    )


def _offices(rng: np.random.Generator, plain: Style) -> Style:
    """A curtain wall of tinted glass."""
    return replace(
        plain,
        wall=_pick(rng, (0.22, 0.25, 0.28), (0.40, 0.43, 0.45), (0.16, 0.17, 0.18), (0.55, 0.57, 0.58)),
        ground_floor=_pick(rng, (0.30, 0.31, 0.32), (0.62, 0.62, 0.60)),
        trim=_pick(rng, (0.35, 0.37, 0.39), (0.66, 0.67, 0.68)),
        frame=_pick(rng, *DARKS, (0.62, 0.64, 0.65)),
        bay=float(rng.uniform(1.4, 2.2)),
        window=(0.96, one_of(rng, (0.04, 0.25)), 0.96),
        panes=(1, int(rng.integers(1, 3))),
        recess=0.04,
        reflection=float(rng.uniform(0.42, 0.62)),
        tint=_pick(rng, (0.75, 0.95, 1.0), (0.8, 1.0, 0.92), (0.92, 0.92, 0.95), (1.0, 0.9, 0.78)),
        sill=False,
        cornice=0.06,
        curtains=0.12,
        lit=one_of(rng, (0.05, 0.25)),
        roof="flat",
        end_windows=True,
    )


def _slab(rng: np.random.Generator, plain: Style) -> Style:
    """Concrete of the 1960s: bands of windows or loggias."""
    wall = _pick(rng, (0.66, 0.65, 0.62), (0.76, 0.73, 0.66), (0.58, 0.57, 0.56), (0.82, 0.81, 0.78))
    ribbon = _chance(rng, 0.5)
    return replace(
        plain,
        wall=wall,
        ground_floor=_mixed(wall, (0.3, 0.3, 0.3), float(rng.uniform(0, 0.6))),
        trim=_mixed(wall, _pick(rng, *PLASTERS, *BRICKS), 0.5),
        frame=_pick(rng, *WHITES, *DARKS),
        course=float(rng.uniform(1.2, 1.6)),
        bay=float(rng.uniform(2.4, 3.6)),
        window=(0.98 if ribbon else float(rng.uniform(0.5, 0.72)), float(rng.uniform(0.28, 0.36)), 0.86),
        panes=(2, 1),
        sill=not ribbon,
        string_courses=_chance(rng, 0.5),
        cornice=0.12,
        railing=None if ribbon else "solid",
        balcony=float(rng.uniform(0.9, 1.4)),
        roof="flat",
    )
