"""Scores of inferred parts and of the guesses beside them."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.errors import DataError
from scumble.metrics.parts import (
    GUESSES,
    Known,
    Parts,
    majority,
    mean_shape,
    nearest_support,
    pooled_iou,
    score_parts,
)


def maps(*pictures: str) -> Parts:
    """Part maps from digits, rows by spaces."""
    return np.array([[[int(digit) for digit in row] for row in p.split()] for p in pictures], dtype=np.uint8)


TRUTH = maps("0110 0222", "0110 0000")
FOUND = maps("0111 0220", "0120 0000")


def test_iou_is_pooled_over_pictures_and_averaged_over_the_parts_that_occur() -> None:
    # Part 1: 3 pixels in common of 5; part 2: 2 of 4. Averages of single pictures would differ.
    assert pooled_iou(FOUND, TRUTH) == pytest.approx((3 / 5 + 2 / 4) / 2)
    assert pooled_iou(TRUTH, TRUTH) == 1
    assert pooled_iou(FOUND.astype(np.int64), TRUTH) == pooled_iou(FOUND, TRUTH)


def test_a_part_that_is_only_found_costs_the_others_but_is_no_part_of_the_mean() -> None:
    found = TRUTH.copy()
    found[1, 0, 1] = 8
    assert pooled_iou(found, TRUTH) == pytest.approx((3 / 4 + 1) / 2)


def test_background_does_not_count() -> None:
    large = np.zeros((2, 40, 40), np.uint8)
    large[:, :2, :4] = TRUTH
    found = np.zeros_like(large)
    found[:, :2, :4] = FOUND
    assert pooled_iou(found, large) == pooled_iou(FOUND, TRUTH)


def test_true_maps_without_parts_are_refused() -> None:
    with pytest.raises(DataError, match=r"show no part; expected parts 1\.\.8; check the part set"):
        pooled_iou(FOUND, np.zeros_like(TRUTH))


KNOWN = Known(
    training=maps("3310 3320", "3100 3300", "0022 0022"),
    supports=maps("4400 4500", "0067 0077"),
)
INSIDE = maps("1100 1111", "0011 0111") > 0


def test_the_first_guess_is_the_most_frequent_part_of_the_training_set() -> None:
    found = majority(KNOWN)(INSIDE)
    # Part 3 has seven pixels, part 2 has five and part 1 two.
    assert np.array_equal(found, np.where(INSIDE, 3, 0))


def test_the_second_guess_copies_the_support_with_the_most_similar_outline() -> None:
    found = nearest_support(KNOWN)(INSIDE)
    assert np.array_equal(found, maps("4400 4500", "0067 0077"))


def test_similar_is_what_overlaps_most_for_its_size() -> None:
    supports = maps("1111 1111", "2000 2000")
    inside = maps("1000 1000", "1110 1110") > 0
    found = nearest_support(Known(KNOWN.training, supports))(inside)
    assert np.array_equal(found, maps("2000 2000", "1110 1110"))


def test_the_third_guess_is_the_usual_part_of_every_pixel() -> None:
    everywhere = np.ones((1, 2, 4), bool)
    # Where parts are as frequent, the lowest is taken; pixels that no map shows are no part.
    assert np.array_equal(mean_shape(KNOWN)(everywhere), maps("3112 3322"))
    assert np.array_equal(mean_shape(KNOWN)(INSIDE), np.where(INSIDE, maps("3112 3322"), 0))
    alone = Known(maps("0100 0000"), KNOWN.supports)
    assert np.array_equal(mean_shape(alone)(everywhere), maps("0100 0000"))


def test_a_category_has_five_scores_and_the_accuracy_counts_background_too() -> None:
    found = score_parts(FOUND, TRUTH, TRUTH > 0, KNOWN)
    assert set(found) == {"iou", "accuracy", *(f"{name}_iou" for name in GUESSES)}
    assert len(found) == 5
    assert found["iou"] == pytest.approx(0.55)
    assert found["accuracy"] == pytest.approx(13 / 16)
    assert found["majority_iou"] == 0  # it is part 3, which no true map shows
    for name, make in GUESSES.items():
        assert found[f"{name}_iou"] == pooled_iou(make(KNOWN)(TRUTH > 0), TRUTH)
