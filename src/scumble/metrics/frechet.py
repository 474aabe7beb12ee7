"""The Frechet distance between two sets of feature vectors (Heusel et al., arXiv 1706.08500)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from scumble.errors import InputError


def frechet_distance(features_a: NDArray[np.floating], features_b: NDArray[np.floating]) -> float:
    """The Frechet distance of two Gaussians fitted to feature sets, in double precision.

    ``|m_a - m_b|^2 + tr(C_a) + tr(C_b) - 2 tr((C_a C_b)^(1/2))`` with the means ``m`` and the covariances
    ``C`` (divided by n - 1), computed as in the published routine: a square root of the product, with 1e-6
    added to both diagonals where that is not finite. With fewer rows than columns the product is singular
    and the result is exact to about 1e-6 of the traces only, so that equal sets may give, say, 1e-6.

    Args:
        features_a: ``[N, D]``, one row per picture, N >= 2.
        features_b: ``[M, D]``, M >= 2.

    Returns:
        The distance, >= 0, in squared units of the features.

    Raises:
        InputError: a set has too few rows, another number of columns, or a value that is not finite; or the
            square root has an imaginary part that rounding does not explain.
    """
    (mean_a, covariance_a), (mean_b, covariance_b) = _fit(features_a, "first"), _fit(features_b, "second")
    if len(mean_a) != len(mean_b):
        raise InputError(
            f"Frechet distance: the first set has {len(mean_a)} features per picture and the second "
            f"{len(mean_b)}; both must come from the same network."
        )
    root = linalg.sqrtm(covariance_a @ covariance_b)
    if not np.isfinite(root).all():
        offset = 1e-6 * np.eye(len(mean_a))
        root = linalg.sqrtm((covariance_a + offset) @ (covariance_b + offset))
    imaginary = np.abs(np.diagonal(root).imag).max()
    if not imaginary <= 1e-3:  # also true of NaN
        raise InputError(
            f"Frechet distance: the square root of the covariances has an imaginary part of {imaginary:g}; "
            "the sets are too small or degenerate: use more pictures."
        )
    gap = mean_a - mean_b
    distance = gap @ gap + np.trace(covariance_a) + np.trace(covariance_b) - 2 * np.trace(root).real
    return max(float(distance), 0.0)


def _fit(features: NDArray[np.floating], which: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean ``[D]`` and covariance ``[D, D]`` of one set."""
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or features.shape[0] < 2 or features.shape[1] < 1:
        raise InputError(
            f"Frechet distance: the {which} set has the shape {features.shape}; expected one row per "
            "picture, at least two rows."
        )
    broken = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(broken):
        raise InputError(
            f"Frechet distance: row {broken[0]} of the {which} set holds a value that is not finite; "
            "look at the picture that it came from."
        )
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False, ddof=1))
