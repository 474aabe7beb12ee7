"""Shadows on the ground."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scumble.streets.camera import FloatArray
from scumble.streets.painter import Painter

Shadow = tuple[FloatArray, float]
"""Convex footprint ``[K, 2]`` of what throws it (x, z in metres), K at least 3, and its height in metres."""


def cast_shadows(
    painter: Painter, shadows: list[Shadow], *, softness: float = 0.006, darkest: float | None = None
) -> None:
    """Darken what has been drawn so far where objects keep the light off the ground.

    Args:
        painter: that has drawn the ground.
        shadows: one for each object.
        softness: width of the border, as a share of the picture's height.
        darkest: what the ground keeps of its brightness; None for what it gets without the sun.
    """
    camera, light = painter.camera, painter.light
    layer = Image.new("L", (camera.width, camera.height))
    draw = ImageDraw.Draw(layer)
    sun = np.array(light.direction)
    on_ground = _swept(shadows, sun[[0, 2]] / max(sun[1], 0.2))
    for _, outline in camera.outlines(camera.view(on_ground)):
        draw.polygon(outline, fill=255)
    dark = np.array(light.ambient)
    kept = dark / (dark + np.array(light.sun) * sun[1]) if darkest is None else np.full(3, darkest)
    _darken(painter.picture, layer.filter(ImageFilter.BoxBlur(softness * layer.height)), kept)


def _darken(picture: Image.Image, shadow: Image.Image, kept: FloatArray) -> None:
    """Leave red, green, blue ``[3]`` the share that is kept where a shadow, in pixels of the maps, is 255."""
    large = shadow.resize(picture.size, Image.Resampling.BILINEAR)
    box = large.getbbox()
    if box is None:
        return
    ramp = np.linspace(0, 1, 256)[:, None] * (kept - 1) + 1
    tint = Image.merge("RGB", [large.crop(box)] * 3).point((ramp.T * 255).astype(int).ravel().tolist())
    picture.paste(ImageChops.multiply(picture.crop(box), tint), box)


def _swept(shadows: list[Shadow], slope: FloatArray) -> FloatArray:
    """Quadrilaterals ``[N, 4, 3]`` over all of the ground that light of this slope does not reach."""
    groups: dict[int, list[Shadow]] = {}
    for footprint, height in shadows:
        groups.setdefault(len(footprint), []).append((footprint, height))
    pieces = [np.zeros((0, 4, 2))]
    for group in groups.values():
        outline = np.stack([footprint for footprint, _ in group])
        way = np.array([height for _, height in group])[:, None, None, None] * slope
        following = np.roll(outline, -1, axis=1)
        last = outline[:, 2:]
        start = np.broadcast_to(outline[:, :1], last.shape)
        fan = np.stack([start, outline[:, 1:-1], last, last], 2)
        pieces.append(fan)
        if way.any():
            there = outline - way[:, 0]
            pieces += [fan - way, np.stack([outline, following, np.roll(there, -1, axis=1), there], 2)]
    quads = np.concatenate([piece.reshape(-1, 4, 2) for piece in pieces])
    on_ground = np.zeros((len(quads), 4, 3))
    on_ground[..., ::2] = quads
    return on_ground
