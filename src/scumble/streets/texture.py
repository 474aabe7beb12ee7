"""Smooth random fields."""

from __future__ import annotations

import numpy as np
from PIL import Image

from scumble.streets.camera import FloatArray


def smooth_noise(rng: np.random.Generator, width: int, height: int, cells: tuple[float, float]) -> FloatArray:
    """A field ``[height, width]`` in about -1..1 that varies over cells of this width and height (pixels)."""
    columns, rows = (
        max(2, round(size / cell) + 1) for size, cell in zip((width, height), cells, strict=True)
    )
    coarse = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), np.float64)


def cloud_noise(rng: np.random.Generator, width: int, height: int, cells: tuple[float, float]) -> FloatArray:
    """Four octaves of `smooth_noise`, each half as large and half as strong, ``[height, width]``."""
    field = np.zeros((height, width))
    for octave in range(4):
        size = cells[0] / 2**octave, cells[1] / 2**octave
        field += smooth_noise(rng, width, height, size) / 2**octave
    return field / 1.875
