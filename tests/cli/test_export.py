"""``scumble export`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.checkpoint import save_checkpoint
from scumble.cli import main
from scumble.export import onnx_file
from tests.export import checkpoints
from tests.labeler_fixture import untrained_labeler


@pytest.fixture
def labeler(tmp_path: Path) -> str:
    """A checkpoint folder."""
    save_checkpoint(tmp_path / "labeler", untrained_labeler(), card="")
    return str(tmp_path / "labeler")


def test_it_says_what_was_written_and_how_far_it_is_from_torch(
    labeler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints.require_extra()
    assert main(["export", labeler, "--out", str(tmp_path / "new" / "a.onnx")]) == 0
    assert "a.onnx: labeler, 0.0 MB, differs from torch by at most " in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.onnx"]


def test_another_ending_is_refused(labeler: str, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoints.require_extra()
    assert main(["export", labeler, "--out", "a.pt"]) == 2
    assert "ends in .onnx" in capsys.readouterr().err


def test_without_the_extra_one_sentence_says_what_to_install(
    labeler: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(onnx_file, "find_spec", lambda name: None)
    assert main(["export", labeler, "--out", "a.onnx"]) == 2
    error = capsys.readouterr().err
    assert error == "scumble: scumble export needs onnx and onnxruntime; run pip install 'scumble[export]'.\n"
