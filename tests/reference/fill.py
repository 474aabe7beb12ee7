"""Deterministic weights for reference cases: the same names and shapes give the same arrays anywhere.

A reference case ships no weights. It lists the entries of a published checkpoint's state dict
(name and shape), and ``fill`` makes their values from the names alone, on NumPy's frozen
``RandomState`` stream, so a test and the run that produced the expected outputs agree bit for bit.

Supplied with the cases; it must stay as it is, or no case fits any more.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np


def fill(shapes: Mapping[str, Sequence[int]], seed: int = 0, gain: float = 1.0) -> dict[str, np.ndarray]:
    """Make an array for every state-dict entry.

    Args:
        shapes: entry name -> shape. Names follow the published checkpoint.
        seed: changes every array.
        gain: standard deviation of a weight is ``gain / sqrt(fan_in)``.

    Returns:
        name -> float32 array (int64 for ``num_batches_tracked``).

    Rules, by the last component of the name:
        ``running_mean``  0.1 * N(0, 1)
        ``running_var``   1 + 0.1 * |N(0, 1)|
        ``num_batches_tracked``  1
        ``weight_u`` / ``weight_v``  three rounds of power iteration on the sibling ``weight_orig``
            (matrix of shape ``[out, rest]``), from v = ones / norm, so that u.T @ W @ v > 0
        one-dimensional ``weight``  1 + 0.1 * N(0, 1)   (affine normalisation scales)
        other one-dimensional entries and scalars  0.1 * N(0, 1)   (biases, blending scalars)
        everything else  gain / sqrt(fan_in) * N(0, 1), fan_in = product of all dimensions but the first
    """
    out: dict[str, np.ndarray] = {}
    for name, shape in shapes.items():
        leaf = name.rsplit(".", 1)[-1]
        if leaf in ("weight_u", "weight_v"):
            continue
        if leaf == "num_batches_tracked":
            out[name] = np.ones(tuple(shape), dtype=np.int64)
            continue
        rng = np.random.RandomState((zlib.crc32(name.encode()) + 7919 * seed) % 2**32)
        value = rng.standard_normal(tuple(shape))
        if leaf == "running_mean":
            value = 0.1 * value
        elif leaf == "running_var":
            value = 1.0 + 0.1 * np.abs(value)
        elif len(shape) <= 1:
            value = (1.0 if leaf == "weight" else 0.0) + 0.1 * value
        else:
            value = value * gain / np.sqrt(np.prod(shape[1:]))
        out[name] = np.asarray(value, dtype=np.float32)
    for name in shapes:
        stem, _, leaf = name.rpartition(".")
        if leaf in ("weight_u", "weight_v"):
            weight = out[f"{stem}.weight_orig"].astype(np.float64)
            matrix = weight.reshape(weight.shape[0], -1)
            v = np.ones(matrix.shape[1]) / np.sqrt(matrix.shape[1])
            for _ in range(3):
                u = matrix @ v
                u /= np.linalg.norm(u)
                v = matrix.T @ u
                v /= np.linalg.norm(v)
            out[name] = (u if leaf == "weight_u" else v).astype(np.float32)
    return out
