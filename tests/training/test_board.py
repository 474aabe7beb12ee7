"""Numbers and grids in TensorBoard; what needs the extra is skipped without it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from scumble.errors import ConfigError
from scumble.presets import PRESETS
from scumble.training import board
from scumble.training.board import Board, summary_writer
from scumble.training.editing import EditingTask
from scumble.training.loop import train
from scumble.training.world import World
from tests.miniature import MeanDifference

WORLD = World(0, 1, torch.device("cpu"))


class Recorder:
    """Stands for torch's writer."""

    made: list[Recorder]

    def __init__(self, folder: str, purge_step: int) -> None:
        self.folder, self.purge_step = folder, purge_step
        self.scalars: dict[int, dict[str, float]] = {}
        self.images: dict[int, Any] = {}
        self.closed = False
        Recorder.made.append(self)

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.scalars.setdefault(step, {})[name] = value

    def add_image(self, name: str, picture: Any, step: int, dataformats: str) -> None:
        assert (name, dataformats) == ("grid", "HWC")
        self.images[step] = picture

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def recorder(data: Path) -> None:
    Recorder.made = []


def run(folder: Path, images: int, *, tensorboard: bool = True, world: World = WORLD) -> None:
    preset = PRESETS["divsem-camvid-tiny"]()
    training = replace(preset.training, total_images=images)
    task = EditingTask(replace(preset, training=training), MeanDifference())
    train(task, training, folder, world, tensorboard=tensorboard)


def test_a_run_shows_its_statistics_and_grids_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "summary_writer", lambda: Recorder)
    run(tmp_path / "run", 2)
    run(tmp_path / "run", 4)
    first, second = Recorder.made
    assert first.folder == second.folder == str(tmp_path / "run" / "tensorboard")
    assert (first.purge_step, second.purge_step) == (1, 3)
    lines = [json.loads(line) for line in (tmp_path / "run" / "stats.jsonl").read_text().splitlines()]
    assert {line.pop("images"): line for line in lines} == first.scalars | second.scalars
    assert sorted(first.images | second.images) == [2, 4]
    assert first.closed
    assert second.closed


def test_only_who_asks_and_writes_gets_a_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "summary_writer", lambda: Recorder)
    run(tmp_path / "run", 2, tensorboard=False)
    with Board(None, 0) as nothing:
        nothing.numbers(2, {"l1": 1.0})
        nothing.picture(2, np.zeros((4, 4, 3), np.uint8))
    assert Recorder.made == []


@pytest.mark.parametrize("module", ["torch.utils.tensorboard", "tensorboard"])
def test_a_missing_package_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("torch.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=r"pip install 'scumble\[tensorboard\]'"):
        summary_writer()


def test_tensorboard_reads_what_a_killed_and_continued_run_wrote(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    grid = np.full((6, 8, 3), 90, np.uint8)
    with Board(tmp_path, 0) as shown:
        for images in (2, 4, 6):
            shown.numbers(images, {"l1": images / 2})
            shown.picture(images, grid)
    with Board(tmp_path, 4) as shown:  # killed after 6 images, the last state is that of 4
        shown.numbers(6, {"l1": 10.0})
        shown.picture(6, grid)
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    assert [(event.step, event.value) for event in read.Scalars("l1")] == [(2, 1.0), (4, 2.0), (6, 10.0)]
    assert [event.step for event in read.Images("grid")] == [2, 4, 6]
    assert (read.Images("grid")[0].width, read.Images("grid")[0].height) == (8, 6)
