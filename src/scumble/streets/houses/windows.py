"""Windows of houses, in as much detail as can be seen."""

from __future__ import annotations

import numpy as np

from scumble.streets.houses.dressings import add_balconies, add_dressings, add_surrounds
from scumble.streets.houses.glass import indoors
from scumble.streets.houses.openings import Windows
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.walls import rectangles

_FRAME = 0.07
_BAND, _PLAIN, _FRAMED = 1.8, 9.0, 16.0
"""Widths in samples up to which windows are bands, panes, panes in a frame."""


def add_windows(sketch: Sketch, windows: Windows) -> None:
    """Add windows to a wall.

    Args:
        sketch: of the wall.
        windows: all that it has.
    """
    windows = windows.only((windows.right > sketch.low) & (windows.left < sketch.high))
    width = windows.samples_wide(sketch)
    for add, least, most in (
        (_add_bands, 0, _BAND),
        (_add_panes, _BAND, _PLAIN),
        (_add_framed, _PLAIN, _FRAMED),
        (_add_detailed, _FRAMED, np.inf),
    ):
        some = (width >= least) & ((width < most) | (most == np.inf))
        if some.any():
            add(sketch, windows.only(some))


def _add_bands(sketch: Sketch, windows: Windows) -> None:
    """Far away, each storey's windows are one darker band."""
    share = 0.85 * sketch.style.window[0]
    colour = np.array(sketch.style.wall) * (1 - share) + np.array([0.26, 0.28, 0.30]) * share
    bottom, first = np.unique(windows.bottom, return_index=True)
    left, right = windows.left.min(), windows.right.max()
    sketch.masonry.add(rectangles(left, right, bottom, windows.top[first]), colour)


def _add_panes(sketch: Sketch, windows: Windows) -> None:
    covered, upper, lower = indoors(sketch.light, sketch.style, windows.dice)
    behind = upper * covered[:, None] + lower * (1 - covered[:, None])
    u, v = (windows.left + windows.right) / 2, (windows.bottom + windows.top) / 2
    panes = rectangles(windows.left, windows.right, windows.bottom, windows.top)
    sketch.add_glass(panes, u, v + 3 * (windows.dice[:, 3] - 0.5), behind)


def _add_framed(sketch: Sketch, windows: Windows) -> None:
    style = sketch.style
    if style.sill:
        add_surrounds(sketch, windows)
    opening = np.array(style.frame) * 0.7 + windows.wall_colours(style) * 0.1
    sketch.masonry.add(rectangles(windows.left, windows.right, windows.bottom, windows.top), opening)
    _add_glass(sketch, windows, windows)
    if style.railing is not None:
        add_balconies(sketch, windows.only(windows.balcony))


def _add_detailed(sketch: Sketch, windows: Windows) -> None:
    style, masonry = sketch.style, windows.wall_colours(sketch.style)
    add_surrounds(sketch, windows)
    seen, whole = windows.recessed(sketch)
    add = sketch.masonry.add
    # The upper side of an opening lies in shadow, the lateral ones get some light.
    add(rectangles(windows.left, windows.right, windows.bottom, windows.top), masonry * 0.42)
    for left, right in ((windows.left, seen.left), (seen.right, windows.right)):
        add(rectangles(left, right, windows.bottom, seen.top), masonry * 0.78)
    add(rectangles(seen.left, seen.right, seen.bottom, seen.top), style.frame)
    _add_glass(sketch, windows, whole)
    _add_bars(sketch, windows, whole)
    add_dressings(sketch, windows)
    if style.railing is not None:
        add_balconies(sketch, windows.only(windows.balcony))


def _add_glass(sketch: Sketch, windows: Windows, whole: Windows) -> None:
    left, right, bottom, top = windows.cut(
        whole.left + _FRAME, whole.right - _FRAME, whole.bottom + _FRAME, whole.top - _FRAME
    )
    covered, upper, lower = indoors(sketch.light, sketch.style, windows.dice)
    split = top - covered * (top - bottom)
    # No two panes are quite parallel, so that they reflect different heights.
    tilt = 2.5 * (windows.dice[:, 3] - 0.5)
    u = (left + right) / 2
    for low, high, behind in ((split, top, upper), (bottom, split, lower)):
        sketch.add_glass(rectangles(left, right, low, high), u, (low + high) / 2 + tilt, behind)
    # Curtains at both sides of some of those without blinds.
    style, dice = sketch.style, windows.dice
    drawn = (dice[:, 0] >= style.curtains) & (dice[:, 1] < style.curtains)
    left, right, bottom, top = left[drawn], right[drawn], bottom[drawn], top[drawn]
    cloth = np.array([0.66, 0.63, 0.58]) * (0.5 + 0.3 * dice[drawn, 2:3])
    width = (right - left) * (0.12 + 0.1 * dice[drawn, 2])
    for start, stop in ((left, left + width), (right - width, right)):
        sketch.add_glass(rectangles(start, stop, bottom, top), start, (bottom + top) / 2, cloth)


def _add_bars(sketch: Sketch, windows: Windows, whole: Windows) -> None:
    """Mullions and transoms, which divide windows into panes."""
    (columns, rows), half = sketch.style.panes, _FRAME / 2
    colour = np.array(sketch.style.frame) * 0.96
    left, right, bottom, top = windows.cut(whole.left, whole.right, whole.bottom, whole.top)
    for i in range(1, columns):
        u = np.clip(whole.left + (whole.right - whole.left) * i / columns, left + half, right - half)
        sketch.relief.add(rectangles(u - half, u + half, bottom, top), colour)
    for i in range(1, rows):
        # The upper panes are the smaller ones.
        v = whole.bottom + (whole.top - whole.bottom) * (i / rows) ** 0.75
        sketch.relief.add(rectangles(left, right, v - half, v + half), colour)
