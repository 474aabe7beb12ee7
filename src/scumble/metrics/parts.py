"""How well the parts of objects are inferred, beside three guesses that look at no learnt weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scumble.errors import DataError
from scumble.models.partnet.config import PART_CHANNELS

Parts = NDArray[np.uint8]
"""Part numbers ``[N, H, W]``: 0 outside the objects."""

Guess = Callable[[NDArray[np.bool_]], NDArray[np.integer]]
"""From outlines ``[N, H, W]`` to parts."""


@dataclass(frozen=True)
class Known:
    """What the guesses may look at.

    Attributes:
        training: part maps of the training split, ``[M, H, W]``.
        supports: the support maps, ``[k, H, W]``.
    """

    training: Parts
    supports: Parts


def pooled_iou(found: NDArray[np.integer], truth: Parts) -> float:
    """Intersection over union, pooled over all pictures and averaged over the parts that occur.

    Background is left out; a part occurs if a true map shows it.

    Args:
        found: parts ``[N, H, W]``.
        truth: parts of the same shape.

    Raises:
        DataError: the true maps show no part at all.
    """
    pairs = np.bincount(
        truth.ravel().astype(np.intp) * PART_CHANNELS + found.ravel(), minlength=PART_CHANNELS**2
    )
    counts = pairs.reshape(PART_CHANNELS, PART_CHANNELS)
    union = counts.sum(0) + counts.sum(1) - counts.diagonal()
    occurring = [part for part in range(1, PART_CHANNELS) if counts[part].sum() > 0]
    if not occurring:
        raise DataError("The true part maps show no part; expected parts 1..8; check the part set.")
    return float(np.mean([counts[part, part] / union[part] for part in occurring]))


def majority(known: Known) -> Guess:
    """Every pixel is the most frequent part of the training split."""
    counts = np.bincount(known.training.ravel(), minlength=PART_CHANNELS)[1:]
    part = int(counts.argmax()) + 1
    return lambda inside: np.where(inside, part, 0)


def nearest_support(known: Known) -> Guess:
    """The parts of the support whose outline overlaps most."""
    outlines = known.supports > 0

    def guess(inside: NDArray[np.bool_]) -> NDArray[np.integer]:
        both = (inside[:, None] & outlines).sum((2, 3))
        either = (inside[:, None] | outlines).sum((2, 3))
        chosen = (both / np.maximum(either, 1)).argmax(1)
        return np.where(inside, known.supports[chosen], 0)

    return guess


def mean_shape(known: Known) -> Guess:
    """For every pixel the part that most of the training maps show there."""
    counts = np.stack([(known.training == part).sum(0) for part in range(1, PART_CHANNELS)])
    usual = np.where(counts.any(0), counts.argmax(0) + 1, 0)
    return lambda inside: np.where(inside, usual, 0)


GUESSES: Mapping[str, Callable[[Known], Guess]] = {
    "majority": majority,
    "nearest_support": nearest_support,
    "mean_shape": mean_shape,
}


def score_parts(
    found: NDArray[np.integer], truth: Parts, inside: NDArray[np.bool_], known: Known
) -> dict[str, float]:
    """Scores of one category.

    Args:
        found: inferred parts ``[N, 64, 64]``.
        truth: true parts ``[N, 64, 64]``.
        inside: outlines ``[N, 64, 64]``, which is all that the guesses see of an object.
        known: what the guesses may look at.

    Returns:
        ``iou``, ``accuracy`` (over all pixels, background too, which the outline tells), and
        ``majority_iou``, ``nearest_support_iou``, ``mean_shape_iou``.
    """
    guessed = {f"{name}_iou": pooled_iou(make(known)(inside), truth) for name, make in GUESSES.items()}
    return {"iou": pooled_iou(found, truth), "accuracy": float((found == truth).mean()), **guessed}
