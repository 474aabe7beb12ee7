"""What is at the foot of a house: doors, shop windows, awnings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.walls import quads, rectangles
from scumble.streets.light import Colour

_GOODS = 5
"""Things in a shop window that can be told apart."""


@dataclass(frozen=True)
class Door:
    """A door of a house."""

    left: float
    """Least u in metres."""
    width: float
    """In metres."""
    height: float
    """In metres, with the window above it."""


@dataclass(frozen=True)
class Shop:
    """A shop behind a large window."""

    left: float
    """Least u in metres."""
    right: float
    """Greatest u in metres."""
    colour: Colour
    """Of its woodwork and of the board above the window."""
    awning: Colour | None
    """Colour of the awning, if there is one."""
    stripes: Colour
    """Every other strip of the awning has this colour."""
    door: float
    """Place of its door, as a share of its length."""
    brightness: float
    """Of the inside, 0..1."""
    seed: int
    """Of what is in the window."""


def random_shops(rng: np.random.Generator, length: float, front: Colour) -> tuple[Shop, ...]:
    """Shops that fill a house of this length; about half are painted in the colour ``front``."""
    edges = np.linspace(0.25, length - 0.25, max(1, round(length / rng.uniform(4.5, 8))) + 1)
    shops = []
    for left, right in pairwise(edges.tolist()):
        hues = [front, (0.15, 0.15, 0.16), (0.72, 0.69, 0.62), (0.45, 0.14, 0.13), (0.16, 0.25, 0.34)]
        cloths: list[Colour] = [
            (0.60, 0.18, 0.16),
            (0.20, 0.34, 0.27),
            (0.22, 0.28, 0.40),
            (0.78, 0.70, 0.55),
        ]
        cloth = cloths[int(rng.integers(4))]
        shops.append(
            Shop(
                left=left + 0.12,
                right=right - 0.12,
                colour=hues[weighted(rng, (0.48, 0.13, 0.13, 0.13, 0.13))],
                awning=cloth if rng.random() < 0.45 else None,
                stripes=cloth if rng.random() < 0.6 else (0.86, 0.84, 0.79),
                door=one_of(rng, (0.08, 0.4, 0.72)),
                brightness=float(rng.uniform(0.1, 0.75)),
                seed=int(rng.integers(2**31)),
            )
        )
    return tuple(shops)


def add_door(sketch: Sketch, door: Door) -> None:
    """Add a panelled door with a window above it, in a surround, on a step."""
    style, masonry = sketch.style, sketch.masonry
    left, right, top = door.left, door.left + door.width, door.height
    if right < sketch.low or left > sketch.high:
        return
    leaf = np.array(style.door)
    if style.surround or style.head != "plain":
        masonry.add(rectangles(left - 0.2, right + 0.2, 0.0, top + 0.25), style.trim)
    masonry.add(rectangles(left, right, 0.0, top), np.array(style.ground_floor) * 0.38)
    if sketch.near:
        aside = min(max((sketch.at - left) * 0.2 / max(sketch.distance, 0.5), -0.25), 0.25)
        left, right = max(left, left + aside), min(right, right + aside)
    masonry.add(rectangles(left, right, 0.1, top - 0.1), leaf)
    if not sketch.near:
        return
    pane = rectangles(left + 0.08, right - 0.08, top - 0.5, top - 0.16)
    sketch.add_glass(pane, left, top, 0.16)
    edges = np.linspace(left, right, (2 if door.width > 1.5 else 1) + 1)
    for bottom, high in ((0.25, 0.95), (1.1, top - 0.65)):
        masonry.add(rectangles(edges[:-1] + 0.12, edges[1:] - 0.12, bottom, high), leaf * 0.8)
    step = sketch.boxes(door.left - 0.1, door.left + door.width + 0.1, 0.0, 0.12, 0.3)
    masonry.add(step, (0.55, 0.53, 0.50))


def add_shop(sketch: Sketch, shop: Shop, height: float) -> None:
    """Add a shop front.

    Args:
        sketch: of the house's front.
        shop: to add.
        height: of the ground floor in metres.
    """
    if sketch.low > shop.right or sketch.high < shop.left:
        return
    front, board, width, riser = np.array(shop.colour), height - 0.75, 1.0, 0.5
    left, right = shop.left + 0.1, shop.right - 0.1
    door = shop.left + (shop.right - shop.left - width) * shop.door
    sketch.masonry.add(rectangles(shop.left, shop.right, 0.0, board), front * 0.85)
    panes = np.array(
        [(left, door - 0.08, riser), (door, door + width, 0.12), (door + width + 0.08, right, riser)]
    )
    panes = panes[panes[:, 1] - panes[:, 0] > 0.35]
    _add_panes(sketch, shop, panes, board - 0.12)
    if sketch.near:
        _add_goods(sketch, shop, panes, board - 0.2)
        bars = np.concatenate([np.arange(a + 1.6, b - 0.5, 1.6) for a, b, _ in panes])
        sketch.relief.add(rectangles(bars - 0.035, bars + 0.035, 0.1, board - 0.1), front * 0.9)
        sketch.relief.add(rectangles(left, right, board - 0.62, board - 0.56), front * 0.9)
        sketch.relief.add(rectangles(door + 0.1, door + 0.16, 0.9, 1.3, 0.02), (0.7, 0.68, 0.62))
    sketch.relief.add(sketch.boxes(shop.left, shop.right, board, height - 0.2, 0.14), front)
    if shop.awning is not None:
        _add_awning(sketch, shop, shop.awning, board - 0.02)


def _add_panes(sketch: Sketch, shop: Shop, panes: FloatArray, top: float) -> None:
    """Panes, given as rows of least u, greatest u and least v."""
    left, right, bottom = panes.T
    inside = np.array([1.0, 0.93, 0.80]) * (0.10 + 0.40 * shop.brightness)
    # The back of the shop is darker than what stands in the window.
    for low, high, tone in ((1.5, top, 0.75), (bottom, 1.5, 1.0)):
        panes = rectangles(left, right, low, high)
        sketch.add_glass(panes, (left + right) / 2, (low + high) / 2, inside * tone)


def _add_goods(sketch: Sketch, shop: Shop, panes: FloatArray, top: float) -> None:
    rng = np.random.default_rng(shop.seed)
    left, right, bottom = np.repeat(panes, _GOODS, axis=0).T
    count = len(left)
    start = left + (right - left) * rng.uniform(0.02, 0.8, count)
    stop = np.minimum(start + rng.uniform(0.15, 0.6, count), right)
    low = bottom + 0.05
    high = np.minimum(low + rng.uniform(0.2, 1.3, count), top)
    hues = 0.16 * rng.uniform(0.1, 0.9, (count, 3)) + 0.84 * rng.uniform(0.1, 0.8, (count, 1))
    goods = rectangles(start, stop, low, high)
    sketch.add_glass(goods, start, low + 0.5, hues * (0.25 + 0.55 * shop.brightness))


def _add_awning(sketch: Sketch, shop: Shop, awning: Colour, top: float) -> None:
    out, drop, valance = 1.15, 0.55, 0.2
    striped = shop.stripes != awning and sketch.near
    count = max(2, round((shop.right - shop.left) / 0.4)) if striped else 1
    edges = np.linspace(shop.left, shop.right, count + 1)
    left, right = edges[:-1], edges[1:]
    tones = np.where(np.arange(count)[:, None] % 2, shop.stripes, awning)
    foot = top - drop
    end = min(max(sketch.at, shop.left), shop.right)
    if end in (shop.left, shop.right):
        cheek = quads([end] * 4, [top, foot, foot - valance, foot - valance], [0.05, out, out, out])
        sketch.relief.add(cheek, np.array(awning) * 0.6)
    from_below = sketch.camera.eye < top - sketch.distance * drop / out
    cloth = quads(np.stack([left, right, right, left], 1), [top, top, foot, foot], [0.05, 0.05, out, out])
    sketch.relief.add(cloth, tones * (0.55 if from_below else 1.0))
    sketch.relief.add(rectangles(left, right, foot - valance, foot, out), tones * 0.92)
