"""Stencils of clumps of leaves."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

VARIANTS = 5
"""Number of different stencils of each density."""
STEPS = 9
"""Sizes in which a stencil is kept, for each doubling of its width."""
_STENCIL = 192
"""Width in pixels of a stencil before it is scaled."""
_DENSE, _SPARSE = 260, 75
"""Number of leaves on a stencil: to cover what is behind, or to let it show."""


@lru_cache(maxsize=2048)
def stencil(sparse: bool, variant: int, step: int) -> Image.Image:
    """A picture of mode ``1``, ``2 ** (step / STEPS)`` pixels wide.

    Args:
        sparse: whether it lets what is behind show.
        variant: one of `VARIANTS`.
        step: of its size.
    """
    width = max(round(2 ** (step / STEPS)), 1)
    whole = _full_size(sparse, variant).resize((width, width), Image.Resampling.BOX)
    return whole.point([0] * 110 + [255] * 146).convert("1")


@lru_cache
def _full_size(sparse: bool, variant: int) -> Image.Image:
    """Pointed leaves around the middle, hanging outwards and down."""
    rng = np.random.default_rng(variant)
    count = _SPARSE if sparse else _DENSE
    image = Image.new("L", (_STENCIL, _STENCIL))
    draw = ImageDraw.Draw(image)
    distance, angle = np.sqrt(rng.random(count)) * 0.88, rng.uniform(0, 2 * math.pi, count)
    lobes = 1 + 0.12 * np.sin(3 * angle + variant) + 0.08 * np.sin(5 * angle - variant)
    middle = (distance * lobes)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) * 0.88
    turn = angle + rng.normal(0, 0.9, count)
    along = np.stack([np.cos(turn), np.sin(turn) + 0.35], 1) * rng.uniform(0.08, 0.15, count)[:, None]
    across = along[:, ::-1] * [-0.5, 0.5]
    leaves = np.stack([middle - along, middle + across, middle + along, middle - across], 1)
    for leaf in (leaves + 1) * _STENCIL / 2:
        draw.polygon([(float(x), float(y)) for x, y in leaf], fill=255)
    return image
