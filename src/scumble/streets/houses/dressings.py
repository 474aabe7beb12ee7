"""What surrounds windows: borders, sills, lintels, arches, shutters, balconies."""

from __future__ import annotations

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.houses.openings import Windows
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.walls import quads, rectangles

_RAIL = 1.0
_IRON = np.array([0.13, 0.13, 0.14])
_PANE = np.array([0.60, 0.66, 0.68])


def add_surrounds(sketch: Sketch, windows: Windows) -> None:
    """Add what lies flat on the wall around openings, to be drawn before these: borders, sills' shadows."""
    style, border = sketch.style, sketch.style.surround
    left, right, bottom, top = windows.left, windows.right, windows.bottom, windows.top
    if style.sill and sketch.near:
        shade = rectangles(left - 0.08, right + 0.1, bottom - 0.24, bottom - 0.08)
        sketch.masonry.add(shade, windows.wall_colours(style) * 0.78)
    if border:
        outer = rectangles(left - border, right + border, bottom - border / 2, top + border)
        sketch.masonry.add(outer, style.trim)


def add_dressings(sketch: Sketch, windows: Windows) -> None:
    """Add what sticks out around openings: sills, lintels, pediments, arches, shutters."""
    style, relief = sketch.style, sketch.relief
    left, right, bottom = windows.left, windows.right, windows.bottom
    if style.head == "arch":
        _add_arches(sketch, windows)
    elif style.head != "plain":
        _add_lintels(sketch, windows)
    if style.sill:
        relief.add(sketch.boxes(left - 0.08, right + 0.08, bottom - 0.09, bottom, 0.1), style.trim)
    if style.shutters is not None:
        colour = np.array(style.shutters)
        width = np.minimum((right - left) / 2, max((1 - style.window[0]) * style.bay / 2 - 0.06, 0.05))
        for start in (left - width - 0.02, right + 0.02):
            relief.add(sketch.boxes(start, start + width, bottom, windows.top, 0.05), colour)
            middle = (bottom + windows.top) / 2
            for low, high in ((bottom + 0.1, middle - 0.05), (middle + 0.05, windows.top - 0.1)):
                relief.add(rectangles(start + 0.07, start + width - 0.07, low, high, 0.05), colour * 0.84)


def _add_arches(sketch: Sketch, windows: Windows) -> None:
    """Cover the upper corners, so that a round arch is left: a quarter of an ellipse in two chords."""
    style = sketch.style
    masked = np.array(style.trim) if style.surround else windows.wall_colours(style)
    top, width = windows.top, windows.right - windows.left
    height = width * 0.45
    middle = (windows.left + windows.right) / 2
    for edge, sign in ((windows.left, 1), (windows.right, -1)):
        u = np.stack([edge, edge, edge + sign * 0.146 * width, middle], 1)
        v = np.stack([top, top - height, top - 0.29 * height, top], 1)
        sketch.relief.add(quads(u, v, 0.01), masked)


def _add_lintels(sketch: Sketch, windows: Windows) -> None:
    trim = np.array(sketch.style.trim)
    foot = windows.top + sketch.style.surround
    sketch.relief.add(sketch.boxes(windows.left - 0.15, windows.right + 0.15, foot, foot + 0.16, 0.1), trim)
    if sketch.style.head == "pediment":
        noble = windows.only(windows.storey == 1)
        left, right = noble.left - 0.2, noble.right + 0.2
        low = noble.top + sketch.style.surround + 0.16
        high, middle = low + 0.22 * (right - left), (left + right) / 2
        outer = quads(np.stack([left, right, middle, middle], 1), np.stack([low, low, high, high], 1), 0.12)
        sketch.relief.add(outer, trim)
        left, right, low, high = left + 0.2, right - 0.2, low + 0.04, high - 0.12
        inner = quads(np.stack([left, right, middle, middle], 1), np.stack([low, low, high, high], 1), 0.12)
        sketch.relief.add(inner, trim * 0.84)


def add_balconies(sketch: Sketch, windows: Windows) -> None:
    """Add balconies, or railings alone where the style's balconies do not stick out."""
    if not len(windows.left):
        return
    style = sketch.style
    # Upper ones are behind lower ones, as seen from the street, and far ones behind near ones.
    aside = np.abs((windows.left + windows.right) / 2 - sketch.at)
    windows = windows.only(np.lexsort((-windows.bottom, -aside)))
    deep = style.balcony > 0.3
    margin = 0.35 if deep else 0.02
    left, right, floor = windows.left - margin, windows.right + margin, windows.bottom
    bodies, tones = [], []
    if deep:
        bodies.append(sketch.boxes(left, right, floor - 0.18, floor, style.balcony))
        tones.append(np.array(style.trim) * np.array([[1.0], [0.8], [0.95]]))
    railing, colours = (_bars if style.railing == "bars" else _panels)(sketch, left, right, floor)
    each = np.concatenate([*bodies, railing], axis=1)
    sketch.relief.add(each, np.concatenate([*tones, colours])[None])


def _panels(
    sketch: Sketch, left: FloatArray, right: FloatArray, floor: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Parapets of concrete or glass: faces ``[N, M, 4, 3]`` and their colours ``[M, 3]``."""
    out, top = sketch.style.balcony, floor + _RAIL
    trim = np.array(sketch.style.trim)
    colour = trim if sketch.style.railing == "solid" else _PANE
    panels = sketch.boxes(left, right, floor, top, out)[:, 1:]
    rail = sketch.boxes(left, right, top - 0.06, top, out + 0.02)[:, 1:]
    tones = np.stack([colour * 0.86, colour, trim * 0.7, trim * 0.8])
    return np.concatenate([panels, rail], axis=1), tones


def _bars(
    sketch: Sketch, left: FloatArray, right: FloatArray, floor: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Iron railings: faces ``[N, M, 4, 3]`` and their colours ``[M, 3]``."""
    count, out, top = 11, sketch.style.balcony, floor + _RAIL
    u = (left[:, None] + (right - left - 0.03)[:, None] * np.linspace(0, 1, count)).ravel()
    bars = rectangles(u, u + 0.03, np.repeat(floor, count), np.repeat(top, count), out)
    foot = rectangles(left, right, floor + 0.06, floor + 0.1, out)
    rail = sketch.boxes(left, right, top - 0.06, top, out)[:, 1:]
    faces = np.concatenate([bars.reshape(-1, count, 4, 3), foot[:, None], rail], axis=1)
    return faces, np.tile(_IRON, (faces.shape[1], 1))
