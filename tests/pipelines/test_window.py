"""The window around a mask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scumble.pipelines.window import Window, plan_window


def box_mask(
    width: int, height: int, x0: int, y0: int, x1: int, y1: int
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    mask = np.zeros((height, width), dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


@settings(deadline=None)
@given(
    st.integers(1, 900), st.integers(1, 900), st.integers(0, 899), st.integers(0, 899), st.integers(1, 500)
)
def test_window_holds_the_mask_and_lies_inside_the_photograph(
    width: int, height: int, x: int, y: int, side: int
) -> None:
    x, y = x % width, y % height
    mask = box_mask(width, height, x, y, min(width, x + side), min(height, y + side))
    window = plan_window(mask, 256, 128)
    x0, y0, x1, y1 = window.box
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height
    assert mask[y0:y1, x0:x1].sum() == mask.sum()
    assert window.padded[0] % 128 == window.padded[1] % 128 == 0
    assert window.size[0] <= window.padded[0] < window.size[0] + 128
    assert window.size[1] <= window.padded[1] < window.size[1] + 128


def test_small_mask_is_worked_on_at_the_size_of_the_photograph() -> None:
    window = plan_window(box_mask(480, 360, 200, 150, 260, 190), 256, 128)
    x0, y0, x1, y1 = window.box
    assert (x1 - x0, y1 - y0) == window.size == window.padded == (256, 256)


def test_large_mask_is_shrunk_until_the_shorter_side_is_the_working_size() -> None:
    window = plan_window(box_mask(4000, 3000, 500, 500, 3500, 2500), 256, 128)
    assert min(window.size) == 256


def test_long_photograph_never_exceeds_twice_the_working_size() -> None:
    window = plan_window(np.ones((100, 5000), dtype=bool), 256, 128)
    assert max(window.size) == 512


def test_paste_changes_masked_pixels_only() -> None:
    rng = np.random.default_rng(0)
    photograph = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    mask = rng.random((300, 400)) < 0.1
    window = plan_window(mask, 256, 128)
    painted = rng.integers(0, 256, (window.padded[1], window.padded[0], 3), dtype=np.uint8)
    result = window.paste(painted, photograph, mask)
    assert (result[~mask] == photograph[~mask]).all()
    assert (result[mask] != photograph[mask]).any()


@pytest.mark.parametrize("shape", [(300, 300), (511, 300)])
def test_every_masked_pixel_is_hidden_from_the_network(shape: tuple[int, int]) -> None:
    """A single masked pixel survives shrinking."""
    from tests.editing_fixture import scene

    height, width = shape
    mask = np.zeros(shape, dtype=bool)
    mask[0, 0] = mask[-1, -1] = mask[137, 77] = True
    window = plan_window(mask, 64, 32)
    assert window.size[0] < width
    batch = window.batch(scene(width, height), mask, "rgb")
    assert batch.mask.sum() == 3


def test_strategy_says_what_was_done() -> None:
    window = Window((10, 20, 310, 320), (256, 256), (256, 256))
    assert window.strategy == "crop 300x300 at (10, 20), shrunk to 256x256, padded to 256x256"
