"""An empty canvas for what stands on a street."""

from __future__ import annotations

import numpy as np

from scumble.label_space import LabelSpace
from scumble.streets.camera import Camera
from scumble.streets.light import Light, random_light
from scumble.streets.painter import Painter


def empty_painter(
    side: int = 96,
    *,
    eye: float = 1.5,
    focal: float = 1.0,
    horizon: float = 0.45,
    light: Light | None = None,
) -> Painter:
    """A canvas whose every pixel shows sky, seen along the street; see `Camera` for the numbers."""
    camera = Camera(side, side, x=0.0, eye=eye, yaw=0.0, focal=focal, horizon=horizon)
    canvas = Painter(camera, light or random_light(np.random.default_rng(3)), LabelSpace.load("camvid"))
    canvas.surface("sky")
    return canvas
