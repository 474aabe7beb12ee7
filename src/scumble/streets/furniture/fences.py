"""Picket fences, railings, low brick walls and wooden board fences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.light import Colour, as_colour
from scumble.streets.painter import Painter
from scumble.streets.prop import rectangle, standing
from scumble.streets.solids import boxes, pixels_across, visible

STYLES = ("picket", "railing", "wall", "boards")
"""Kinds of fence."""
_PANEL = 2.2
"""Greatest distance of posts in metres."""
_COURSE = 0.085
"""Height of a row of bricks in metres."""
_BRICK = 0.24
"""Length of a brick in metres."""
_FINE = 1.2
"""Pixels below which details are left out."""


@dataclass(frozen=True)
class Fence:
    """A straight piece of fence, the same from both sides."""

    place: tuple[float, float]
    """x and z of its middle in metres."""
    heading: float
    """Radians clockwise from z, along which it runs."""
    length: float
    """Metres along its heading."""
    height: float
    """Metres."""
    style: str
    """One of `STYLES`."""
    colour: Colour
    """Of pickets, bars, boards or bricks."""
    other: Colour
    """Of posts, or of a wall's coping."""
    spacing: float
    """Distance of pickets, bars or boards in metres."""
    pointed: float
    """Height of the points of pickets or bars in metres; 0 for flat ones."""
    seed: int
    """Of the tones of boards and bricks."""

    @property
    def class_name(self) -> str:
        """Fences are ``fence``, walls too."""
        return "fence"

    @property
    def thickness(self) -> float:
        """Metres across its heading."""
        return 0.24 if self.style == "wall" else 0.1

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """The strip on which it stands, and its height."""
        return rectangle(self.thickness, self.length, self.place, self.heading), self.height

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw it panel by panel, from far to near."""
        if pixels_across(painter.camera, self.place, self.length / 2 + self.thickness) is None:
            return
        rng = np.random.default_rng(self.seed)
        surface = painter.surface("fence", grain=0.03, blotch=0.04)
        count = max(round(self.length / _PANEL), 1)
        step = self.length / count
        starts: FloatArray = (np.arange(count, dtype=np.float64) - count / 2) * step
        middles = np.stack([np.zeros(count), np.zeros(count), starts + step / 2], 1)
        ahead = painter.camera.view(standing(middles, self.place, self.heading))[:, 2]
        starts = starts[np.argsort(-ahead)]
        if self.style == "wall":
            self._draw_wall(painter, surface, rng, starts, step)
        else:
            tones = np.array(self.colour) * rng.uniform(0.94, 1.06, (count, 1))
            draw = self._draw_boards if self.style == "boards" else self._draw_bars
            draw(painter, surface, tones, starts, step)
            self._draw_posts(painter, surface, starts, step)

    def _draw_bars(
        self, painter: Painter, surface: int, tones: FloatArray, starts: FloatArray, step: float
    ) -> None:
        """Rails along the fence and bars between which one looks through."""
        share = 0.6 if self.style == "picket" else 0.2
        top = self.height - self.pointed
        upper = self.height - 0.16 if self.pointed else self.height - 0.02
        thick = 0.07 if self.style == "picket" else 0.035
        bars = self._teeth(step, share)
        comb = _comb(bars, 0.06, 0.16, 0.16 + thick, top, self.height)
        rail = np.array([[0, upper - thick], [step, upper - thick], [step, upper], [0, upper]])
        painter.faces(self._upright(rail, starts), tones * 0.9, surface)
        painter.faces(self._upright(comb, starts), tones, surface)

    def _draw_boards(
        self, painter: Painter, surface: int, tones: FloatArray, starts: FloatArray, step: float
    ) -> None:
        """Closed panels with some boards lighter than others and dark gaps between them."""
        panel = np.array([[0, 0.05], [step, 0.05], [step, self.height - 0.05], [0, self.height - 0.05]])
        painter.faces(self._upright(panel, starts), tones, surface)
        boards = self._teeth(step, 1.0)
        lighter = _comb(boards[::3], 0.05, 0.05, 0.05, self.height - 0.05, self.height - 0.05)
        painter.faces(self._upright(lighter, starts), tones * 1.1, surface)
        edges = boards[1:, :1] + np.array([-0.007, 0.007])
        gaps = _comb(edges, 0.05, 0.05, 0.05, self.height - 0.05, self.height - 0.05)
        near = self._scale(painter, starts, step) * self.spacing > 4 * _FINE
        painter.faces(self._upright(gaps, starts[near]), tones[near] * 0.6, surface)
        cover = np.array(
            [[0, self.height - 0.05], [step, self.height - 0.05], [step, self.height], [0, self.height]]
        )
        painter.faces(self._upright(cover, starts), np.array(self.other), surface)

    def _draw_posts(self, painter: Painter, surface: int, starts: FloatArray, step: float) -> None:
        along = np.append(np.sort(starts), np.max(starts) + step)
        half = {"picket": 0.05, "railing": 0.03, "boards": 0.06}[self.style]
        top = self.height + (0.06 if self.style == "boards" else 0.0)
        low = np.stack([np.full_like(along, -half), np.zeros_like(along), along - half], 1)
        high = np.stack([np.full_like(along, half), np.full_like(along, top), along + half], 1)
        posts = standing(boxes(low, high), self.place, self.heading)
        painter.faces(posts[visible(posts, painter.camera)], np.array(self.other), surface)

    def _draw_wall(
        self, painter: Painter, surface: int, rng: np.random.Generator, starts: FloatArray, step: float
    ) -> None:
        """Bricks in courses under a coping."""
        half, top = self.thickness / 2, self.height - 0.07
        bricks = np.array(self.colour)
        low = np.stack([np.full_like(starts, -half), np.zeros_like(starts), starts], 1)
        body = standing(boxes(low, low + np.array([2 * half, top, step])), self.place, self.heading)
        seen = visible(body, painter.camera)
        painter.faces(body[seen], bricks, surface)
        scale = self._scale(painter, starts, step)
        side = half * (1 if self._right_of(painter) else -1)
        near = starts[scale * _COURSE > _FINE]
        if len(near):
            self._draw_bricks(painter, surface, rng, (near, step), side * 1.01)
        coping = low + np.array([-0.03, top, 0])
        cover = standing(
            boxes(coping, coping + np.array([2 * half + 0.06, 0.07, step])), self.place, self.heading
        )
        painter.faces(cover[visible(cover, painter.camera)], np.array(self.other), surface)

    def _draw_bricks(
        self,
        painter: Painter,
        surface: int,
        rng: np.random.Generator,
        panels: tuple[FloatArray, float],
        side: float,
    ) -> None:
        """Joints between the courses, and single bricks of other tones."""
        starts, step = panels
        levels = np.arange(_COURSE, self.height - 0.07, _COURSE)
        low, high = starts.min(), starts.max() + step
        joints = np.array([[(low, y), (high, y), (high, y + 0.012), (low, y + 0.012)] for y in levels])
        mortar = 0.55 * np.array(self.colour) + 0.45 * np.array([0.66, 0.64, 0.60])
        painter.faces(self._placed(joints, side), mortar, surface)
        count = min(int(5 * (high - low) * self.height), 45)
        row = rng.integers(len(levels), size=count)
        column = np.floor(rng.uniform(low, high - _BRICK, count) / _BRICK) + row % 2 / 2
        along = np.clip(column * _BRICK, low, high - _BRICK)
        corner = np.stack([along, row * _COURSE + 0.012], 1)
        extent = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [_BRICK - 0.012, _COURSE - 0.012]
        tones = np.array(self.colour) * rng.choice([0.78, 0.88, 1.14, 1.24], (count, 1))
        painter.faces(self._placed(corner[:, None] + extent, side), tones, surface)

    def _teeth(self, step: float, share: float) -> FloatArray:
        """Where the bars of a panel begin and end ``[N, 2]``, when they take this share of their spacing."""
        count = max(round(step / self.spacing), 2)
        width = step / count
        left = np.arange(count) * width + (1 - share) / 2 * width
        return np.stack([left, left + share * width], 1)

    def _upright(self, outline: FloatArray, starts: FloatArray) -> FloatArray:
        """An outline ``[K, 2]`` (along, up) in each panel, in the world ``[panels, K, 3]``."""
        shifted = outline[None] + np.stack([starts, np.zeros_like(starts)], 1)[:, None]
        return self._placed(shifted, 0.0)

    def _placed(self, shapes: FloatArray, side: float) -> FloatArray:
        """Shapes ``[N, K, 2]`` (along, up), ``side`` metres right of the middle, as ``[N, K, 3]``."""
        points = np.stack([np.full(shapes.shape[:-1], side), shapes[..., 1], shapes[..., 0]], -1)
        return standing(points, self.place, self.heading)

    def _scale(self, painter: Painter, starts: FloatArray, step: float) -> FloatArray:
        """Pixels that a metre takes at each panel; 0 behind the camera."""
        middle = self._placed(np.stack([starts + step / 2, np.zeros_like(starts)], 1)[:, None], 0.0)[:, 0]
        ahead = painter.camera.view(middle)[:, 2]
        return painter.camera.focal * painter.camera.height / np.maximum(ahead, step / 2)

    def _right_of(self, painter: Painter) -> bool:
        """Whether the camera is to the right of someone who looks along the fence."""
        right = standing(np.array([1.0, 0, 0]), (0.0, 0.0), self.heading)
        offset = np.array([painter.camera.x - self.place[0], 0, -self.place[1]])
        return bool(offset @ right > 0)


def _comb(
    teeth: FloatArray, foot: float, rail_low: float, rail_high: float, shoulder: float, tip: float
) -> FloatArray:
    """One outline ``[K, 2]`` of a rail with bars across it, as drawing many bars singly takes long.

    Args:
        teeth: where each bar begins and ends ``[N, 2]``, in metres along the panel.
        foot: height of the bars' lower ends in metres.
        rail_low: height of the rail's lower edge.
        rail_high: height of its upper edge; with no height the bars hang together by lines without width.
        shoulder: height at which the bars' points begin.
        tip: height of the points.
    """
    left, right = teeth[:, 0], teeth[:, 1]
    middle = (left + right) / 2
    level = np.broadcast_to(np.array([rail_high, shoulder, tip, shoulder, rail_high]), (len(teeth), 5))
    above = np.stack([np.stack([left, left, middle, right, right], 1), level], -1).reshape(-1, 2)
    level = np.broadcast_to(np.array([rail_low, foot, foot, rail_low]), (len(teeth), 4))
    below = np.stack([np.stack([left, left, right, right], 1), level], -1).reshape(-1, 2)[::-1]
    return np.concatenate([above, below])


def random_fence(
    rng: np.random.Generator, place: tuple[float, float], heading: float, length: float
) -> Fence:
    """A picket fence, a railing, a low brick wall or a wooden board fence, 0.8 to 1.8 m high.

    Args:
        rng: of its style, size and colours.
        place: x and z of its middle in metres.
        heading: radians clockwise from z, along which it runs.
        length: in metres, above 0.
    """
    style = STYLES[weighted(rng, (0.25, 0.3, 0.25, 0.2))]
    low, high = {"picket": (0.85, 1.25), "railing": (0.9, 1.6), "wall": (0.8, 1.4), "boards": (1.3, 1.8)}[
        style
    ]
    spacing = {"picket": (0.12, 0.17), "railing": (0.1, 0.14), "wall": (0.2, 0.25), "boards": (0.12, 0.2)}[
        style
    ]
    points = {"picket": 0.07, "railing": one_of(rng, (0.0, 0.08))}
    colour, other = _colours(rng, style)
    return Fence(
        place,
        heading,
        length,
        height=float(rng.uniform(low, high)),
        style=style,
        colour=colour,
        other=other,
        spacing=float(rng.uniform(*spacing)),
        pointed=points.get(style, 0.0),
        seed=int(rng.integers(2**31)),
    )


def _colours(rng: np.random.Generator, style: str) -> tuple[Colour, Colour]:
    """Of the fence and of its posts or coping."""
    gain = float(rng.uniform(0.85, 1.12))
    if style == "railing":
        paints = [
            (0.10, 0.11, 0.12),
            (0.14, 0.24, 0.18),
            (0.52, 0.54, 0.55),
            (0.70, 0.71, 0.70),
            (0.20, 0.26, 0.36),
        ]
        paint = np.array(paints[int(rng.integers(len(paints)))]) * gain
        return as_colour(paint), as_colour(paint)
    if style == "wall":
        bricks = np.array([rng.uniform(0.42, 0.62), rng.uniform(0.26, 0.42), rng.uniform(0.20, 0.32)])
        stone = rng.uniform(0.45, 0.70) * np.array([1.0, 0.98, 0.93])
        return as_colour(bricks), as_colour(stone)
    woods = [
        (0.48, 0.34, 0.22),
        (0.36, 0.25, 0.18),
        (0.50, 0.46, 0.40),
        (0.62, 0.48, 0.32),
        (0.24, 0.32, 0.28),
    ]
    white = style == "picket" and rng.random() < 0.5
    wood = np.array((0.88, 0.87, 0.84) if white else woods[int(rng.integers(len(woods)))]) * gain
    return as_colour(wood), as_colour(wood * (0.97 if white else 0.82))
