"""Masks and maps as a person sees them."""

from __future__ import annotations

import numpy as np

from scumble.pipelines.marks import TINT, show_map, show_mask
from tests.editing_fixture import scene

BOX = (slice(20, 40), slice(30, 60))
INSIDE = (slice(21, 39), slice(31, 59))


def test_a_mask_tints_its_pixels_and_no_others() -> None:
    drawn = scene()
    mask = np.zeros(drawn.labels.shape, dtype=np.bool_)
    mask[BOX] = True
    shown = show_mask(drawn.image, mask)
    assert (shown[~mask] == drawn.image[~mask]).all()
    assert (shown[20, 30:60] == 255).all()
    before, after = (np.abs(image[INSIDE] - np.array(TINT)).mean() for image in (drawn.image, shown))
    assert after < 0.5 * before


def test_a_map_is_shown_in_the_colours_of_its_classes_with_the_mask_outlined() -> None:
    drawn = scene()
    mask = np.zeros(drawn.labels.shape, dtype=np.bool_)
    mask[BOX] = True
    shown = show_map(drawn, mask)
    outline = mask.copy()
    outline[INSIDE] = False
    assert (shown[outline] == 255).all()
    assert (shown[~outline] == drawn.label_space.palette[drawn.labels[~outline]]).all()
