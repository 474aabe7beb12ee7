"""Round shapes of which people and bicycles are drawn: rods with round ends and lathes, lit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.light import Colour
from scumble.streets.painter import Painter
from scumble.streets.vectors import cross, unit

BANDS = np.array([[0.0, 1.0, -0.6], [0.2, 0.8, -0.1], [0.42, 0.5, 0.4]])
"""Nested stripes of a tube from its shadow to its sunny side: offset and width as shares of the radius, and
the sine of the angle of the normal towards the sunny side."""


@dataclass(frozen=True)
class Lathe:
    """A round skin over elliptic rings, from the lowest to the highest."""

    centres: FloatArray
    """``[R, 3]`` in world metres."""
    across: FloatArray
    """Half axes to the right ``[R, 3]``."""
    ahead: FloatArray
    """Half axes forward ``[R, 3]``."""


@dataclass(frozen=True)
class Piece:
    """Lit polygons of one part that are drawn together."""

    part: str
    distance: float
    """From the camera in metres; farther pieces are drawn first."""
    faces: FloatArray
    """Corners ``[N, K, 3]`` in world metres, far ones first."""
    colours: FloatArray
    """``[N, 3]``, with light and shadow."""


def distance(painter: Painter, point: FloatArray) -> float:
    """Metres from the camera to a point ``[3]`` along the ground."""
    return math.hypot(point[0] - painter.camera.x, point[2])


def is_small(painter: Painter, point: FloatArray) -> bool:
    """Whether an adult who stands there is seen less than 48 pixels high."""
    camera = painter.camera
    return camera.focal * camera.height * 1.75 < 48 * distance(painter, point)


def tubes(
    painter: Painter, ends: FloatArray, radii: FloatArray, colours: FloatArray, fine: bool
) -> tuple[FloatArray, FloatArray]:
    """Tapered rods with round ends, turned to the camera.

    Args:
        painter: whose camera and light count.
        ends: both ends of each rod ``[N, 2, 3]`` in world metres.
        radii: at both ends ``[N, 2]`` in metres.
        colours: ``[N, 3]`` without light.
        fine: whether each has a sunny and a shadow side (3 faces), or one tone (1 face).

    Returns:
        Faces ``[N, 3, 10, 3]`` (or ``[N, 1, 6, 3]``) and lit colours ``[N, 3 or 1, 3]``.
    """
    camera, light = painter.camera, painter.light
    to_camera = unit(camera.position - ends.mean(1))
    axis = ends[:, 1] - ends[:, 0]
    along = unit(axis - (axis * to_camera).sum(1, keepdims=True) * to_camera + 1e-9)
    side = cross(to_camera, along)
    side = side * np.where(side @ np.array(light.direction) < 0, -1.0, 1.0)[:, None]
    bands = BANDS if fine else np.array([[0.0, 1.0, 0.0]])
    offset, width, sine = bands.T[:, None, :, None]
    normals = side[:, None] * sine + to_camera[:, None] * np.sqrt(1 - sine**2)
    angles = np.linspace(-math.pi / 2, math.pi / 2, 5 if fine else 3)[:, None]
    both = np.repeat(radii[:, ::-1], len(angles), axis=1)[:, None, :, None]
    sign = np.repeat([1.0, -1.0], len(angles))[:, None]
    # Stripes are as long as the rod, so that only its sides are dark.
    lengthwise = np.tile(np.cos(angles), (2, 1)) * sign * along[:, None, None]
    sideways = (np.tile(np.sin(angles), (2, 1)) * sign * width[..., None] + offset[..., None]) * side[
        :, None, None
    ]
    faces = np.repeat(ends[:, ::-1], len(angles), axis=1)[:, None] + (lengthwise + sideways) * both
    tones = np.broadcast_to(colours[:, None], normals.shape)
    return faces, light.shade(tones.reshape(-1, 3), normals.reshape(-1, 3)).reshape(normals.shape)


def skin(
    painter: Painter,
    lathe: Lathe,
    colour: Colour,
    bands: int,
    reach: FloatArray | None = None,
    middle: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """The side of a lathe that is seen, in upright bands, each in its own light.

    Args:
        painter: whose camera and light count.
        lathe: of R rings.
        colour: without light.
        bands: number of bands.
        reach: half the angle that is covered, ``[R]`` radians up to pi / 2; None for all around.
        middle: direction of the middle of what is covered, radians from ahead to the right.

    Returns:
        Faces ``[bands, 2 R, 3]`` and lit colours ``[bands, 3]``.
    """
    to_camera = painter.camera.position - lathe.centres
    # The rim that is seen is a quarter turn of the ring's parameter to either side of the camera.
    seen = np.arctan2(
        (to_camera * lathe.across).sum(1) / (lathe.across**2).sum(1),
        (to_camera * lathe.ahead).sum(1) / (lathe.ahead**2).sum(1),
    )
    low, high = seen - math.pi / 2, seen + math.pi / 2
    if reach is not None:
        turned = seen + (middle - seen + math.pi) % (2 * math.pi) - math.pi
        low, high = np.clip(turned - reach, low, high), np.clip(turned + reach, low, high)
    angles = low[:, None] + (high - low)[:, None] * (np.arange(bands + 1) * (1 / bands))
    sin, cos = np.sin(angles)[..., None], np.cos(angles)[..., None]
    points = lathe.centres[:, None] + sin * lathe.across[:, None] + cos * lathe.ahead[:, None]
    faces = np.concatenate([points[:, :-1], points[::-1, 1:]]).transpose(1, 0, 2)
    rings = len(points)
    wide = points[:, 1:].sum(0) / rings + points[:, :-1].sum(0) / rings - 2 * (lathe.centres.sum(0) / rings)
    # Most skins lean back a little towards the sky.
    normals = unit(unit(wide) + np.array([0.0, 0.3, 0.0]))
    return faces, painter.light.shade(np.broadcast_to(colour, (bands, 3)), normals)


def join(part: str, away: float, shapes: list[tuple[FloatArray, FloatArray]]) -> Piece:
    """One piece of several arrays of faces ``[N, K, 3]`` and colours ``[N, 3]``; K may differ."""
    corners = max(faces.shape[1] for faces, _ in shapes)
    faces = [
        np.concatenate([f, np.repeat(f[:, -1:], corners - f.shape[1], axis=1)], axis=1) for f, _ in shapes
    ]
    return Piece(part, away, np.concatenate(faces), np.concatenate([colours for _, colours in shapes]))


def paint(painter: Painter, class_name: str, instance: int, pieces: list[Piece]) -> None:
    """Draw pieces of one thing, far ones first."""
    surfaces = {
        part: painter.surface(class_name, instance, part, grain=0.025, blotch=0.04)
        for part in sorted({piece.part for piece in pieces})
    }
    for piece in sorted(pieces, key=lambda p: -p.distance):
        painter.faces(piece.faces, piece.colours, surfaces[piece.part], shaded=False)
