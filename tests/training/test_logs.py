"""The statistics of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from scumble.training.logs import Log


def test_a_line_holds_the_means_since_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "stats.jsonl"
    with Log(path, total=10, start=0) as log:
        log.add({"l1": torch.tensor(1.0)})
        log.add({"l1": torch.tensor(2.0), "gan": torch.tensor(-3.0)})
        log.write(4)
        log.add({"l1": torch.tensor(5.0)})
        log.write(6)
    with Log(path, total=10, start=6) as log:
        log.add({"l1": torch.tensor(7.0)})
        log.write(8)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    rates = [line.pop("images_per_second") for line in lines]
    assert lines == [
        {"images": 4, "l1": 1.5, "gan": -3.0},
        {"images": 6, "l1": 5.0},
        {"images": 8, "l1": 7.0},
    ]
    assert min(rates) > 0


def test_a_sentence_a_minute_says_how_far_it_is_where_there_is_no_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("scumble.training.logs.time.monotonic", lambda: now)
    with Log(tmp_path / "stats.jsonl", total=3600, start=0) as log:
        for images in (30, 60, 90, 120):
            now += 30
            log.add({"l1": torch.tensor(1.0)})
            log.write(images)
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "scumble train: 60 of 3600 images, 1.00 a second, 0:59:00 left",
        "scumble train: 120 of 3600 images, 1.00 a second, 0:58:00 left",
    ]
