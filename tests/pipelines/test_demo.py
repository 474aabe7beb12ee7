"""The steps of the demonstration."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from scumble.cli import main
from scumble.edit import Box, Edit, Extend, FreeMask, Paint, Remove, Restyle
from scumble.errors import InputError
from scumble.pipelines.demo import SIDE, STEPS, Step, command, show_step, unseen_street
from scumble.scene import Scene
from tests.editing_fixture import scene, untrained


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return untrained()


def drawn(number: int) -> Scene:
    """In place of a rendered street, one that is drawn in no time."""
    return scene(SIDE, SIDE, seed=number)


def test_it_shows_every_kind_of_edit() -> None:
    assert {type(step.operation) for step in STEPS} == {Remove, Box, Paint, FreeMask, Extend, Restyle}
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_edit_of_every_step_fits_its_street(step: Step) -> None:
    street = unseen_street(step.street)
    assert street.size == (SIDE, SIDE)
    edited = Edit((step.operation,)).apply(street)
    assert 0.01 < edited.mask.mean() < 0.5
    if isinstance(step.operation, Restyle):
        assert step.reference is not None
        assert unseen_street(step.reference).select(step.operation.selector).mean() > 0.01


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_command_of_a_step_gives_the_bytes_that_the_step_shows(
    step: Step, checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "checkpoint", checkpoint, card="# untrained\n")
    saved = load_checkpoint(tmp_path / "checkpoint")
    shown = show_step(saved, step, tmp_path / step.name, render=drawn)
    monkeypatch.chdir(tmp_path)
    words = command(step, str(tmp_path / "checkpoint"))
    assert main(words[1:]) == 0
    again = sorted((tmp_path / words[-1]).glob("sample_*.png"))
    assert len(again) == step.samples == len(shown.result.samples)
    for path in again:
        assert path.read_bytes() == (tmp_path / step.name / path.name).read_bytes()


def test_the_default_checkpoint_is_not_named_in_a_command() -> None:
    assert all("--checkpoint" not in command(step) for step in STEPS)


def test_a_reference_decides_the_look(checkpoint: Checkpoint, tmp_path: Path) -> None:
    step = next(step for step in STEPS if step.reference is not None)
    results = []
    for number in (3, 4):
        other = dataclasses.replace(step, reference=number)
        shown = show_step(checkpoint, other, tmp_path / str(number), render=drawn)
        assert shown.reference is not None
        assert (
            np.asarray(Image.open(tmp_path / str(number) / "reference.png")) == shown.reference.image
        ).all()
        results.append(shown.result.samples[0].image)
    assert (results[0] != results[1]).any()


def test_progress_is_told_of_every_sample(checkpoint: Checkpoint, tmp_path: Path) -> None:
    told: list[int] = []
    step = next(step for step in STEPS if step.samples > 1)
    shown = show_step(checkpoint, step, tmp_path / "step", render=drawn, progress=lambda: told.append(1))
    assert len(told) == step.samples
    assert shown.seconds >= max(sample.seconds for sample in shown.result.samples)


def test_an_edit_that_does_not_fit_is_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    step = Step("none", "None", "Nothing.", 0, Remove("pedestrian"))
    with pytest.raises(InputError, match="no 'pedestrian'"):
        show_step(checkpoint, step, tmp_path / "none", render=drawn)
