"""Shapes of cars: the measures of a body and its two curved hulls, lower body and glasshouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scumble.streets.camera import FloatArray

Range = tuple[float, float]
"""Lowest and highest."""


ROOF_CROWN = 0.03
"""Metres by which the middle of a roof is higher than its edges."""
LOWER_LEVELS = np.array([0, 0.1, 0.34, 0.6, 0.86, 1])
"""Levels (see `Shell`) at which lower hulls bend."""
UPPER_LEVELS = np.array([0, 0.35, 0.82, 0.93, 1])
"""Levels at which glasshouses bend."""


@dataclass(frozen=True)
class Style:
    """The measures a kind of car may have, in metres, and where its windows are."""

    length: Range
    """Bumper to bumper."""
    width: Range
    """Without mirrors."""
    height: Range
    """Ground to roof."""
    belt: Range
    """Height of the lower edge of the side windows."""
    nose: Range
    """Height of the front edge of the bonnet."""
    bonnet: Range
    """Nose to the foot of the windscreen."""
    windscreen: Range
    """How far the windscreen leans back from foot to roof."""
    boot: Range
    """Tail to the foot of the rear window."""
    rear_window: Range
    """How far the rear window leans forward from foot to roof."""
    wheel: Range
    """Radius of the wheels."""
    windows: tuple[Range, ...]
    """Bearings in degrees (see `Shell`) between which the windows of the right side lie, from the rear."""


STYLES = {
    "hatchback": Style(
        (3.8, 4.35), (1.70, 1.82), (1.42, 1.53), (0.89, 0.97), (0.64, 0.74), (0.95, 1.15), (0.65, 0.85),
        (0.06, 0.14), (0.25, 0.5), (0.29, 0.33), ((-36, -6), (-4, 42)),
    ),
    "saloon": Style(
        (4.4, 4.95), (1.74, 1.88), (1.38, 1.47), (0.87, 0.95), (0.62, 0.72), (1.15, 1.4), (0.7, 0.9),
        (0.62, 0.95), (0.6, 0.85), (0.30, 0.34), ((-37, -2), (0, 42)),
    ),
    "estate": Style(
        (4.45, 4.9), (1.74, 1.86), (1.42, 1.52), (0.88, 0.96), (0.63, 0.73), (1.1, 1.3), (0.7, 0.85),
        (0.05, 0.12), (0.3, 0.55), (0.30, 0.34), ((-42, -28), (-25, 7), (9, 42)),
    ),
    "suv": Style(
        (4.2, 4.75), (1.80, 1.94), (1.62, 1.78), (1.03, 1.12), (0.84, 0.98), (1.0, 1.2), (0.55, 0.75),
        (0.06, 0.12), (0.2, 0.4), (0.35, 0.385), ((-41, -30), (-27, 2), (4, 42)),
    ),
    "van": Style(
        (4.7, 5.6), (1.86, 2.0), (1.88, 2.25), (1.06, 1.17), (0.82, 0.95), (0.62, 0.8), (0.6, 0.8),
        (0.02, 0.05), (0.04, 0.1), (0.32, 0.36), ((22, 42),),
    ),
    "pickup": Style(
        (4.7, 5.3), (1.76, 1.92), (1.62, 1.78), (1.0, 1.1), (0.84, 0.95), (1.1, 1.3), (0.5, 0.65),
        (1.5, 2.0), (0.1, 0.2), (0.34, 0.38), ((-38, -3), (0, 42)),
    ),
    "city car": Style(
        (2.95, 3.6), (1.55, 1.66), (1.45, 1.55), (0.90, 0.98), (0.68, 0.78), (0.6, 0.78), (0.6, 0.75),
        (0.04, 0.08), (0.15, 0.3), (0.26, 0.29), ((-37, -12), (-8, 42)),
    ),
}  # fmt: skip
"""Kinds of cars by name."""


@dataclass(frozen=True)
class Body:
    """The measures of one car, in metres; see `Style` for those without words of their own."""

    style: str
    """One of `STYLES`."""
    length: float
    width: float
    height: float
    belt: float
    nose: float
    bonnet: float
    windscreen: float
    boot: float
    rear_window: float
    wheel: float
    clearance: float
    """Height of the sills above the ground."""
    wedge: float
    """By how much the belt rises from the windscreen to the tail."""
    tumblehome: float
    """By how much each side of the glasshouse leans in from belt to roof."""
    squareness: float
    """Exponent of the plan's superellipse."""

    @property
    def kind(self) -> Style:
        """What it has in common with others of its style."""
        return STYLES[self.style]

    @property
    def axles(self) -> tuple[float, float]:
        """Front and rear axle, as z."""
        overhang = 0.62 if self.length < 3.7 else 0.82
        return self.length / 2 - overhang, -self.length / 2 + overhang - 0.04

    @cached_property
    def belt_line(self) -> FloatArray:
        """Z and y ``[6, 2]`` of the edge from the tail along the belt and the bonnet to the nose."""
        half = self.length / 2
        foot, rise = half - self.bonnet, self.belt - self.nose
        high = self.belt + self.wedge
        return np.array(
            [
                (-half, high - (0.06 if self.boot > 0.5 else 0.0)),
                (-half + self.boot, high),
                (foot, self.belt),
                (foot + 0.5 * self.bonnet, self.nose + 0.74 * rise),
                (half - 0.15, self.nose + 0.12 * rise),
                (half, self.nose),
            ]
        )

    def lower(self) -> Shell:
        """The hull from the sills to the belt, the bonnet and the boot lid."""
        half, low = self.length / 2, self.clearance
        slope = 0.6 if self.style == "van" else 1.0
        return Shell(
            levels=LOWER_LEVELS,
            widths=self.width / 2 * np.array([0.96, 0.975, 0.995, 1, 0.975, 0.90]),
            front=half - slope * np.array([0.05, 0.02, 0, 0.03, 0.09, 0.20]),
            rear=-half + np.array([0.07, 0.02, 0, 0.015, 0.035, 0.09]),
            middle=0.0,
            bottom=np.array([(-half, low + 0.08), (-half + 0.6, low), (half - 0.6, low), (half, low + 0.05)]),
            top=self.belt_line,
            squareness=self.squareness,
        )

    def upper(self) -> Shell:
        """The glasshouse, from the belt to the edge of the roof."""
        half = self.length / 2
        # Glass bulges: it leans in more and more towards the roof, which has rounded edges.
        lean, edge = UPPER_LEVELS**1.25, np.array([0, 0, 0, 0.25, 1])
        edge_height = self.height - ROOF_CROWN
        roof = np.array([(-half, edge_height - 0.07), (0.05 * half, edge_height), (half, edge_height - 0.14)])
        foot, tail = half - self.bonnet, -half + self.boot
        return Shell(
            levels=UPPER_LEVELS,
            widths=0.92 * self.width / 2 - self.tumblehome * lean - 0.07 * edge,
            front=foot - self.windscreen * lean - 0.10 * edge,
            rear=tail + 0.05 + self.rear_window * lean + 0.08 * edge,
            middle=(foot + tail - self.windscreen / 2 + self.rear_window / 2) / 2,
            # A little inside the lower body, whose belt of plane faces is less curved.
            bottom=self.belt_line - np.array([0, 0.04]),
            top=roof,
            squareness=9.0,
        )


@dataclass(frozen=True)
class Shell:
    """A hull of horizontal rings that are superellipses seen from above.

    A point on it has a level (0 lowest ring, 1 highest) and a bearing in degrees: 0 right, 90 ahead, 180
    left, 270 behind; the corners are near 45, 135, 225, 315 whatever the car's proportions.
    """

    levels: FloatArray
    """``[R]``, increasing from 0 to 1: where the measures of rings are known."""
    widths: FloatArray
    """``[R]`` half widths."""
    front: FloatArray
    """``[R]`` z of the ends ahead."""
    rear: FloatArray
    """``[R]`` z of the ends behind."""
    middle: float
    """z at which the rings are widest."""
    bottom: FloatArray
    """``[K, 2]`` z and y of the lowest ring."""
    top: FloatArray
    """``[K, 2]`` z and y of the highest ring."""
    squareness: float
    """Exponent of the superellipses; 2 is an ellipse."""

    def points(self, bearings: FloatArray, levels: FloatArray) -> FloatArray:
        """Points ``[..., 3]`` at bearings ``[...]`` and levels ``[...]``."""
        angles = np.radians(bearings)
        right, ahead = np.cos(angles), np.sin(angles)
        n = self.squareness
        reach = (np.abs(right) ** n + np.abs(ahead) ** n) ** (-1 / n)
        front, rear = (np.interp(levels, self.levels, z) for z in (self.front, self.rear))
        z = self.middle + reach * ahead * np.where(ahead > 0, front - self.middle, self.middle - rear)
        x = reach * right * np.interp(levels, self.levels, self.widths)
        return _points(x, self._height(z, levels), z)

    def lid(self, bearings: FloatArray, crown: float) -> FloatArray:
        """Quadrilaterals ``[2 * (M - 1), 4, 3]`` over the highest ring, arched across.

        Args:
            bearings: ``[M]`` of the right side, between -90 and 90.
            crown: metres by which the middle is higher than the sides.
        """
        right = self.points(bearings, np.ones(len(bearings)))
        left = right * [-1, 1, 1]
        # Towards both ends the arch runs out into the ring.
        z = right[:, 2]
        arch = crown * (1 - (2 * (z - z[0]) / (z[-1] - z[0]) - 1) ** 4)
        ridge = _points(np.zeros(len(z)), right[:, 1] + arch, z)
        return np.concatenate([strip(right, ridge), strip(ridge, left)])

    def beside(self, z: FloatArray, y: FloatArray) -> FloatArray:
        """Points ``[..., 3]`` of the right side at these z and heights, which are moved onto the hull."""
        low, high = np.interp(z, *self.bottom.T), np.interp(z, *self.top.T)
        levels = np.clip((y - low) / (high - low), 0, 1)
        ends = np.where(z > self.middle, self.front[0], self.rear[0]) - self.middle
        n = self.squareness
        inward = (1 - np.clip(np.abs((z - self.middle) / ends), 0, 1) ** n) ** (1 / n)
        x = inward * np.interp(levels, self.levels, self.widths)
        return _points(x, self._height(z, levels), z)

    def _height(self, z: FloatArray, levels: FloatArray) -> FloatArray:
        low, high = np.interp(z, *self.bottom.T), np.interp(z, *self.top.T)
        return low + (high - low) * levels


def _points(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Points ``[..., 3]`` of coordinates ``[...]``."""
    points = np.empty((*x.shape, 3))
    points[..., 0], points[..., 1], points[..., 2] = x, y, z
    return points


def strip(one: FloatArray, other: FloatArray) -> FloatArray:
    """Quadrilaterals ``[M - 1, 4, 3]`` between two lines of points ``[M, 3]``."""
    quads = np.empty((len(one) - 1, 4, 3))
    quads[:, 0], quads[:, 1], quads[:, 2], quads[:, 3] = one[:-1], other[:-1], other[1:], one[1:]
    return quads


def grid(bearings: FloatArray, levels: FloatArray) -> FloatArray:
    """Quadrilaterals on a `Shell` between bearings ``[M]`` and levels ``[R]``.

    Returns:
        ``[(M - 1) * (R - 1), 4, 2]`` bearings and levels of the corners, the levels running fastest.
    """
    quads = np.empty((len(bearings) - 1, len(levels) - 1, 4, 2))
    quads[..., :2, 0], quads[..., 2:, 0] = bearings[:-1, None, None], bearings[1:, None, None]
    quads[..., ::3, 1], quads[..., 1:3, 1] = levels[:-1, None], levels[1:, None]
    return quads.reshape(-1, 4, 2)


def on_both_sides(quads: FloatArray) -> FloatArray:
    """What `grid` returns ``[N, 4, 2]`` and the same on the other side of the car, ``[2 * N, 4, 2]``."""
    other = quads[:, ::-1].copy()
    other[..., 0] = 180 - other[..., 0]
    return np.concatenate([quads, other])


def random_body(rng: np.random.Generator, style: str) -> Body:
    """The measures of a car of this style, one of `STYLES`."""

    def within(limits: Range) -> float:
        return float(rng.uniform(*limits))

    kind = STYLES[style]
    return Body(
        style=style,
        length=within(kind.length),
        width=within(kind.width),
        height=within(kind.height),
        belt=within(kind.belt),
        nose=within(kind.nose),
        bonnet=within(kind.bonnet),
        windscreen=within(kind.windscreen),
        boot=within(kind.boot),
        rear_window=within(kind.rear_window),
        wheel=within(kind.wheel),
        clearance=within((0.26, 0.32) if style in ("suv", "pickup") else (0.19, 0.24)),
        wedge=within((0.0, 0.03) if style == "van" else (0.01, 0.08)),
        tumblehome=within((0.05, 0.09) if style == "van" else (0.13, 0.20)),
        squareness=within((5.0, 7.5)),
    )
