"""The Frechet distance against closed forms and another way to compute it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scumble.errors import InputError
from scumble.metrics.frechet import frechet_distance


def _features(seed: int, rows: int, columns: int, scale: float = 1.0) -> NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(rows, columns)) @ generator.normal(size=(columns, columns)) * scale


def _by_singular_values(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The trace of the root as the sum of the singular values of the product of the centred sets."""
    centred_a = (a - a.mean(axis=0)) / np.sqrt(len(a) - 1)
    centred_b = (b - b.mean(axis=0)) / np.sqrt(len(b) - 1)
    gap = a.mean(axis=0) - b.mean(axis=0)
    root = np.linalg.svd(centred_a @ centred_b.T, compute_uv=False).sum()
    return float(gap @ gap + (centred_a**2).sum() + (centred_b**2).sum() - 2 * root)


@pytest.mark.parametrize(
    ("rows_a", "rows_b"), [(200, 150), (12, 15)], ids=["well posed", "fewer than columns"]
)
def test_agrees_with_the_singular_values(rows_a: int, rows_b: int) -> None:
    a, b = _features(0, rows_a, 32), _features(1, rows_b, 32, 1.3)
    assert frechet_distance(a, b) == pytest.approx(_by_singular_values(a, b), rel=1e-6)


def test_shifted_set_is_at_the_squared_length_of_the_shift() -> None:
    a = _features(0, 100, 8)
    assert frechet_distance(a, a + 2) == pytest.approx(8 * 4, rel=1e-9)


def test_one_feature_has_the_closed_form() -> None:
    a, b = np.array([[0.0], [2.0]]), np.array([[3.0], [9.0]])  # deviations sqrt 2 and sqrt 18
    assert frechet_distance(a, b) == pytest.approx(25 + (18**0.5 - 2**0.5) ** 2, rel=1e-9)


def test_equal_sets_are_at_distance_zero_and_never_below() -> None:
    a = _features(2, 10, 24)
    assert 0 <= frechet_distance(a, a) < 1e-4


def test_computes_in_double_precision_whatever_the_features_have() -> None:
    a = (_features(0, 100, 8) + 1000).astype(np.float32)
    b = (_features(1, 100, 8) + 1000).astype(np.float32)
    expected = _by_singular_values(a.astype(np.float64), b.astype(np.float64))
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_unusable_sets_are_refused() -> None:
    good = _features(0, 10, 4)
    broken = good.copy()
    broken[3, 1] = np.nan
    for bad, message in (
        (broken, "row 3 of the second set"),
        (good[:1], "at least two rows"),
        (good[:, :3], "the same network"),
        (good[0], "one row per picture"),
    ):
        with pytest.raises(InputError, match=message):
            frechet_distance(good, bad)
