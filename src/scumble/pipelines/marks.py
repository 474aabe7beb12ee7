"""Pictures that show a person what an edit is about: the mask on the photograph, the map in colours."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scumble.label_tables import voc_color
from scumble.scene import MAX_PARTS, IdArray, ImageArray, MaskArray, Scene

TINT = (236, 72, 153)
"""Colour, RGB, that no class of the palettes has."""
_OPACITY = 0.55
_PART_OPACITY = 0.8


def show_mask(image: ImageArray, mask: MaskArray) -> ImageArray:
    """A photograph on which the pixels to generate are tinted and outlined.

    Args:
        image: uint8 ``[H, W, 3]``.
        mask: bool ``[H, W]``.
    """
    shown = image.astype(np.float64)
    shown[mask] = (1 - _OPACITY) * shown[mask] + _OPACITY * np.array(TINT)
    return _outlined(shown.round().astype(np.uint8), mask)


def show_map(scene: Scene, mask: MaskArray) -> ImageArray:
    """A scene's label map in the colours of its classes, with the mask ``[H, W]`` outlined."""
    return _outlined(scene.label_space.colorize(scene.labels), mask)


def show_parts(image: ImageArray, parts: IdArray) -> ImageArray:
    """A picture on which every part has a colour.

    Args:
        image: uint8 ``[H, W, 3]``.
        parts: ``[H, W]`` 0..8; where it is 0 the picture stays.
    """
    shown = image.astype(np.float64)
    colors = np.array([voc_color(part) for part in range(MAX_PARTS + 1)], dtype=np.float64)
    inside = parts > 0
    shown[inside] = (1 - _PART_OPACITY) * shown[inside] + _PART_OPACITY * colors[parts[inside]]
    return shown.round().astype(np.uint8)


def _outlined(image: ImageArray, mask: MaskArray) -> ImageArray:
    image = image.copy()
    image[mask & ~ndimage.binary_erosion(mask, border_value=0)] = 255
    return image
