"""Leaves, painted in clumps."""

from __future__ import annotations

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.light import Light
from scumble.streets.painter import Painter
from scumble.streets.plants.stencils import VARIANTS
from scumble.streets.vectors import lengths

# Of the leaves in the shade and of two layers of leaves in the sun: how far they lie towards the sun and up
# in radii of the clump, how far they turn there, their brightness, and their radii in those of the clump.
_TO_SUN = np.array([[0], [0.22], [0.40]])
_UP = np.array([[0, 0, 0], [0, 0.1, 0], [0, 0.16, 0]])
_TURN = np.array([[0.2], [0.5], [0.9]])
_GAIN = np.array([[0.66], [0.96], [1.2]])
_SIZE = np.array([1.08, 0.95, 0.72])


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
    offsets = _TO_SUN[:layers] * sun + _UP[:layers]
    normals = outward[:, None] + _TURN[:layers] * offsets
    gain = _GAIN[:layers] * rng.uniform(0.88, 1.12, (len(centres), layers, 1))
    colours = leaf_colours(painter.light, tones[:, None], normals) * gain
    places = centres[:, None] + offsets * radii[:, None, None]
    sizes = radii[:, None] * _SIZE[:layers]
    sparse = np.tile(np.arange(layers) > 0, len(centres))
    variants = rng.integers(VARIANTS, size=sizes.size)
    painter.stamp(places.reshape(-1, 3), sizes.ravel(), colours.reshape(-1, 3), (sparse, variants), surface)


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
    depth = lengths(normals)[..., 0].clip(0, 1)
    sky = (0.5 + 0.4 * depth + 0.3 * normals[..., 1]).clip(0.4, 1.15)
    energy: FloatArray = 1.25 * facing[..., None] * np.array(light.sun) + sky[..., None] * np.array(
        light.ambient
    )
    return tones * energy
