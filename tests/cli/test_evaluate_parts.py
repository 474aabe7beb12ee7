"""``scumble train`` with a preset of PartNet, and ``scumble evaluate parts``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scumble.checkpoint import load_checkpoint, save_checkpoint
from scumble.cli import main
from scumble.metrics.parts import GUESSES
from tests.labeler_fixture import untrained_labeler
from tests.part_set_fixture import CAR, PERSON, write_part_set

TINY = "partnet-real-tiny"
SCORES = {"iou", "accuracy", *(f"{name}_iou" for name in GUESSES)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_part_set(tmp_path_factory.mktemp("parts") / "set")


def scumble_train(root: Path, run: Path, *options: str) -> int:
    words = ["train", TINY, "--data.folder", str(root), "--run-dir", str(run), "--device", "cpu"]
    return main([*words, *options])


@pytest.fixture(scope="module")
def checkpoint(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained on four objects, with the supports inside."""
    run = tmp_path_factory.mktemp("run")
    assert scumble_train(root, run, "--data.supports", "inside") == 0
    return run / "checkpoint"


def test_a_preset_is_trained_and_continued_by_the_same_command(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    options = ("--data.categories", "26", "--losses.no-reconstruction", "--seed", "5")
    assert scumble_train(root, run, *options, "--total-images", "2") == 0
    assert load_checkpoint(run / "checkpoint").origin.images == 2
    assert scumble_train(root, run, *options) == 0
    told = [line.split(";")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["scumble train: 2 images", "scumble train: 4 images"]
    trained = load_checkpoint(run / "checkpoint")
    assert (trained.system, trained.origin.images) == ("partnet", 4)
    assert trained.label_space.names == ("26 car",)
    assert trained.supports is None
    assert [p.name for p in sorted((run / "grids").iterdir())] == ["00000002.png", "00000004.png"]
    config = json.loads((run / "config.json").read_text())
    assert (config["preset"], config["training"]["seed"]) == (TINY, 5)
    lines = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    assert {name for name in lines[-1] if name.startswith(("bce", "ce"))} == {"bce_predicted", "ce_predicted"}


def test_other_options_do_not_continue_a_run(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scumble_train(root, tmp_path / "run", "--total-images", "2") == 0
    assert scumble_train(root, tmp_path / "run", "--losses.no-permute-parts") == 2
    assert "losses.permute_parts" in capsys.readouterr().err


def test_supports_go_into_the_checkpoint_if_asked_for(checkpoint: Path) -> None:
    supports = load_checkpoint(checkpoint).supports
    assert supports is not None
    assert {c: maps.shape for c, maps in supports.maps.items()} == {PERSON: (1, 64, 64), CAR: (1, 64, 64)}


def test_every_category_gets_five_scores(
    root: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.json"
    words = ["evaluate", "parts", str(root), "--checkpoint", str(checkpoint), "--out", str(out), "--json"]
    assert main(words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"24", "26"}
    for scores in printed.values():
        assert set(scores) == SCORES
        assert all(0 <= score <= 1 for score in scores.values())
        # Objects that differ in size alone: their usual parts say almost everything.
        assert scores["mean_shape_iou"] > 0.7 > scores["majority_iou"]
    written = json.loads(out.read_text())
    assert written == {"checkpoint": load_checkpoint(checkpoint).digest, "scores": printed}


def test_without_json_a_table_is_shown(
    root: Path, checkpoint: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["evaluate", "parts", str(root), "--checkpoint", str(checkpoint)]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("category", "24", "26", *SCORES))


def test_a_category_that_training_never_saw_is_scored_too(
    root: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "set"
    shutil.copytree(root / "26", other / "99")
    shutil.copytree(root / "support_shape" / "1" / "26", other / "support_shape" / "1" / "99")
    assert main(["evaluate", "parts", str(other), "--checkpoint", str(checkpoint), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"99"}


def test_categories_without_validation_objects_are_left_out(
    root: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(root, tmp_path / "set")
    shutil.rmtree(tmp_path / "set" / "24" / "val")
    words = ["evaluate", "parts", str(tmp_path / "set"), "--checkpoint", str(checkpoint), "--json"]
    assert main(words) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"26"}


def test_a_checkpoint_of_another_system_is_refused(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_checkpoint(tmp_path / "labeler", untrained_labeler(), card="# untrained\n")
    assert main(["evaluate", "parts", str(root), "--checkpoint", str(tmp_path / "labeler")]) == 2
    message = capsys.readouterr().err
    assert "The checkpoint is of labeler, which infers no parts; give one of ipose or partnet." in message


def test_a_folder_that_is_no_part_set_is_refused(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        assert main(["evaluate", "parts", str(folder), "--checkpoint", str(checkpoint)]) == 2
        assert f"{folder} has no CATEGORY/val; give the folder of a part set" in capsys.readouterr().err
