"""From the drawn canvas to a photograph: antialiasing, texture, lens and sensor."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from scumble.scene import ImageArray
from scumble.streets.painter import SUPERSAMPLING, Painter
from scumble.streets.texture import smooth_noise

Tones: TypeAlias = NDArray[np.float32]
"""One channel of a picture ``[H, W]``, in 0..1."""


def finish(painter: Painter, index: NDArray[np.int32], rng: np.random.Generator) -> ImageArray:
    """The photograph ``[H, W, 3]`` of what has been drawn.

    Args:
        painter: with everything drawn.
        index: surface of each pixel ``[H, W]``.
        rng: of texture, lens and sensor.
    """
    height, width = index.shape
    grain = np.array([s.grain for s in painter.surfaces], np.float32)[index]
    blotch = np.array([s.blotch for s in painter.surfaces], np.float32)[index]
    cell = max(height / 24, 2.0)
    fine = rng.standard_normal((height, width), dtype=np.float32)
    coarse = smooth_noise(rng, width, height, (cell, cell)).astype(np.float32)
    clear = _clear_air(painter, index)
    texture = 1 + grain * fine + blotch * coarse
    cast = (rng.normal(1, 0.015, 3) * rng.uniform(0.94, 1.06)).astype(np.float32)
    vignette = _vignette(width, height, rng.uniform(0.0, 0.14))
    noise = rng.standard_normal((height, width, 3), dtype=np.float32)
    noise *= np.float32(rng.uniform(0.003, 0.010))
    bands = []
    for i, band in enumerate(painter.picture.reduce(SUPERSAMPLING).split()):
        tones = np.asarray(band, dtype=np.float32) / np.float32(255)
        tones = tones * clear + np.float32(painter.light.haze[i]) * (1 - clear)
        tones = tones * texture * cast[i] * vignette + noise[..., i]
        bands.append(Image.fromarray((np.clip(tones, 0, 1) * 255 + 0.5).astype(np.uint8)))
    photograph = Image.merge("RGB", bands)
    soft = photograph.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.0, 0.0022)) * height))
    return np.asarray(soft)


def _clear_air(painter: Painter, index: NDArray[np.int32]) -> Tones:
    """What haze lets through of the ground's light; 1 elsewhere.

    The ground's faces reach from the camera to the horizon and so have no one distance.
    """
    ground = {painter.space.index("road"), painter.space.index("pavement")}
    flat = np.array([s.class_id in ground for s in painter.surfaces])[index]
    clear = np.exp(-painter.camera.ground_distance() / painter.light.haze_distance).astype(np.float32)
    return np.where(flat, clear[:, None], np.float32(1))


def _vignette(width: int, height: int, strength: float) -> Tones:
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    return 1 - np.float32(strength / 2) * (x[None] ** 2 + y[:, None] ** 2)
