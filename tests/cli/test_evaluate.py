"""``scumble evaluate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from scumble.checkpoint import save_checkpoint
from scumble.cli import main
from scumble.research_data import data_folder
from tests.editing_fixture import untrained
from tests.ipose_fixture import ipose
from tests.labeler_fixture import untrained_labeler

CAMVID = data_folder() / "camvid"
needs_data = pytest.mark.skipif(not CAMVID.is_dir(), reason="needs CamVid and a judge under SCUMBLE_DATA")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "checkpoint", untrained(), card="# untrained\n")
    return tmp_path / "checkpoint"


@needs_data
def test_numbers_come_with_their_protocol(checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "numbers.json"
    words = ["evaluate", str(checkpoint), "--data", str(CAMVID), "--pictures", "1", "--out", str(out)]
    assert main(words) == 0
    written = json.loads(out.read_text())
    assert written["protocol"]["judge"] == "espnet-camvid"
    assert len(written["protocol"]["judge_sha256"]) == 64
    assert written["scores"]["all"]["real"]["l1"] == 0
    assert written["scores"]["all"]["real"]["pixel_accuracy"] > 0.6


@needs_data
def test_no_pictures_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    words = ["evaluate", str(checkpoint), "--data", str(CAMVID), "--out", str(tmp_path / "n.json")]
    assert main([*words, "--pictures", "0"]) == 2


def test_a_folder_without_the_set_is_refused(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(checkpoint), "--data", str(tmp_path), "--out", str(tmp_path / "n.json")]
    assert main(words) == 2
    assert not (tmp_path / "n.json").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_the_place_for_the_numbers_is_made_or_refused_before_anything_is_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    words = ["evaluate", "no-checkpoint", "--data", "streets", "--out"]
    assert main([*words, str(tmp_path / "file" / "n.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "new" / "n.json")]) == 2
    assert (tmp_path / "new").is_dir()


def test_rendered_streets_need_no_data(checkpoint: Path, tmp_path: Path) -> None:
    labeler = tmp_path / "labeler"
    save_checkpoint(labeler, untrained_labeler(), card="# untrained\n")
    out = tmp_path / "numbers.json"
    words = ["evaluate", str(checkpoint), "--data", "streets", "--pictures", "2", "--out", str(out)]
    assert main([*words, "--judge", str(labeler)]) == 0
    written = json.loads(out.read_text())
    assert "streets" in written["protocol"]["data"]
    assert written["scores"]["all"]["real"]["l1"] == 0
    assert written["scores"]["all"]["system"]["l1"] > 0


def test_synthesis_systems_paint_the_maps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    labeler, out = tmp_path / "labeler", tmp_path / "numbers.json"
    save_checkpoint(labeler, untrained_labeler(), card="# untrained\n")
    save_checkpoint(tmp_path / "ipose", ipose(), card="# untrained\n")
    words = ["evaluate", str(tmp_path / "ipose"), "--data", "streets", "--pictures", "2", "--out", str(out)]
    assert main([*words, "--judge", str(labeler)]) == 0
    assert "means rendered scenes" not in capsys.readouterr().err
    written = json.loads(out.read_text())
    assert written["protocol"]["name"] == "maps"
    assert written["scores"]["picture"].keys() == {"real", "system"}
    save_checkpoint(tmp_path / "ipose", ipose(supports=False), card="# untrained\n")
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    assert main([*words, "--judge", str(labeler)]) == 2
    assert "holds no support maps" in capsys.readouterr().err


def test_a_folder_called_streets_is_told_from_the_rendered_scenes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("streets").mkdir()
    save_checkpoint(Path("labeler"), untrained_labeler(), card="# untrained\n")
    save_checkpoint(Path("ipose"), ipose(), card="# untrained\n")
    words = ["evaluate", "./ipose", "--data", "streets", "--pictures", "1", "--out", "numbers.json"]
    assert main([*words, "--judge", "./labeler"]) == 0
    assert "for the folder of this name give ./streets" in capsys.readouterr().err


def test_a_labeler_is_compared_with_the_maps_and_needs_no_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "numbers.json"
    words = ["evaluate", "labeler-streets", "--data", "streets", "--pictures", "3", "--out", str(out)]
    assert main([*words, "--judge", "labeler-streets"]) == 2
    assert "leave it out" in capsys.readouterr().err
    assert not out.exists()
    assert main(words) == 0
    written = json.loads(out.read_text())
    assert (written["protocol"]["name"], "judge" in written["protocol"]) == ("labels", False)
    scores = written["scores"]["picture"]["system"]
    assert scores["pixel_accuracy"] > 0.8
    assert written["iou"]["sky"] > written["iou"]["pole"]
    assert "void" not in written["iou"]


def test_a_set_of_other_classes_is_refused(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("photo", "labels"):
        Image.new("L", (40, 30)).save(tmp_path / f"a_{name}.png")
    (tmp_path / "scumble.toml").write_text(
        '[files]\nimages = "{name}_photo.png"\nlabels = "{name}_labels.png"\n[classes]\nnames = ["sky"]\n'
    )
    words = ["evaluate", str(checkpoint), "--data", str(tmp_path), "--out", str(tmp_path / "n.json")]
    assert main(words) == 2
    assert "knows the label space 'camvid'" in capsys.readouterr().err
