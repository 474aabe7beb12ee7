"""Whether a discriminator knows the training photographs by heart."""

from __future__ import annotations

import pytest

from scumble.errors import ConfigError
from scumble.training.overfit import Overfitting, Scores, watch_overfitting


def with_ratio(ratio: float) -> Scores:
    """Scores in which the held-out photographs have gone so far from +2 towards -2."""
    return Scores(2.0, 2.0 - 4.0 * ratio, -2.0)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        (Scores(1.0, 1.0, -1.0), 0.0),
        (Scores(1.0, -1.0, -1.0), 1.0),
        (Scores(3.0, 1.5, -1.0), 0.375),
        (Scores(1.0, 2.0, -1.0), -0.5),
        (Scores(1.0, -3.0, -1.0), 2.0),
    ],
)
def test_the_ratio_has_its_closed_form(scores: Scores, expected: float) -> None:
    assert scores.ratio == expected


def test_neither_scale_nor_offset_of_the_scores_matters() -> None:
    assert Scores(30.0, 17.0, -10.0).ratio == pytest.approx(Scores(0.30, 0.17, -0.10).ratio)
    assert Scores(103.0, 101.5, 99.0).ratio == pytest.approx(Scores(3.0, 1.5, -1.0).ratio)


@pytest.mark.parametrize("fake", [1.0, 1.5])
def test_nothing_is_known_by_heart_where_fakes_score_no_lower_than_training_photographs(fake: float) -> None:
    assert Scores(1.0, -5.0, fake).ratio == 0


@pytest.mark.parametrize(
    ("ratios", "above"),
    [
        ([0.2], 0),
        ([0.7], 1),
        ([0.7, 0.7, 0.5], 0),
        ([0.7, 0.5, 0.7, 0.8], 2),
        ([0.6, 0.7, 0.7, 0.7], 3),
        ([0.9, 0.7, 0.7, 0.75], 4),
    ],
)
def test_only_measurements_in_a_row_count_and_three_of_them_warn(ratios: list[float], above: int) -> None:
    found = watch_overfitting([with_ratio(ratio) for ratio in ratios])
    assert found.above == above
    assert found.ratio == pytest.approx(ratios[-1])
    assert (found.warning is not None) == (above >= 3)


def test_scores_that_are_no_numbers_do_not_warn() -> None:
    found = watch_overfitting([with_ratio(0.9), with_ratio(0.9), with_ratio(float("nan"))])
    assert (found.above, found.warning) == (0, None)


def test_threshold_and_patience_are_the_callers() -> None:
    measurements = [with_ratio(0.5), with_ratio(0.5)]
    assert watch_overfitting(measurements, threshold=0.25, patience=2) == Overfitting(
        0.5,
        2,
        "The discriminator knows the training photographs by heart: r_v is 0.50 and was above 0.25 in the "
        "last 2 measurements; stop here, add photographs, or train with more augmentation.",
    )
    assert watch_overfitting(measurements, threshold=0.5, patience=1).warning is None
    assert watch_overfitting(measurements, threshold=0.25).warning is None


def test_a_single_measurement_may_warn() -> None:
    found = watch_overfitting([with_ratio(0.75)], patience=1)
    assert found.warning is not None
    assert "in the last measurement;" in found.warning


@pytest.mark.parametrize(("measurements", "patience"), [([], 1), ([with_ratio(0)], 0)])
def test_what_cannot_be_judged_is_refused(measurements: list[Scores], patience: int) -> None:
    with pytest.raises(ConfigError, match="both must be at least 1"):
        watch_overfitting(measurements, patience=patience)
