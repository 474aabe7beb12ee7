"""The confusion matrix and its scores."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scumble.errors import ConfigError, InputError
from scumble.metrics.segmentation import ConfusionMatrix


def test_scores_of_a_worked_example() -> None:
    matrix = ConfusionMatrix(4)
    matrix.update(np.array([[0, 0, 1, 2]]), np.array([[0, 1, 1, 0]]))
    # class 0: 1 of 2 right, union 3; class 1: 1 of 2, union 2; class 2: predicted only; class 3: nowhere
    assert matrix.pixel_accuracy() == 0.5
    assert matrix.mean_class_accuracy() == 0.5
    np.testing.assert_allclose(matrix.iou(), [1 / 3, 1 / 2, 0, np.nan])
    assert matrix.mean_iou() == pytest.approx((1 / 3 + 1 / 2 + 0) / 3)


@pytest.mark.parametrize("ignored", [-1, 3, 255])
def test_dont_care_pixels_do_not_count(ignored: int) -> None:
    prediction, target = np.array([0, 1, 2, 2]), np.array([0, 1, ignored, ignored])
    matrix = ConfusionMatrix(3)
    matrix.update(prediction, target)
    assert matrix.counts.sum() == 2
    assert matrix.pixel_accuracy() == 1
    assert matrix.mean_iou() == 1


@pytest.mark.parametrize("nothing", [-1, 3, 255])
def test_predicting_no_class_is_wrong(nothing: int) -> None:
    matrix = ConfusionMatrix(3)
    matrix.update(np.array([0, nothing]), np.array([0, 0]))
    assert matrix.pixel_accuracy() == 0.5
    assert matrix.mean_iou() == 0.5


def test_scores_do_not_depend_on_how_a_set_is_split() -> None:
    generator = np.random.default_rng(0)
    prediction = generator.integers(0, 5, (6, 20, 30)).astype(np.uint8)
    target = generator.integers(0, 6, (6, 20, 30)).astype(np.uint8)
    at_once, one_by_one = ConfusionMatrix(5), ConfusionMatrix(5)
    at_once.update(prediction, target)
    for index in range(6):
        one_by_one.update(prediction[index], target[index])
    np.testing.assert_array_equal(at_once.counts, one_by_one.counts)
    assert at_once.counts.sum() == (target < 5).sum()


def test_only_pixels_of_the_mask_count() -> None:
    matrix = ConfusionMatrix(2)
    matrix.update(np.array([0, 1]), np.array([0, 0]), where=np.array([True, False]))
    assert matrix.pixel_accuracy() == 1


def test_scores_of_nothing_are_nan() -> None:
    matrix = ConfusionMatrix(2)
    matrix.update(np.array([0, 1]), np.array([255, 255]))
    assert all(
        math.isnan(score)
        for score in (matrix.pixel_accuracy(), matrix.mean_class_accuracy(), matrix.mean_iou())
    )


def test_maps_that_do_not_fit_are_refused() -> None:
    matrix = ConfusionMatrix(2)
    with pytest.raises(InputError, match=r"\(2, 2\), \(4,\)"):
        matrix.update(np.zeros((2, 2), np.int64), np.zeros(4, np.int64))
    with pytest.raises(InputError, match="float64"):
        matrix.update(np.zeros(4), np.zeros(4, np.int64))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="0 classes"):
        ConfusionMatrix(0)
