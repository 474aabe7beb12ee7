"""``scumble evaluate`` with a labeler of one's own as the judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scumble.checkpoint import load_checkpoint, save_checkpoint
from scumble.cli import main
from tests.editing_fixture import untrained
from tests.labeler_fixture import untrained_labeler
from tests.miniature import write_camvid


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The command for one picture of a miniature test split, up to the judge."""
    camvid = write_camvid(tmp_path / "camvid")
    (camvid / "val.txt").rename(camvid / "test.txt")
    save_checkpoint(tmp_path / "checkpoint", untrained(), card="# untrained\n")
    out = ["--pictures", "1", "--out", str(tmp_path / "numbers.json")]
    return ["evaluate", str(tmp_path / "checkpoint"), "--data", str(camvid), *out, "--judge"]


def test_a_folder_of_a_labeler_judges_and_is_on_record(words: list[str], tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "labeler", untrained_labeler(), card="# untrained\n")
    assert main([*words, str(tmp_path / "labeler")]) == 0
    written = json.loads((tmp_path / "numbers.json").read_text())
    assert written["protocol"]["judge"] == str(tmp_path / "labeler")
    assert written["protocol"]["judge_sha256"] == load_checkpoint(tmp_path / "labeler").digest
    real = written["scores"]["all"]["real"]
    assert real["l1"] == 0
    assert 0 <= real["pixel_accuracy"] <= 1


@pytest.mark.parametrize(
    ("judge", "expected"),
    [("espnet-canvid", "did you mean 'espnet-camvid'"), ("checkpoint", "is of the system 'divsem'")],
)
def test_what_is_no_judge_is_said_in_one_message(
    judge: str, expected: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(tmp_path / judge) if (tmp_path / judge).exists() else judge
    assert main([*words, name]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("scumble: ")
    assert expected in shown
    assert not (tmp_path / "numbers.json").exists()
