"""The benchmark of training steps, on networks that are small enough."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import training
from benchmarks.street_tasks import RenamedStreets
from benchmarks.training import Case, Row
from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.streets import Streets


def test_a_case_is_measured_in_a_process_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--only", "divsem-streets-tiny", "--forms", "fp32", "--steps", "1", "--device", "cpu"]
    training.main([*words, "--json", str(tmp_path / "rows.json")])
    (row,) = json.loads((tmp_path / "rows.json").read_text())["rows"]
    assert (row["system"], row["form"], row["threads"]) == ("divsem-streets-tiny", "fp32", 1)
    assert row["images_per_second"] > 0
    assert row["ratio_to_fp32"] == 1
    assert 100 < row["peak_mb"] < 5000
    shown = f"| {row['images_per_second']:g} | 1 | {row['peak_mb']} |"
    assert shown in capsys.readouterr().out


def test_ipose_needs_nothing_that_was_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", "nowhere")  # which the measurement replaces
    row = training.measure(Case("ipose-streets-tiny", "bf16+dense", torch.get_num_threads(), "cpu", 1, 1))
    assert row["images_per_second"] > 0


def test_what_fails_has_a_row_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("divsem-streets-tiny", "fp32", 1, "cpu", 1, 1)
    slow = training.in_a_process(case, 0.01)
    monkeypatch.setattr(sys, "executable", "false")
    broken = training.in_a_process(case, 60)
    assert (slow["error"], broken["error"]) == ("more than 0 seconds", "exit code 1")
    table = training.markdown(training.with_ratios([slow, broken]))
    assert "| divsem-streets-tiny | fp32 | 1 | exit code 1 |" in table


@pytest.mark.parametrize("words", [["--forms", "float64"], ["--only", "divsem"]])
def test_an_impossible_case_is_refused_before_any_is_measured(words: list[str]) -> None:
    with pytest.raises(ConfigError, match="There is no"):
        training.main(words)


def test_ratios_are_those_to_float32_with_as_many_threads() -> None:
    rows: list[Row] = [
        {"system": "a", "form": form, "threads": threads, "images_per_second": speed, "peak_mb": 1}
        for form, threads, speed in (("fp32", 1, 2.0), ("bf16", 1, 3.0), ("fp32", 2, 4.0), ("bf16", 2, 2.0))
    ]
    assert [row["ratio_to_fp32"] for row in training.with_ratios(rows)] == [1, 1.5, 1, 0.5]
    assert training.with_ratios(rows[1:2])[0]["ratio_to_fp32"] is None


@pytest.mark.parametrize("name", ["ade20k", "cityscapes", "coco-stuff-from-1"])
def test_renamed_streets_keep_their_regions_and_objects(name: str) -> None:
    streets = Streets("train", 2, 128, 96)
    renamed = RenamedStreets(streets, LabelSpace.load(name))
    before, after = streets[0], renamed[0]
    pairs = np.unique(np.stack([before.labels.ravel(), after.labels.ravel()]), axis=1)
    # Where there are no riders, bicyclists are persons.
    assert len(set(pairs[1])) >= pairs.shape[1] - 1 > 5
    car, new_car = streets.label_space.index("car"), renamed.label_space.index("car")
    assert np.array_equal(before.labels == car, after.labels == new_car)
