"""``scumble parts``, and ``scumble synthesize`` with edits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.checkpoint import save_checkpoint
from scumble.cli import main
from scumble.pipelines.parts import infer_parts
from tests.ipose_fixture import CAR, ipose, street
from tests.labeler_fixture import untrained_labeler

SCENE = street()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with supports and one without, and the maps of the street."""
    root = tmp_path_factory.mktemp("ipose")
    save_checkpoint(root / "ipose", ipose(), card="")
    save_checkpoint(root / "bare", ipose(supports=False), card="")
    Image.fromarray(SCENE.labels.astype(np.uint8)).save(root / "labels.png")
    Image.fromarray(SCENE.instances.astype(np.uint16)).save(root / "instances.png")
    return root


def words(folder: Path, command: str, out: Path, checkpoint: str = "ipose") -> list[str]:
    maps = [str(folder / "labels.png"), "--instances", str(folder / "instances.png")]
    return [command, *maps, "--checkpoint", str(folder / checkpoint), "--out", str(out)]


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_parts_are_written_as_a_map_in_colours_and_object_by_object(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(folder, "parts", tmp_path / "out")) == 0
    parts = picture(tmp_path / "out" / "parts.png")
    assert np.array_equal(parts, infer_parts(ipose(), SCENE.labels, SCENE.instances))
    overlay = picture(tmp_path / "out" / "overlay.png")
    plain = SCENE.label_space.colorize(SCENE.labels)
    assert np.array_equal((overlay != plain).any(2), parts > 0)
    rows = json.loads((tmp_path / "out" / "parts.json").read_text())["objects"]
    assert [row["instance"] for row in rows] == [CAR * 1000, CAR * 1000 + 1]
    assert sum(rows[0]["parts"].values()) == rows[0]["area"] == 30 * 44
    assert f"car {CAR * 1000}" in capsys.readouterr().out


def test_outlines_of_one_category_need_no_label_space(folder: Path, tmp_path: Path) -> None:
    ids = np.where(SCENE.labels == CAR, SCENE.instances, 0).astype(np.uint16)
    Image.fromarray(ids).save(tmp_path / "objects.png")
    line = ["parts", str(tmp_path / "objects.png"), "--checkpoint", str(folder / "ipose"), "--category", "26"]
    assert main([*line, "--out", str(tmp_path / "out")]) == 0
    found = picture(tmp_path / "out" / "parts.png")
    assert np.array_equal(found, infer_parts(ipose(), SCENE.labels, SCENE.instances))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--category", "24"], "no support maps of category 24"),
        (["--supports", "nowhere"], "nowhere"),
        (["--image", "LABELS2"], "expected the same size"),
    ],
)
def test_what_parts_cannot_do_is_said(
    folder: Path, tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (5, 5)).save(tmp_path / "small.png")
    options = [str(tmp_path / "small.png") if word == "LABELS2" else word for word in options]
    line = ["parts", str(folder / "labels.png"), "--checkpoint", str(folder / "ipose"), *options]
    assert main([*line, "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_without_parts_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "labeler", untrained_labeler(), card="")
    line = words(folder, "parts", tmp_path / "out")
    assert main([word.replace(str(folder / "ipose"), str(tmp_path / "labeler")) for word in line]) == 2
    assert "knows no classes with parts" in capsys.readouterr().err
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    assert main([*words(folder, "parts", tmp_path / "out", "bare")]) == 2
    assert "holds no support maps" in capsys.readouterr().err


def test_a_part_can_be_removed_by_name_or_number_and_the_edit_replayed(folder: Path, tmp_path: Path) -> None:
    parts = np.where(SCENE.labels == CAR, np.uint8(5), np.uint8(0))
    parts[30:36, 10:18] = 2
    Image.fromarray(parts).save(tmp_path / "parts.png")
    given = ["--parts", str(tmp_path / "parts.png"), "--samples", "2"]
    removed = ["--remove-part", "car#0:wheel"]
    assert main([*words(folder, "synthesize", tmp_path / "name"), *given, *removed]) == 0
    assert main([*words(folder, "synthesize", tmp_path / "number"), *given, "--remove-part", "car#0:2"]) == 0
    again = ["--recipe", str(tmp_path / "name" / "result.json")]
    assert main([*words(folder, "synthesize", tmp_path / "again"), *given, *again]) == 0
    inside = SCENE.select("car#0")
    for number in (0, 1):
        before, after, *same = (
            picture(tmp_path / name)
            for name in (
                f"name/before_{number:03d}.png",
                f"name/sample_{number:03d}.png",
                f"number/sample_{number:03d}.png",
                f"again/sample_{number:03d}.png",
            )
        )
        assert all(np.array_equal(after, other) for other in same)
        assert np.array_equal(before[~inside], after[~inside])
        assert not np.array_equal(before, after)
    assert not (picture(tmp_path / "name" / "parts.png")[inside] == 2).any()
    assert np.array_equal(picture(tmp_path / "name" / "mask.png") > 0, inside)


def test_a_part_can_be_painted(folder: Path, tmp_path: Path) -> None:
    mask = np.zeros(SCENE.labels.shape, np.uint8)
    mask[10:20] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    painted = ["--paint-part", "car#0:light", "--mask", str(tmp_path / "mask.png")]
    assert main([*words(folder, "synthesize", tmp_path / "out"), *painted]) == 0
    region = SCENE.select("car#0") & (mask > 0)
    assert (picture(tmp_path / "out" / "parts.png")[region] == 3).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--remove-part", "car"], "expected OBJECT:PART"),
        (["--remove-part", "car:wheels"], "no part 'wheels'"),
        (["--remove-part", "bicyclist:wheel"], "no names are known"),
        (["--remove-part", "road:wheel"], "road has no parts; the classes that have: car, bicyclist."),
        (["--remove-part", "car:9"], "no part 9"),
        (["--remove-part", "trees:1"], "trees"),
        (["--paint-part", "car:1"], "go together"),
        (["--remove-part", "car:1", "--recipe", "a.json"], "Give one of"),
        (["--recipe", "absent.json"], "absent.json"),
    ],
)
def test_edits_that_cannot_be_understood_are_refused(
    folder: Path, tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words(folder, "synthesize", tmp_path / "out"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
