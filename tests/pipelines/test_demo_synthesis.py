"""The steps of the demonstration that paint from maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from scumble.checkpoint import save_checkpoint
from scumble.cli import main
from scumble.pipelines.demo import SIDE, unseen_street
from scumble.pipelines.demo_sheet import CAPTION, GAP, MARGIN, WIDTH, demo_sheet
from scumble.pipelines.demo_synthesis import SYNTHESIS_STEPS, SynthesisStep, show_synthesis, synthesis_command
from scumble.pipelines.synthesize import SynthesisSession
from scumble.scene import Scene
from scumble.streets import PARTS
from tests.editing_fixture import scene
from tests.ipose_fixture import ipose
from tests.pipelines.test_demo_sheet import steps

__all__ = ["steps"]


def drawn(number: int) -> Scene:
    """In place of a rendered street, one that is drawn in no time."""
    return scene(SIDE, SIDE, seed=number)


@pytest.mark.parametrize("step", SYNTHESIS_STEPS, ids=lambda step: step.name)
def test_the_command_of_a_step_gives_the_bytes_that_the_step_shows(
    step: SynthesisStep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "checkpoint", ipose(), card="# untrained\n")
    painted = show_synthesis(SynthesisSession(ipose()), step, tmp_path / step.name, render=drawn)
    monkeypatch.chdir(tmp_path)
    words = synthesis_command(step, str(tmp_path / "checkpoint"))
    assert main(words[1:]) == 0
    again = sorted((tmp_path / words[-1]).glob("sample_*.png"))
    assert len(again) == step.samples == len(painted.files)
    for path in again:
        assert path.read_bytes() == (tmp_path / step.name / path.name).read_bytes()


@pytest.mark.parametrize("step", SYNTHESIS_STEPS, ids=lambda step: step.name)
def test_a_row_has_four_pictures_and_its_text_fits(step: SynthesisStep, tmp_path: Path) -> None:
    painted = show_synthesis(SynthesisSession(ipose()), step, tmp_path / step.name, render=drawn)
    assert len(painted.cells) == 4
    for _, file, image in painted.cells:
        assert np.array_equal(np.asarray(Image.open(tmp_path / file)), image)
    title, sentence = (
        ImageFont.load_default(size).getlength(text) for size, text in ((20, step.title), (14, step.sentence))
    )
    assert 2 * MARGIN + title + GAP + sentence <= WIDTH


def test_the_part_that_is_removed_is_one_of_the_street_and_called_so() -> None:
    for step in SYNTHESIS_STEPS:
        if step.removed is not None:
            selector, name, number = step.removed
            street = unseen_street(step.street)
            assert street.parts is not None
            assert (street.parts[street.select(selector)] == number).any()
            assert PARTS[selector.partition("#")[0]][number - 1] == name


def test_the_sheet_has_a_row_for_each(steps: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    painted = [
        show_synthesis(SynthesisSession(ipose()), step, tmp_path / step.name, render=drawn)
        for step in SYNTHESIS_STEPS
    ]
    edits = [steps["remove"]]
    grown = demo_sheet(edits, painted).shape[0] - demo_sheet(edits).shape[0]
    assert grown == len(painted) * (CAPTION + 22 + SIDE + GAP)
