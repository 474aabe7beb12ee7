"""Checkpoints by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble import shipped
from scumble.checkpoint import load_checkpoint, save_checkpoint
from scumble.errors import CheckpointError
from scumble.shipped import find_checkpoint, shipped_checkpoints
from tests.editing_fixture import untrained


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that ships two checkpoints, and an empty folder to work in."""
    for name in ("divsem-streets", "labeler-streets"):
        (tmp_path / "weights" / name).mkdir(parents=True)
        (tmp_path / "weights" / name / "config.json").touch()
    (tmp_path / "weights" / "notes").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "weights"


@pytest.mark.usefixtures("weights")
def test_only_folders_with_a_checkpoint_are_shipped_ones() -> None:
    assert shipped_checkpoints() == ["divsem-streets", "labeler-streets"]


def test_a_name_means_the_shipped_folder(weights: Path) -> None:
    assert find_checkpoint("divsem-streets") == weights / "divsem-streets"


def test_a_folder_of_the_same_name_does_not_take_the_place_of_the_shipped_one(weights: Path) -> None:
    Path("divsem-streets").mkdir()
    assert find_checkpoint("divsem-streets") == weights / "divsem-streets"
    for argument in ("./divsem-streets", Path("divsem-streets")):
        assert find_checkpoint(argument) == Path("divsem-streets")


@pytest.mark.usefixtures("weights")
def test_a_folder_is_taken_as_it_is() -> None:
    Path("mine").mkdir()
    assert find_checkpoint("mine") == Path("mine")
    assert find_checkpoint("runs/mine/checkpoint") == Path("runs/mine/checkpoint")


@pytest.mark.usefixtures("weights")
def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(CheckpointError, match=r"no folder 'divsem-street'.*did you mean 'divsem-streets'\?$"):
        find_checkpoint("divsem-street")
    with pytest.raises(CheckpointError, match=r"known: divsem-streets, labeler-streets$"):
        find_checkpoint("oil")


def test_a_checkpoint_is_loaded_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint(tmp_path / "small", untrained(), card="# untrained\n")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    assert load_checkpoint("small").digest == load_checkpoint(tmp_path / "small").digest
