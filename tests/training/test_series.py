"""Reading the statistics of a run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scumble.training.series import MOST_POINTS, Line, find_series, parse_lines, smoothed, thinned


def text(*lines: Line) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_a_line_that_was_cut_off_is_skipped() -> None:
    whole = {"images": 100, "l1": 1.0}
    cut = json.dumps({"images": 200, "l1": 2.0})[:-4]
    assert parse_lines(text(whole) + cut) == [whole]


def test_a_line_that_follows_a_cut_off_one_without_a_break_counts() -> None:
    cut = json.dumps({"images": 200, "l1": 2.0})[:-4]
    after = {"images": 150, "l1": 3.0}
    assert parse_lines(cut + text(after)) == [after]


def test_after_a_restart_the_later_lines_win() -> None:
    first = [{"images": n, "l1": 1.0} for n in (100, 200, 300, 400)]
    again = [{"images": n, "l1": 2.0} for n in (200, 300)]
    assert parse_lines(text(*first, *again)) == [first[0], *again]


@pytest.mark.parametrize(
    "row",
    ["", "[]", "3", "null", '{"l1": 1}', '{"images": true}', '{"images": "5"}', '{"images": -1}', "{" * 99],
)
def test_what_is_no_line_of_statistics_is_skipped(row: str) -> None:
    good = {"images": 5, "l1": 1.0}
    assert parse_lines(row + "\n" + text(good)) == [good]


def test_lines_may_lack_keys_and_hold_values_that_are_no_numbers() -> None:
    lines = parse_lines(
        '{"images": 1, "l1": 1.5, "note": "warm"}\n'
        '{"images": 2, "l1": NaN, "gan": -2}\n'
        '{"images": 3, "l1": 2.5, "gan": Infinity, "score": null, "skipped": true}\n'
    )
    found = {s.key: (s.images.tolist(), s.values.tolist()) for s in find_series(lines)}
    assert found == {"l1": ([1, 3], [1.5, 2.5]), "gan": ([2], [-2])}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("l1_1", "L1 distance, stage 1"),
        ("d_fake_3", "generated, stage 3"),
        ("d_fake", "generated"),
        ("segmented", "segmentation"),
        ("ce_predicted", "cross-entropy, predicted"),
        ("bce_predicted", "binary cross-entropy, predicted"),
        ("my_new_term", "my new term"),
    ],
)
def test_names_can_be_read(key: str, name: str) -> None:
    (series,) = find_series([{"images": 1, key: 2.0}])
    assert series.name == name


def test_smoothing_keeps_a_constant_and_does_not_lean_on_the_last_value() -> None:
    values = np.ones(100)
    np.testing.assert_allclose(smoothed(values), values)
    values[-1] = 10
    assert smoothed(values)[-1] < 5


def test_thinning_keeps_the_mean_of_a_long_series_and_every_value_of_a_short_one() -> None:
    values = np.arange(8_000.0)
    assert len(thinned(values)) == MOST_POINTS
    assert thinned(values).mean() == values.mean()
    assert thinned(values[:MOST_POINTS]).tolist() == values[:MOST_POINTS].tolist()
