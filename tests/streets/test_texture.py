"""Smooth random fields."""

from __future__ import annotations

import numpy as np

from scumble.streets.texture import cloud_noise, smooth_noise


def test_fields_have_the_size_and_range_that_was_asked_for() -> None:
    for noise in (smooth_noise, cloud_noise):
        field = noise(np.random.default_rng(0), 50, 30, (10, 5))
        assert field.shape == (30, 50)
        assert np.abs(field).max() < 1.5
        assert field.std() > 0.1


def test_large_cells_vary_slowly() -> None:
    rough, smooth = (smooth_noise(np.random.default_rng(0), 100, 100, (c, c)) for c in (2, 25))
    assert np.abs(np.diff(smooth)).mean() < 0.3 * np.abs(np.diff(rough)).mean()
