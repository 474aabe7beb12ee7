"""Roofs of houses, with gables, chimneys and dormers."""

from __future__ import annotations

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.houses.architecture import Roof
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.walls import quads, rectangles

_MANSARD_STEEPNESS = 2.6
_MANSARD_HEIGHT = 2.7
_PARAPET = 0.55
_STEPS = 4
_OVERHANG = 0.25


def rise(form: Roof, steepness: float, length: float, depth: float) -> float:
    """Height of a roof above the eaves in metres.

    Args:
        form: of the roof.
        steepness: rise per metre of pitched roofs.
        length: of the house along the street in metres.
        depth: of the house in metres.
    """
    if form in ("gable front", "stepped front"):
        return length / 2 * steepness
    return {"gabled": depth / 2 * steepness, "mansard": _MANSARD_HEIGHT, "flat": _PARAPET}[form]


def add_roof(sketch: Sketch, depth: float, eaves: float, rng: np.random.Generator) -> None:
    """Add what rises behind the eaves.

    Args:
        sketch: of the wall at the street.
        depth: of the house in metres.
        eaves: their height in metres.
        rng: of chimneys and dormers.
    """
    style, length = sketch.style, sketch.wall.length
    height = rise(style.roof, style.steepness, length, depth)
    dice = rng.random(4)
    if style.roof == "flat":
        if dice[0] < 0.4:
            left, right = (0.1 + 0.4 * dice[1]) * length, (0.6 + 0.3 * dice[2]) * length
            house = sketch.boxes(left, right, eaves, eaves + 2.4, -0.3 * depth, -0.7 * depth)
            sketch.roof.add(house, np.array(style.wall) * 0.85)
    elif style.roof in ("gabled", "mansard"):
        inward = depth / 2 if style.roof == "gabled" else _MANSARD_HEIGHT / _MANSARD_STEEPNESS
        _add_chimneys(
            sketch, inward, eaves + height, rng.uniform(0.3, max(length - 1.3, 0.4), int(3 * dice[0]))
        )
        if sketch.camera.eye > eaves - sketch.distance * height / inward:
            _add_slope(sketch, inward, eaves, height)
            if sketch.near and dice[3] < (0.9 if style.roof == "mansard" else 0.35):
                _add_dormers(sketch, inward, eaves, height)
    else:
        _add_crosswise(sketch, depth, eaves, height)


def add_top(sketch: Sketch, eaves: float, height: float, *, gabled: bool) -> None:
    """Add the part of a wall above the eaves.

    Args:
        sketch: of the wall.
        eaves: their height in metres.
        height: of the roof in metres.
        gabled: whether the roof's ridge meets this wall.
    """
    style, length = sketch.style, sketch.wall.length
    if style.roof == "flat":
        sketch.masonry.add(rectangles(sketch.low, sketch.high, eaves, eaves + height), style.wall)
        coping = sketch.boxes(sketch.low, sketch.high, eaves + height - 0.1, eaves + height, 0.05)
        sketch.relief.add(coping, np.array(style.trim) * 0.95)
    elif gabled and style.roof == "stepped front":
        _add_steps(sketch, eaves, height)
    elif gabled and style.roof == "mansard":
        slope = height / _MANSARD_STEEPNESS
        u, v = [0, length, length - slope, slope], [eaves, eaves, eaves + height, eaves + height]
        sketch.masonry.add(quads(u, v), style.wall)
    elif gabled:
        top = eaves + height
        sketch.masonry.add(quads([0, length, length / 2, length / 2], [eaves, eaves, top, top]), style.wall)
        foot, edge = eaves - _OVERHANG * 2 * height / length, 0.28
        for outer in (-_OVERHANG, length + _OVERHANG):
            verge = quads([outer, length / 2, length / 2, outer], [foot, top, top - edge, foot - edge], 0.12)
            sketch.relief.add(verge, np.array(style.trim) * 0.92)


def _add_steps(sketch: Sketch, eaves: float, height: float) -> None:
    length, trim = sketch.wall.length, sketch.style.trim
    inset = np.arange(_STEPS) / _STEPS * length / 2
    top = eaves + height * (np.arange(_STEPS) + 1) / _STEPS + 0.25
    sketch.masonry.add(
        rectangles(inset, length - inset, top - height / _STEPS - 0.25, top), sketch.style.wall
    )
    width = length / 2 / _STEPS
    for left in (inset, length - inset - width):
        sketch.relief.add(rectangles(left, left + width, top - 0.12, top + 0.05, 0.06), trim)


def _add_slope(sketch: Sketch, inward: float, eaves: float, height: float) -> None:
    style, low, high = sketch.style, sketch.low, sketch.high
    colour = np.array(style.roof_colour)
    out = style.cornice if style.roof == "gabled" else 0.0
    foot, u = eaves - out * height / inward, [low, high, high, low]
    top = eaves + height
    sketch.roof.add(quads(u, [foot, foot, top, top], [out, out, -inward, -inward]), colour)
    if not sketch.near:
        return
    spacing = max(0.4, 8 / sketch.scale, height / 16)
    joint = 0.12 * spacing / height
    share = np.arange(spacing / height, 0.98, spacing / height)[:, None] + np.array([0, 0, joint, joint])
    sketch.roof.add(quads(u, eaves + share * height, -share * inward), colour * 0.86)
    sketch.roof.add(rectangles(low, high, top - 0.06, top + 0.12, -inward), colour * 0.8)


def _add_dormers(sketch: Sketch, inward: float, eaves: float, height: float) -> None:
    style, length = sketch.style, sketch.wall.length
    count = max(1, round(length / style.bay / (1 if style.roof == "mansard" else 2)))
    middle = (np.arange(count) + 0.5) * length / count
    bottom, top = eaves + 0.45, eaves + 1.9
    out, back = -0.45 * inward / height, -1.9 * inward / height
    left, right, colour = middle - 0.6, middle + 0.6, np.array(style.roof_colour)
    sketch.roof.add(sketch.boxes(left, right, bottom, top, out, back)[:, 1], colour * 0.75)
    sketch.roof.add(rectangles(left, right, bottom, top, out), style.trim)
    caps = sketch.boxes(left - 0.12, right + 0.12, top, top + 0.16, out + 0.1, back)
    sketch.roof.add(caps, colour * 0.9)
    panes = rectangles(left + 0.2, right - 0.2, bottom + 0.12, top - 0.15, out)
    sketch.add_glass(panes, middle, top + 0.5, 0.12)
    sketch.relief.add(rectangles(middle - 0.04, middle + 0.04, bottom + 0.12, top - 0.15, out), style.trim)


def _add_crosswise(sketch: Sketch, depth: float, eaves: float, height: float) -> None:
    """Two slopes whose ridge runs away from the street."""
    length, colour = sketch.wall.length, np.array(sketch.style.roof_colour)
    steepness, top = 2 * height / length, eaves + height
    foot, w = eaves - _OVERHANG * steepness, [0.1, 0.1, -depth, -depth]
    for outer, aside in ((-_OVERHANG, sketch.at), (length + _OVERHANG, length - sketch.at)):
        if sketch.camera.eye < eaves + aside * steepness:
            continue
        sketch.roof.add(quads([outer, length / 2, length / 2, outer], [foot, top, top, foot], w), colour)
        if sketch.near:
            share = np.arange(0.07, 1, 0.07)[:, None] + np.array([0, 0.014, 0.014, 0])
            rows = quads(outer + (length / 2 - outer) * share, foot + (top - foot) * share, w)
            sketch.roof.add(rows, colour * 0.86)


def _add_chimneys(sketch: Sketch, inward: float, ridge: float, left: FloatArray) -> None:
    if not len(left):
        return
    left, w = np.sort(left), -inward + 0.3
    colour = np.array(sketch.style.wall) * 0.4 + np.array([0.5, 0.32, 0.26]) * 0.6
    sketch.roof.add(sketch.boxes(left, left + 0.9, ridge - 1.5, ridge + 1.1, w, w - 0.6), colour * 0.9)
    if sketch.near:
        cap = sketch.boxes(left - 0.06, left + 0.96, ridge + 0.95, ridge + 1.1, w + 0.06, w - 0.66)
        sketch.roof.add(cap, colour * 0.75)
        pots = np.concatenate([left + 0.15, left + 0.5])
        sketch.roof.add(rectangles(pots, pots + 0.22, ridge + 1.1, ridge + 1.5, w - 0.3), (0.62, 0.38, 0.28))
