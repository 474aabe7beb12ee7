"""Traffic signs: boards on a post."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.light import Colour
from scumble.streets.painter import Painter
from scumble.streets.prop import rectangle, standing
from scumble.streets.solids import pixels_across, rods, visible

_RED: Colour = (0.78, 0.11, 0.12)
_BLUE: Colour = (0.10, 0.28, 0.62)
_GREEN: Colour = (0.07, 0.38, 0.26)
_YELLOW: Colour = (0.95, 0.76, 0.12)
_WHITE: Colour = (0.94, 0.94, 0.92)
_BLACK: Colour = (0.09, 0.09, 0.10)
_BACK: Colour = (0.52, 0.53, 0.54)


@dataclass(frozen=True)
class Board:
    """One plate of a sign."""

    shape: str
    """A key of `SHAPES`."""
    size: tuple[float, float]
    """Width and height in metres."""
    middle: float
    """Height of its middle above the ground in metres."""
    rim: Colour
    """Colour of its border."""
    border: float
    """Width of the border as a share of half the board."""
    field: Colour
    """Colour inside the border."""
    symbol: str
    """A key of `SYMBOLS`."""
    ink: Colour
    """Colour of the symbol."""


@dataclass(frozen=True)
class Sign:
    """Boards on a post; their fronts look along the heading."""

    place: tuple[float, float]
    """x and z of the foot in metres."""
    heading: float
    """Radians clockwise from z, towards which the boards face."""
    height: float
    """Of the post in metres."""
    radius: float
    """Of the post in metres."""
    colour: Colour
    """Of the post."""
    boards: tuple[Board, ...]

    @property
    def class_name(self) -> str:
        """All of it, the post included, is ``sign``."""
        return "sign"

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """A square around the post, and the sign's height."""
        top = max(board.middle + board.size[1] / 2 for board in self.boards)
        return rectangle(3 * self.radius, 3 * self.radius, self.place, self.heading), max(self.height, top)

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw the post before the boards when they are seen from the front, after them from behind."""
        if pixels_across(painter.camera, self.place, max(board.size[0] for board in self.boards)) is None:
            return
        surface = painter.surface("sign", instance, grain=0.01, blotch=0.02)
        camera = painter.camera
        to_camera = np.array([camera.x - self.place[0], camera.eye, -self.place[1]])
        ahead = standing(np.array([0.0, 0.0, 1.0]), (0.0, 0.0), self.heading)
        # From the plane of the boards, which is a little before the post.
        front = float(to_camera @ ahead) > self.radius + 0.02
        if front:
            self._draw_post(painter, surface)
        for board in self.boards:
            outline = _outline(board.shape)
            if not front:
                painter.faces(self._placed(board, outline[None]), np.array(_BACK), surface)
                painter.faces(self._placed(board, _BRACES), 0.8 * np.array(_BACK), surface)
                continue
            inner = outline * (1 - board.border)
            painter.faces(
                self._placed(board, np.stack([outline, inner])), np.array([board.rim, board.field]), surface
            )
            symbol = SYMBOLS[board.symbol]
            if len(symbol):
                painter.faces(self._placed(board, symbol), np.array(board.ink), surface)
        if not front:
            self._draw_post(painter, surface)

    def _draw_post(self, painter: Painter, surface: int) -> None:
        x, z = self.place
        post = rods(np.array([[x, 0, z]]), np.array([[x, self.height, z]]), np.full((1, 2), self.radius))
        painter.faces(post[visible(post, painter.camera)], np.array(self.colour), surface)

    def _placed(self, board: Board, shape: FloatArray) -> FloatArray:
        """Points ``[N, K, 2]`` of a board (right and up as its reader sees it, -1..1) in the world."""
        across, up = shape[..., 0] * board.size[0] / 2, shape[..., 1] * board.size[1] / 2 + board.middle
        ahead = np.full(across.shape, self.radius + 0.02)
        # Whoever reads it looks against its heading, so that right is left.
        return standing(np.stack([-across, up, ahead], -1), self.place, self.heading)


def _outline(shape: str) -> FloatArray:
    """Corners ``[K, 2]`` of a board within -1..1."""
    corners, turn = SHAPES[shape]
    if shape == "rectangle":
        return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    angle = np.arange(corners) * (2 * math.pi / corners) + turn
    ring: FloatArray = np.stack([np.cos(angle), np.sin(angle)], 1)
    return np.asarray(ring / np.abs(ring).max()) if corners == 8 else ring


SHAPES: dict[str, tuple[int, float]] = {
    "round": (20, 0.0),
    "triangle": (3, math.pi / 2),
    "give way": (3, -math.pi / 2),
    "octagon": (8, math.pi / 8),
    "diamond": (4, 0.0),
    "rectangle": (4, math.pi / 4),
}
"""Number of corners of each board and the angle of the first one."""


def _bars(*bars: tuple[float, float, float, float]) -> FloatArray:
    """Upright rectangles ``[N, 4, 2]`` from (left, bottom, right, top)."""
    return np.array([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in bars], dtype=np.float64)


def _arrow(angle: float) -> FloatArray:
    """A shaft and a head ``[2, 4, 2]`` that point up, turned to the left by an angle in radians."""
    shaft = [(-0.11, -0.6), (0.11, -0.6), (0.11, 0.15), (-0.11, 0.15)]
    head = [(-0.38, 0.1), (0.38, 0.1), (0.0, 0.62), (0.0, 0.62)]
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(np.array([shaft, head]) @ np.array([[cos, sin], [-sin, cos]]))


_LEGS = [
    [(-0.1, -0.1), (0.06, -0.1), (-0.12, -0.6), (-0.28, -0.6)],
    [(-0.06, -0.1), (0.1, -0.1), (0.3, -0.6), (0.14, -0.6)],
]
_SLASH = [(-0.62, 0.5), (-0.5, 0.62), (0.62, -0.5), (0.5, -0.62)]
SYMBOLS: dict[str, FloatArray] = {
    "none": np.zeros((0, 4, 2)),
    "bar": _bars((-0.62, -0.16, 0.62, 0.16)),
    "ahead": _arrow(0.0),
    "left": _arrow(math.pi / 2),
    "right": _arrow(-math.pi / 2),
    "down right": _arrow(-0.75 * math.pi),
    "slash": np.array([_SLASH]),
    "cross": np.array([_SLASH, [(-x, y) for x, y in _SLASH]]),
    "attention": np.concatenate(
        [_bars((-0.07, -0.36, 0.07, -0.24)), [[(-0.05, -0.16), (0.05, -0.16), (0.09, 0.3), (-0.09, 0.3)]]]
    ),
    "walker": np.concatenate([_bars((-0.13, -0.12, 0.13, 0.3), (-0.09, 0.36, 0.09, 0.58)), _LEGS]),
    "small walker": 0.6
    * np.concatenate([_bars((-0.13, -0.12, 0.13, 0.3), (-0.09, 0.36, 0.09, 0.58)), _LEGS]),
    "car": np.array(
        [
            [(-0.55, -0.25), (0.55, -0.25), (0.55, 0.05), (-0.55, 0.05)],
            [(-0.35, 0.05), (0.35, 0.05), (0.24, 0.34), (-0.24, 0.34)],
            [(-0.45, -0.4), (-0.25, -0.4), (-0.25, -0.25), (-0.45, -0.25)],
            [(0.25, -0.4), (0.45, -0.4), (0.45, -0.25), (0.25, -0.25)],
        ]
    ),
    "lanes": _bars((-0.75, 0.3, 0.35, 0.5), (-0.75, -0.1, 0.6, 0.1), (-0.75, -0.5, 0.1, -0.3)),
    "way": np.concatenate(
        [
            _bars((-0.8, 0.15, 0.25, 0.4), (-0.8, -0.4, 0.1, -0.15), (0.5, -0.45, 0.62, 0.1)),
            [[(0.36, 0.08), (0.76, 0.08), (0.56, 0.5), (0.56, 0.5)]],
        ]
    ),
}
"""Quadrilaterals ``[N, 4, 2]`` of each symbol within -1..1."""

_BRACES = _bars((-0.36, 0.16, 0.36, 0.26), (-0.36, -0.3, 0.36, -0.2))
"""On the back of a board."""

_KINDS: list[tuple[float, str, tuple[float, float], Colour, float, Colour, tuple[str, ...], Colour]] = [
    # chance, shape, width and height, rim, border, field, symbols, ink
    (0.16, "round", (0.62, 0.62), _RED, 0.20, _WHITE, ("none", "car", "walker", "left", "bar"), _BLACK),
    (0.08, "round", (0.62, 0.62), _WHITE, 0.05, _RED, ("bar",), _WHITE),
    (0.11, "round", (0.62, 0.62), _RED, 0.15, _BLUE, ("slash", "cross"), _RED),
    (0.13, "round", (0.62, 0.62), _WHITE, 0.06, _BLUE, ("ahead", "right", "down right", "walker"), _WHITE),
    (0.12, "triangle", (0.80, 0.80), _RED, 0.30, _WHITE, ("attention", "small walker"), _BLACK),
    (0.07, "give way", (0.80, 0.80), _RED, 0.30, _WHITE, ("none",), _BLACK),
    (0.07, "octagon", (0.72, 0.72), _WHITE, 0.07, _RED, ("bar",), _WHITE),
    (0.06, "diamond", (0.78, 0.78), _WHITE, 0.24, _YELLOW, ("none",), _BLACK),
    (0.05, "diamond", (0.82, 0.82), _BLACK, 0.06, _YELLOW, ("ahead", "small walker"), _BLACK),
    (0.08, "rectangle", (0.60, 0.60), _WHITE, 0.06, _BLUE, ("walker", "ahead", "car"), _WHITE),
    (0.04, "rectangle", (0.90, 0.60), _WHITE, 0.05, _BLUE, ("way", "lanes"), _WHITE),
    (0.03, "rectangle", (1.30, 0.70), _WHITE, 0.05, _GREEN, ("way", "lanes"), _WHITE),
]


def random_sign(rng: np.random.Generator, place: tuple[float, float], heading: float) -> Sign:
    """A prohibition, an order, a warning, a stop, give-way or direction sign; some with a second board.

    Args:
        rng: of its boards and size.
        place: x and z of its foot in metres.
        heading: radians clockwise from z, towards which its boards face.
    """
    scale = float(rng.uniform(0.9, 1.3))
    boards: list[Board] = []
    top = float(rng.uniform(2.5, 3.2))
    for _ in range(1 if rng.random() < 0.75 else 2):
        board = _random_board(rng, scale, top, boards[0].shape if boards else None)
        boards.append(board)
        top -= board.size[1] + 0.05
    if rng.random() < 0.18:
        size = 0.6 * scale, 0.25 * scale
        boards.append(Board("rectangle", size, top - size[1] / 2, _BLACK, 0.08, _WHITE, "bar", _BLACK))
    grey = float(rng.uniform(0.42, 0.66))
    highest = boards[0]
    return Sign(
        place,
        heading,
        height=highest.middle + 0.2 * highest.size[1],
        radius=float(rng.uniform(0.028, 0.042)),
        colour=(grey, grey, grey),
        boards=tuple(boards),
    )


def _random_board(rng: np.random.Generator, scale: float, top: float, other_than: str | None) -> Board:
    """A board whose upper edge is at a height in metres, and of another shape than the one above it."""
    chances = np.array([kind[0] * (kind[1] != other_than) for kind in _KINDS])
    chances /= chances.sum()
    _, shape, size, rim, border, field, symbols, ink = _KINDS[weighted(rng, tuple(chances.tolist()))]
    # Signs fade in the sun, each to a tone of its own.
    worn = float(rng.uniform(0.0, 0.25)), float(rng.uniform(0.85, 1.08))
    width, height = size[0] * scale, size[1] * scale
    middle = top - height / 2
    symbol = one_of(rng, symbols)
    return Board(
        shape,
        (width, height),
        middle,
        _faded(rim, *worn),
        border,
        _faded(field, *worn),
        symbol,
        _faded(ink, *worn),
    )


def _faded(colour: Colour, grey: float, gain: float) -> Colour:
    """A colour mixed with its own grey and made brighter or darker."""
    mean = sum(colour) / 3
    red, green, blue = (min((c + (mean - c) * grey) * gain, 1.0) for c in colour)
    return red, green, blue
