"""Vectors in rows of arrays; numpy's own functions for them take long when arrays are small."""

from __future__ import annotations

import numpy as np

from scumble.streets.camera import FloatArray

_NEXT, _AFTER = np.array([1, 2, 0]), np.array([2, 0, 1])


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cross products ``[..., 3]`` of vectors ``[..., 3]``."""
    product: FloatArray = a.take(_NEXT, -1) * b.take(_AFTER, -1) - a.take(_AFTER, -1) * b.take(_NEXT, -1)
    return product


def lengths(vectors: FloatArray) -> FloatArray:
    """Lengths ``[..., 1]`` of vectors ``[..., K]``."""
    return np.asarray(np.sqrt((vectors * vectors).sum(-1, keepdims=True)))


def unit(vectors: FloatArray) -> FloatArray:
    """Vectors ``[..., K]`` of length 1 that point the same way; zeros stay zeros."""
    return np.asarray(vectors / np.maximum(lengths(vectors), 1e-12))
