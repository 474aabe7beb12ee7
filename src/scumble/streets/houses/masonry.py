"""The bodies of walls: tones, courses of brick and stone, bands, pilasters, cornice."""

from __future__ import annotations

import math

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.houses.openings import bay_edges
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.walls import rectangles
from scumble.streets.light import Colour
from scumble.streets.painter import SUPERSAMPLING

_FINEST_COURSE = 4.0
"""Height in samples of the canvas below which courses run together."""
_MOST_COURSES = 22


def add_masonry(sketch: Sketch, first: float, eaves: float, rng: np.random.Generator) -> None:
    """Add a wall up to the eaves, with what lies flat on it.

    Args:
        sketch: of the wall.
        first: height of the first floor in metres.
        eaves: their height in metres.
        rng: of the unevenness of the material.
    """
    style, span = sketch.style, (sketch.low, sketch.high)
    _add_tones(sketch, (0.0, first), style.ground_floor)
    _add_tones(sketch, (first, eaves), style.wall)
    stones = rng.random((60, 3))
    if style.course and sketch.near:
        _add_courses(sketch, first, eaves)
        if style.course < 1:
            _add_odd_stones(sketch, first, eaves, stones)
    plinth = np.array(style.ground_floor) * 0.72
    sketch.masonry.add(rectangles(*span, 0.0, [0.45, 0.07]), plinth * np.array([[1], [0.7]]))


def add_bands(sketch: Sketch, floors: FloatArray) -> None:
    """Add string courses, quoins and pilasters.

    Args:
        sketch: of the wall.
        floors: heights of the ground, the floors and the eaves in metres.
    """
    style, low, high = sketch.style, sketch.low, sketch.high
    trim, eaves, length = np.array(style.trim), float(floors[-1]), sketch.wall.length
    if style.string_courses or style.ground_floor != style.wall:
        bands = floors[1:-1] if style.string_courses else floors[1:2]
        if sketch.near:
            sketch.masonry.add(rectangles(low, high, bands - 0.22, bands - 0.1), np.array(style.wall) * 0.8)
        sketch.relief.add(sketch.boxes(low, high, bands - 0.1, bands + 0.14, 0.08), trim)
    if style.quoins and sketch.near:
        heights = np.arange(0.1, eaves - 0.3, 0.36)
        width = np.where(np.arange(len(heights)) % 2, 0.3, 0.5)
        for left, right in ((0.0, width), (length - width, length)):
            sketch.relief.add(rectangles(left, right, heights, heights + 0.31, 0.02), trim * 0.97)
    if style.pilasters and sketch.near:
        middles = bay_edges(style, length)
        strips = sketch.boxes(middles - 0.16, middles + 0.16, floors[1], eaves, 0.09)
        sketch.relief.add(strips, np.array(style.wall) * 0.6 + trim * 0.4)


def add_downpipe(sketch: Sketch, eaves: float) -> None:
    """Add the pipe that leads the rain from the roof to the ground, and its shadow."""
    left = 0.1 if sketch.at > sketch.wall.length / 2 else sketch.wall.length - 0.2
    sketch.masonry.add(rectangles(left - 0.06, left + 0.14, 0.0, eaves), np.array(sketch.style.wall) * 0.8)
    sketch.relief.add(sketch.boxes(left, left + 0.1, 0.0, eaves, 0.12), (0.46, 0.47, 0.47))


def add_cornice_shadow(sketch: Sketch, eaves: float) -> None:
    """Add the dark strip that a cornice leaves on the wall; to be added before the windows."""
    depth = 0.22 + 1.1 * sketch.style.cornice
    feet, tones = (
        ([eaves - depth - 0.2, eaves - depth], [[0.86], [0.74]])
        if sketch.near
        else ([eaves - depth], [[0.78]])
    )
    strips = rectangles(sketch.low, sketch.high, feet, eaves)
    sketch.masonry.add(strips, np.array(sketch.style.wall) * np.array(tones))


def add_cornice(sketch: Sketch, eaves: float) -> None:
    """Add what sticks out below the roof."""
    style = sketch.style
    out, height = style.cornice, 0.22 + 0.5 * style.cornice
    low = sketch.low - out * (sketch.low <= 0)
    high = sketch.high + out * (sketch.high >= sketch.wall.length)
    middle = eaves - height / 2
    both = sketch.boxes(low, high, [eaves - height, middle], [middle, eaves + 0.04], [out * 0.55, out])
    tones = np.array([[0.85, 0.85, 0.93], [0.9, 0.88, 1.0]])[..., None] * np.array(style.trim)
    seen = slice(0, 2) if sketch.near else slice(1, 2)
    sketch.relief.add(both[seen], tones[seen])


def _add_tones(sketch: Sketch, levels: tuple[float, float], colour: Colour) -> None:
    """A wall is darker towards the ground, which gives it less light than the sky."""
    bottom, top = levels
    edges = np.linspace(bottom, top, int(min(max((top - bottom) * sketch.scale / 60, 1), 5)) + 1)
    tones = 0.90 + 0.11 * (1 - np.exp(-(edges[1:] + edges[:-1]) / 8))
    strips = rectangles(sketch.low, sketch.high, edges[:-1], edges[1:])
    sketch.masonry.add(strips, np.array(colour) * tones[:, None])


def _add_courses(sketch: Sketch, first: float, eaves: float) -> None:
    camera, style = sketch.camera, sketch.style
    # As many courses are left out as it takes to keep the others apart.
    coarser = max(2 * _FINEST_COURSE / (style.course * sketch.scale), eaves / style.course / _MOST_COURSES, 1)
    spacing = style.course * 2 ** math.ceil(math.log2(coarser))
    contrast = style.course_contrast * (style.course / spacing) ** 0.4
    low, high = sketch.wall.span(
        camera, SUPERSAMPLING * camera.focal * camera.height * spacing / _FINEST_COURSE
    )
    if low >= high:
        return
    heights = np.arange(0.45 + spacing, eaves, spacing)
    colours = np.where(heights[:, None] < first, style.ground_floor, style.wall)
    joint = 0.012 + 0.09 * spacing
    sketch.masonry.add(rectangles(low, high, heights - joint, heights), colours * (1 - contrast))


def _add_odd_stones(sketch: Sketch, first: float, eaves: float, dice: FloatArray) -> None:
    """Single bricks and stones that are lighter or darker than the rest, where they can be seen."""
    style, length = sketch.style, sketch.wall.length
    height = max(style.course, 0.3)
    if height * sketch.scale < 14:
        return
    left = dice[:, 0] * (length - 1.6 * height)
    bottom = 0.45 + np.floor(dice[:, 1] * (eaves - 1.0) / height) * height
    colours = np.where(bottom[:, None] < first, style.ground_floor, style.wall) * (0.88 + 0.24 * dice[:, 2:])
    sketch.masonry.add(rectangles(left, left + 1.6 * height, bottom, bottom + 0.9 * height), colours)
