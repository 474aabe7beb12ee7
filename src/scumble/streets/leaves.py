"""Leaves, painted in clumps with stencils."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scumble.streets.camera import NEAR, FloatArray
from scumble.streets.light import Light
from scumble.streets.painter import SUPERSAMPLING, Painter

_STENCIL = 192
"""Width in pixels of a stencil before it is scaled."""
_VARIANTS = 5
"""Number of different stencils of each density."""
_STEPS = 9
"""Sizes in which a stencil is kept, for each doubling of its width."""
_DENSE, _SPARSE = 260, 75
"""Number of leaves on a stencil: to cover what is behind, or to let it show."""


def paint_clumps(
    painter: Painter,
    surface: int,
    rng: np.random.Generator,
    clumps: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    *,
    lit: bool = True,
) -> None:
    """Draw clumps of leaves in the order given: dark leaves, and over them those that the sun reaches.

    Args:
        painter: what to draw on.
        surface: what they show.
        rng: of the arrangement of the leaves.
        clumps: centres ``[N, 3]`` and radii ``[N]`` in metres, directions out of the plant ``[N, 3]`` (of
            length 1, shorter inside) and colours in white light ``[N, 3]``.
        lit: whether there are leaves in the sun.
    """
    centres, radii, outward, tones = clumps
    sun = np.array(painter.light.direction)
    layers = 3 if lit else 1
    offsets = (np.array([0, 0.22, 0.40])[:, None] * sun + np.array([0, 0.1, 0.16])[:, None] * [0, 1, 0])[
        :layers
    ]
    normals = outward[:, None] + np.array([0.2, 0.5, 0.9])[:layers, None] * offsets
    gain = np.array([0.66, 0.96, 1.2])[:layers, None] * rng.uniform(0.88, 1.12, (len(centres), layers, 1))
    colours = leaf_colours(painter.light, tones[:, None], normals) * gain
    places = centres[:, None] + offsets * radii[:, None, None]
    sizes = radii[:, None] * np.array([1.08, 0.95, 0.72])[:layers]
    kinds = np.tile(np.arange(layers) > 0, len(centres))
    _stamp(painter, surface, rng, places.reshape(-1, 3), sizes.ravel(), colours.reshape(-1, 3), kinds)


def leaf_colours(light: Light, tones: FloatArray, normals: FloatArray) -> FloatArray:
    """Colours ``[..., 3]`` of leaves of these tones in a light.

    Leaves deep inside (short directions) and below get less of the sky. Leaves let some of the sun through,
    so that its light reaches a little around the crown.

    Args:
        light: of the scene.
        tones: ``[..., 3]`` in white light.
        normals: ``[..., 3]`` directions out of the plant.
    """
    facing = np.clip((normals @ np.array(light.direction) + 0.3) / 1.3, 0, 1)
    depth = np.linalg.norm(normals, axis=-1).clip(0, 1)
    sky = (0.5 + 0.4 * depth + 0.3 * normals[..., 1]).clip(0.4, 1.15)
    energy: FloatArray = 1.25 * facing[..., None] * np.array(light.sun) + sky[..., None] * np.array(
        light.ambient
    )
    return tones * energy


def _stamp(
    painter: Painter,
    surface: int,
    rng: np.random.Generator,
    centres: FloatArray,
    radii: FloatArray,
    colours: FloatArray,
    sparse: NDArray[np.bool_],
) -> None:
    """Press stencils of radii ``[N]`` around centres ``[N, 3]`` onto the canvas, where they can be seen."""
    seen = painter.camera.view(centres)
    variants = rng.integers(_VARIANTS, size=len(centres))
    ahead = np.maximum(seen[:, 2:], NEAR)
    middle = painter.camera.project(np.concatenate([seen[:, :2], ahead], 1)) * SUPERSAMPLING
    extent = radii / ahead[:, 0] * painter.camera.focal * painter.camera.height * SUPERSAMPLING
    limits = np.array(painter.picture.size)
    inside = ((middle + extent[:, None] > 0) & (middle - extent[:, None] < limits)).all(1)
    chosen = np.flatnonzero(inside & (seen[:, 2] > NEAR + radii))
    steps = np.round(_STEPS * np.log2(np.maximum(2 * extent[chosen], 2))).astype(int)
    shown = np.clip(painter.light.fade(colours[chosen], seen[chosen, 2]), 0, 1)
    tones = (shown * 255 + 0.5).astype(np.uint8)
    corners = np.round(middle[chosen] - extent[chosen, None]).astype(int)
    colour, owner = ImageDraw.Draw(painter.picture), ImageDraw.Draw(painter.index)
    rows = zip(corners.tolist(), steps.tolist(), tones.tolist(), chosen.tolist(), strict=True)
    for corner, step, tone, i in rows:
        stencil = _stencil(bool(sparse[i]), int(variants[i]), step)
        colour.bitmap(corner, stencil, fill=tuple(tone))
        owner.bitmap(corner, stencil, fill=surface)


@lru_cache(maxsize=2048)
def _stencil(sparse: bool, variant: int, step: int) -> Image.Image:
    """A stencil ``2 ** (step / _STEPS)`` pixels wide, without greys."""
    width = max(round(2 ** (step / _STEPS)), 1)
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
