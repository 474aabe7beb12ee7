"""Products, lengths and directions of vectors in rows."""

from __future__ import annotations

import numpy as np

from scumble.streets.vectors import cross, lengths, unit


def test_products_lengths_and_directions_are_those_of_numpy() -> None:
    a, b = np.random.default_rng(0).normal(0, 1, (2, 5, 4, 3))
    assert np.array_equal(cross(a, b), np.cross(a, b))
    assert np.allclose(lengths(a), np.linalg.norm(a, axis=-1, keepdims=True))
    assert np.allclose(lengths(unit(a)), 1)
    assert np.allclose(unit(a) * lengths(a), a)


def test_zeros_have_no_direction() -> None:
    assert not unit(np.zeros((2, 3))).any()
