"""The charts of a training run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from scumble.training.curves import HEIGHT, SMOOTHED_FROM, charts, ticks
from scumble.training.series import find_series


def draw(count: int, **terms: Callable[[int], float]) -> list[ElementTree.Element]:
    lines = [{"images": 100 * n, **{key: of(n) for key, of in terms.items()}} for n in range(1, count + 1)]
    return [ElementTree.fromstring(chart) for chart in charts(find_series(lines))]


def titles(figures: list[ElementTree.Element]) -> list[str | None]:
    return [figure.findtext("h3") for figure in figures]


def polylines(figure: ElementTree.Element) -> Iterator[tuple[str, np.ndarray]]:
    for line in figure.iter("polyline"):
        yield line.attrib["class"], np.array([p.split(",") for p in line.attrib["points"].split()], float)


def test_every_group_of_terms_has_a_chart() -> None:
    figures = draw(3, l1_1=float, d_fake_1=float, images_per_second=float, score=float)
    assert titles(figures) == ["Generator loss", "Score on held-out samples", "Discriminator loss", "Rate"]


def test_a_loss_without_discriminator_is_not_said_to_be_a_generators() -> None:
    assert titles(draw(3, cross_entropy=float)) == ["Loss"]


def test_skipped_steps_are_no_curve() -> None:
    assert draw(3, skipped=float) == []


def test_without_numbers_there_are_no_charts() -> None:
    assert charts([]) == []


def test_a_legend_names_the_terms_with_their_last_values_by_term_and_stage() -> None:
    (figure,) = draw(2, l1_1=lambda n: n, gan_1=lambda n: -n, l1_2=lambda n: n / 4)
    entries = [(item.findtext("span"), item.findtext("b")) for item in figure.iter("li")]
    assert entries == [
        ("L1 distance, stage 1", "2"),
        ("L1 distance, stage 2", "0.5"),
        ("adversarial, stage 1", "-2"),
    ]


def test_terms_differ_in_color_and_stages_in_dash_and_no_two_lines_are_alike() -> None:
    keys = [f"{term}_{stage}" for term in "abcefghijk" for stage in (1, 2)]
    (figure,) = draw(2, **dict.fromkeys(keys, float))
    kinds = [kind for kind, _ in polylines(figure)]
    assert kinds[:4] == [
        "curve color-0 dash-1",
        "curve color-0 dash-0",
        "curve color-1 dash-1",
        "curve color-1 dash-0",
    ]
    assert len(set(kinds)) == len(kinds) == 20


@pytest.mark.parametrize(("count", "lines"), [(SMOOTHED_FROM - 1, 1), (SMOOTHED_FROM, 2)])
def test_only_more_than_50_points_are_smoothed(count: int, lines: int) -> None:
    (figure,) = draw(count, l1=lambda n: float(n % 2))
    assert len(list(polylines(figure))) == lines


def test_the_smoothed_line_lies_on_top_and_is_calmer() -> None:
    (figure,) = draw(200, l1=lambda n: float(n % 2))
    (raw_kind, raw), (kind, smooth) = polylines(figure)
    assert "raw" in raw_kind
    assert "raw" not in kind
    assert np.ptp(smooth[:, 1]) < 0.2 * np.ptp(raw[:, 1])


def test_lines_run_from_their_first_images_to_the_right_border_and_downwards_means_smaller() -> None:
    (figure,) = draw(10, l1=lambda n: 10.0 - n)
    ((_, points),) = polylines(figure)
    assert points[:, 0].tolist() == [100.0 * n for n in range(1, 11)]
    assert (np.diff(points[:, 1]) > 0).all()
    assert 0 < points[:, 1].min() < points[:, 1].max() < HEIGHT


def test_one_spike_does_not_flatten_a_curve_and_is_told() -> None:
    (figure,) = draw(300, l1=lambda n: 1e6 if n == 150 else 1 + n % 7)
    _, (_, smooth) = polylines(figure)
    assert smooth[:, 1].min() >= 0
    assert smooth[:, 1].max() <= HEIGHT
    assert "1 value lies outside the frame" in (figure.findtext("figcaption") or "")


def test_a_single_line_of_statistics_is_drawn_as_a_dot() -> None:
    (figure,) = draw(1, l1=lambda _: 0.0)
    ((_, points),) = polylines(figure)
    assert len(points) == 2
    assert (points[0] == points[1]).all()


def test_long_runs_make_no_large_pages() -> None:
    lines = [{"images": n, "l1": n % 17, "gan": n % 13} for n in range(20_000)]
    (chart,) = charts(find_series(lines))
    assert len(chart) < 100_000
    assert max(float(x) for x in re.findall(r"([\d.]+),[\d.]+", chart)) <= 1000


def test_names_are_escaped() -> None:
    (figure,) = draw(2, **{"<script>": float})
    assert next(figure.iter("span")).text == "<script>"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 14_000, [0, 5_000, 10_000]),
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (-0.31, 0.52, [-0.2, 0, 0.2, 0.4]),
        (0.9996, 1.0001, [0.9996, 0.9997, 0.9998, 0.9999, 1, 1.0001]),
        (3e-9, 8e-9, [3e-9, 4e-9, 5e-9, 6e-9, 7e-9, 8e-9]),
    ],
)
def test_ticks_are_round_numbers_within_the_frame(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, 5) == pytest.approx(expected, abs=1e-12)
