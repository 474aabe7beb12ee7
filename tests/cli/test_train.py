"""``scumble train``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scumble.checkpoint import load_checkpoint
from scumble.cli import main, train
from scumble.codec import from_plain
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset, EditingTask
from tests.miniature import MeanDifference, write_camvid

TINY = "divsem-camvid-tiny"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A miniature CamVid folder, and no need for the perceptual network."""
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path / "data"))
    write_camvid(tmp_path / "data" / "camvid")
    monkeypatch.setattr(train, "EditingTask", lambda preset: EditingTask(preset, MeanDifference()))


def scumble_train(run: Path, *options: str) -> int:
    return main(["train", TINY, "--run-dir", str(run), "--device", "cpu", *options])


def message(capsys: Captured) -> str:
    """What was printed, without the breaks and frames of tyro."""
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).replace("│", " ").split())


def test_a_preset_is_trained_and_continued_by_the_same_command(tmp_path: Path, capsys: Captured) -> None:
    run = tmp_path / "runs" / "first"
    options = ("--total-images", "2", "--seed", "5", "--training.ema-half-life", "7")
    assert scumble_train(run, *options) == 0
    digest = load_checkpoint(run / "checkpoint").digest
    assert scumble_train(run, *options) == 0
    assert load_checkpoint(run / "checkpoint").digest == digest
    assert (run / "stats.jsonl").read_text().count("\n") == 1

    config = json.loads((run / "config.json").read_text())
    assert config.pop("preset") == TINY
    assert config.pop("init") is None
    preset = PRESETS[TINY]()
    training = replace(preset.training, total_images=2, seed=5, ema_half_life=7)
    assert from_plain(EditingPreset, config) == replace(preset, training=training)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"scumble train: 2 images; the weights are in {run / 'checkpoint'}.\n" * 2


def test_help_lists_the_presets_and_their_options(capsys: Captured) -> None:
    for arguments in ([], ["--help"]):
        assert main(["train", *arguments]) == 0
        shown = message(capsys)
        assert "usage: scumble train PRESET" in shown
        assert all(name in shown for name in PRESETS)
    with pytest.raises(SystemExit) as stopped:
        main(["train", TINY, "--help"])
    assert stopped.value.code == 0
    shown = message(capsys)
    for option in ("--run-dir", "--total-images", "--seed", "--losses.perceptual", "--training.save-every"):
        assert option in shown


def test_an_unknown_preset_names_the_nearest(capsys: Captured) -> None:
    assert main(["train", "divsem-camvid-tini", "--run-dir", "x"]) == 2
    assert message(capsys) == f"scumble: There is no preset 'divsem-camvid-tini'; did you mean '{TINY}'?"


def test_an_unknown_option_names_the_nearest(tmp_path: Path, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        scumble_train(tmp_path / "run", "--training.save-evry", "5")
    assert stopped.value.code == 2
    shown = message(capsys)
    assert "--training.save-evry" in shown
    assert "--training.save-every" in shown
    assert not (tmp_path / "run").exists()


def test_the_run_folder_is_needed(capsys: Captured) -> None:
    assert main(["train", TINY]) == 2
    assert "--run-dir" in message(capsys)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--total-images", "0"), "training.total_images is 0, but must be at least 1"),
        (("--device", "abacus"), "--device is 'abacus', which cannot be used"),
        (("--data.folder", "absent"), "absent does not exist"),
        (("--masks",), "masks is empty"),
    ],
)
def test_what_is_not_possible_is_said_in_one_message(
    options: tuple[str, ...], expected: str, tmp_path: Path, capsys: Captured
) -> None:
    assert scumble_train(tmp_path / "run", *options) == 2
    shown = message(capsys)
    assert shown.startswith("scumble: ")
    assert expected in shown


def test_a_run_that_could_not_begin_does_not_bind_the_next(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert scumble_train(run, "--total-images", "2", "--data.folder", "absent") == 2
    assert scumble_train(run, "--total-images", "2") == 0


def test_changed_options_for_an_old_run_are_refused(tmp_path: Path, capsys: Captured) -> None:
    run = tmp_path / "run"
    assert scumble_train(run, "--total-images", "2") == 0
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    assert scumble_train(run, "--total-images", "2", "--losses.l1", "2.5") == 2
    shown = message(capsys)
    assert "config.json was written by a run with losses.l1 = 1.0, but now it is 2.5" in shown
    assert "another --run-dir" in shown
    assert main(["train", "spmpgan-camvid-tiny", "--run-dir", str(run), "--total-images", "2"]) == 2
    assert f"preset = '{TINY}', but now it is 'spmpgan-camvid-tiny'" in message(capsys)
    (run / "config.json").write_text("{")
    assert scumble_train(run, "--total-images", "2") == 2
    assert "config.json is damaged" in message(capsys)
    (run / "config.json").write_bytes(before[run / "config.json"])
    assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before


def test_a_run_of_another_version_continues_if_it_did_the_same(tmp_path: Path, capsys: Captured) -> None:
    run = tmp_path / "run"
    assert scumble_train(run, "--total-images", "2") == 0
    config = json.loads((run / "config.json").read_text())
    del config["losses"]["l1"], config["training"]["patience"], config["training"]["workers"]
    (run / "config.json").write_text(json.dumps(config))
    assert scumble_train(run, "--total-images", "2", "--training.workers", "0") == 0
    config["training"]["patience"] = 3
    del config["training"]["keep"]
    (run / "config.json").write_text(json.dumps(config))
    assert scumble_train(run, "--total-images", "2") == 2
    assert "training.patience = 3, but now it is 10" in message(capsys)
    config["training"]["patience"], config["losses"]["sharpness"] = 10, 1
    (run / "config.json").write_text(json.dumps(config))
    assert scumble_train(run, "--total-images", "2") == 2
    assert "losses.sharpness = 1, which this scumble does not know" in message(capsys)


def test_a_run_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert scumble_train(tmp_path / "file") == 2
    assert "file cannot be made" in message(capsys)


def test_a_start_that_trained_nothing_does_not_bind_the_next_one(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text('{"preset": "labeler-streets-tiny", "training": {"seed": 7}}')
    assert main(["train", "labeler-streets-tiny", "--run-dir", str(run)]) == 0
    assert main(["train", "labeler-streets-tiny", "--run-dir", str(run), "--seed", "7"]) == 2


def test_a_plan_says_what_a_run_takes_and_starts_nothing(tmp_path: Path, capsys: Captured) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert main(["train", TINY, "--plan", "--device", "cpu", "--training.seed", "7"]) == 0
    shown = capsys.readouterr().out
    for line in ("networks:", "speed:", "time:", "memory:", "on disk:"):
        assert f"\n{line}" in f"\n{shown}"
    assert json.loads(shown[shown.index("{") :])["training"]["seed"] == 7
    assert sorted(tmp_path.rglob("*")) == before


def test_a_report_is_a_page_beside_the_statistics(tmp_path: Path, capsys: Captured) -> None:
    assert scumble_train(tmp_path / "run") == 0
    assert main(["train", "--report", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "run" / "report.html")
    assert TINY in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert main(["train", "--report", str(tmp_path / "absent")]) == 2


def test_a_run_can_begin_with_the_weights_of_another(tmp_path: Path, capsys: Captured) -> None:
    assert scumble_train(tmp_path / "one") == 0
    start = ("--init", str(tmp_path / "one" / "checkpoint"), "--total-images", "1")
    assert scumble_train(tmp_path / "two", *start) == 0
    assert "Classes that keep their weights: sky, building" in message(capsys)
    one, two = (load_checkpoint(tmp_path / n / "checkpoint").network.state_dict() for n in ("one", "two"))
    fresh = EditingTask(PRESETS[TINY](), MeanDifference()).recipe.networks["generator"].state_dict()
    # Half of the old average is left after the first step of the new run.
    far = [name for name in one if (two[name] - one[name]).norm() > (two[name] - fresh[name]).norm()]
    assert not [name for name in far if not name.endswith("bias")]
    assert main(["train", "spmpgan-camvid-tiny", "--run-dir", str(tmp_path / "x"), *start]) == 2


def test_ablations_are_words_behind_the_name(tmp_path: Path, capsys: Captured) -> None:
    words = ["--run-dir", str(tmp_path / "run"), "--device", "cpu"]
    assert main(["train", f"{TINY}+no-styles", *words]) == 0
    assert load_checkpoint(tmp_path / "run" / "checkpoint").system == "spmpgan"
    assert main(["train", f"{TINY}+no-style", *words]) == 2
    assert "no-styles" in message(capsys)


def test_tensorboard_without_its_package_is_refused_before_anything_begins(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert scumble_train(tmp_path / "run", "--total-images", "2", "--tensorboard") == 2
    assert "pip install 'scumble[tensorboard]'" in message(capsys)
    assert not (tmp_path / "run").exists()
    assert scumble_train(tmp_path / "run", "--total-images", "2") == 0
