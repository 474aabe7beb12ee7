"""``scumble train`` with a preset of the labeler."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scumble.checkpoint import load_checkpoint
from scumble.cli import main
from scumble.codec import from_plain
from scumble.presets.labeler import labeler_camvid_tiny
from scumble.training.labeling import LabelingPreset
from tests.miniature import write_camvid

TINY = "labeler-camvid-tiny"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A miniature CamVid folder."""
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path / "data"))
    write_camvid(tmp_path / "data" / "camvid")


def scumble_train(run: Path, *options: str) -> int:
    return main(["train", TINY, "--run-dir", str(run), "--device", "cpu", *options])


def test_a_preset_is_trained_and_continued_by_the_same_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    options = ("--seed", "5", "--losses.balance", "0.25", "--jitter", "0.1")
    assert scumble_train(run, *options, "--total-images", "2") == 0
    assert load_checkpoint(run / "checkpoint").origin.images == 2
    assert scumble_train(run, *options) == 0
    checkpoint = load_checkpoint(run / "checkpoint")
    assert (checkpoint.system, checkpoint.origin.images) == ("labeler", 4)
    assert (run / "stats.jsonl").read_text().count("\n") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.split(";")[0] for line in told.err.splitlines()] == [
        f"scumble train: {images} images" for images in (2, 4)
    ]

    config = json.loads((run / "config.json").read_text())
    assert config.pop("preset") == TINY
    assert config.pop("init") is None
    preset = labeler_camvid_tiny()
    losses, training = replace(preset.losses, balance=0.25), replace(preset.training, seed=5)
    expected = replace(preset, losses=losses, training=training, jitter=0.1)
    assert from_plain(LabelingPreset, config) == expected


def test_a_run_of_another_system_is_not_continued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scumble_train(tmp_path / "run") == 0
    words = ["train", "divsem-camvid-tiny", "--run-dir", str(tmp_path / "run"), "--device", "cpu"]
    assert main(words) == 2
    assert f"preset = '{TINY}', but now it is 'divsem-camvid-tiny'" in capsys.readouterr().err


def test_help_lists_the_options_of_the_labeler_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["train", TINY, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    for option in ("--model.widths", "--losses.balance", "--jitter", "--training.save-every"):
        assert option in shown
    assert "--discriminators" not in shown
