"""What a run keeps, and that it has it whatever happens."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from scumble.checkpoint import load_checkpoint
from scumble.errors import ConfigError, DataError
from scumble.models.recipe import Optimized, Update
from scumble.scene import Scene
from scumble.training.config import TrainingConfig
from scumble.training.editing import EditingTask
from scumble.training.keeper import Keeper
from scumble.training.loop import _Run, start_state, train
from scumble.training.scene_data import SceneData
from scumble.training.step import NotFiniteError, Stepper
from tests.miniature import MeanDifference
from tests.training.test_loop import WORLD, TwoUpdatesTask, run, tiny

pytestmark = pytest.mark.usefixtures("data")


def test_milestones_are_kept_wherever_a_save_would_be_and_can_edit(tmp_path: Path) -> None:
    run(tiny(total_images=8, milestone_every=3, save_every=100), tmp_path)
    found = sorted((tmp_path / "milestones").iterdir())
    # Two pictures a step: 3 is passed at 4, and 6 is met.
    assert [folder.name for folder in found] == ["00000004", "00000006"]
    assert all(load_checkpoint(folder).bank is not None for folder in found)


def test_the_best_checkpoint_can_edit_also_when_it_is_not_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([1.0, 2.0, 2.0])
    monkeypatch.setattr(EditingTask, "score", lambda *_: next(scores))
    run(tiny(), tmp_path)
    best = load_checkpoint(tmp_path / "best")
    assert best.origin.images == 2
    assert best.bank is not None


def test_a_signal_in_the_last_step_of_a_phase_saves_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Run, "_step", lambda self, *_: None)
    closed = _Run._save_if
    asked: list[bool] = []

    def late(self: Any, due: bool, **words: bool) -> int | None:
        """The signal comes after the step has looked for one."""
        stop = closed(self, due, **words)
        if not asked:
            asked.append(True)
            os.kill(os.getpid(), signal.SIGTERM)
        return stop

    monkeypatch.setattr(_Run, "_save_if", late)
    preset = tiny(total_images=2, save_every=100)
    task, told = EditingTask(preset, MeanDifference()), list[str]()
    with pytest.raises(SystemExit, match="143"):
        train(task, preset.training, tmp_path, WORLD, tell=told.append)
    assert told == ["stopped after 2 images; the same command continues."]
    assert torch.load(tmp_path / "state.pt", weights_only=True)["images"] == 2


def test_a_test_split_that_cannot_be_read_ends_a_run_at_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = SceneData.scenes

    def damaged(self: SceneData, split: str) -> Any:
        scenes = read(self, split)
        if split != "test":
            return scenes

        class Damaged:
            label_space = scenes.label_space

            def __len__(self) -> int:
                return len(scenes)

            def __getitem__(self, index: int) -> Scene:
                raise DataError("0002.png is damaged")

        return Damaged()

    monkeypatch.setattr(SceneData, "scenes", damaged)
    with pytest.raises(DataError, match="is damaged"):
        EditingTask(tiny(), MeanDifference())


class Normalised:
    """A recipe with batch statistics."""

    def __init__(self) -> None:
        self.networks = nn.ModuleDict({"generator": nn.BatchNorm1d(1)})
        self.optimized = {"generator": Optimized(self.networks, 0.1, (0.0, 0.9))}

    def updates(self, batch: torch.Tensor, step: int, *, lean: bool = False) -> Any:
        """One step."""
        del step
        loss = self.networks["generator"](batch).square().mean()
        yield Update("generator", loss, {"loss": loss})


def test_batch_statistics_of_a_step_that_was_left_out_are_forgotten() -> None:
    task: Any = TwoUpdatesTask()
    task.recipe = Normalised()
    config = replace(tiny().training, ema_half_life=None)
    state = start_state(task, config, WORLD)
    stepper = Stepper(task, config, state, WORLD, 1)
    stepper.step({"x": torch.tensor([[1.0], [3.0]])})
    before = [buffer.clone() for buffer in state.networks.buffers()]
    with pytest.raises(NotFiniteError):
        stepper.step({"x": torch.tensor([[1.0], [torch.inf]])})
    assert all(torch.equal(*pair) for pair in zip(state.networks.buffers(), before, strict=True))


def test_states_are_kept_on_file_systems_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    keeper, state = Keeper(tmp_path, 2), start_state(TwoUpdatesTask(), tiny().training, WORLD)
    for state.images in (1, 2, 3):
        keeper.save(state)
    images = [torch.load(tmp_path / n, weights_only=True)["images"] for n in ("state.pt", "state-1.pt")]
    assert images == [3, 2]
    assert sorted(path.name for path in tmp_path.glob("*state*")) == ["state-1.pt", "state.pt"]


def test_a_milestone_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="milestone_every is 0"):
        TrainingConfig(4, tiny().training.phases, milestone_every=0)
