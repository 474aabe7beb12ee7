"""The sky: a gradient from haze to zenith, with clouds."""

from __future__ import annotations

import numpy as np
from PIL import Image

from scumble.streets.painter import SUPERSAMPLING, Painter
from scumble.streets.texture import cloud_noise


def paint_sky(painter: Painter, rng: np.random.Generator) -> None:
    """Fill the whole canvas with sky; the rest is painted over it."""
    camera, light = painter.camera, painter.light
    width, height = camera.width, camera.height
    sky = painter.surface("sky", grain=0.0, blotch=0.0)
    rows = (np.arange(height) + 0.5) / height
    up = np.clip(1 - rows / max(camera.horizon, 0.05), 0, 1)[:, None] ** 0.6
    cover = brightness = np.zeros((height, width))
    if light.clouds > 0.05:
        # Clouds look flatter towards the horizon, where they are seen from the side.
        field = cloud_noise(
            rng, width, height, (height * rng.uniform(0.5, 1.0), height * rng.uniform(0.12, 0.3))
        )
        cover = np.clip((field + 1.1 * light.clouds - 0.35) * 3, 0, 1)
        brightness = 1 - 0.16 * np.clip(field, 0, 1)
    bands = []
    for haze, zenith in zip(light.haze, light.zenith, strict=True):
        clear = haze * (1 - up) + zenith * up
        white = min(max(haze * 0.4 + 0.58 - 0.22 * light.clouds, 0), 1)
        tones = clear * (1 - 0.85 * cover) + white * brightness * 0.85 * cover
        bands.append(Image.fromarray((np.clip(tones, 0, 1) * 255).astype(np.uint8)))
    size = width * SUPERSAMPLING, height * SUPERSAMPLING
    painter.fill(Image.merge("RGB", bands).resize(size, Image.Resampling.BILINEAR), sky)
