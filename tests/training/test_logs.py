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


def test_nothing_is_printed_where_there_is_no_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Log(tmp_path / "stats.jsonl", total=10, start=0) as log:
        log.write(4)
    assert capfd.readouterr() == ("", "")
