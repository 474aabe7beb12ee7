"""Every defect of a set is named: file, place, value, remedy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scumble.cli import main
from tests.data.check.breakers import EXECUTED, Broken, Site
from tests.data.check.broken_descriptions import DESCRIPTIONS, FOLDERS, PART_SETS
from tests.data.check.broken_files import DAMAGED, PAIRS
from tests.data.check.broken_maps import INSTANCES, KINDS, VALUES
from tests.data.check.sets import FORMS, build

BROKEN = {**VALUES, **KINDS, **INSTANCES, **DAMAGED, **PAIRS, **DESCRIPTIONS, **FOLDERS, **PART_SETS}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_defect_is_named_with_file_place_value_and_remedy(
    broken: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(build(broken.layout, tmp_path / "set"), broken.layout)
    broken.breaker(site)
    code = main(["data", "check", str(site.root), "--workers", "1", *broken.arguments])
    captured = capsys.readouterr()
    assert code == (1 if broken.defects else 2), captured
    if broken.defects:
        said = [line for line in captured.out.splitlines() if line.startswith("  DEFECT: ")]
        assert len(said) == broken.defects, said
        assert f"\n{broken.defects} defect" in captured.out
    else:
        said = captured.err.splitlines()
        assert not captured.out
    for words in (str(site.path(broken.file)), broken.place, broken.value, broken.remedy):
        assert words in said[0]
    assert not (site.root / EXECUTED).exists()


def test_defects_of_every_layout_are_tried() -> None:
    assert {broken.layout for broken in BROKEN.values()} == {*FORMS, "full-parts"}
    assert len(BROKEN) >= 60


def test_a_set_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(tmp_path / "absent")]) == 2
    assert f"{tmp_path / 'absent'} does not exist; give the folder" in capsys.readouterr().err


def test_a_layout_that_does_not_exist_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = build("camvid", tmp_path)
    assert main(["data", "check", str(root), "--layout", "camvit"]) == 2
    assert "no layout 'camvit'; did you mean 'camvid'?" in capsys.readouterr().err


def test_all_defects_are_named_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = build("cityscapes", tmp_path)
    for path in (root / "gtFine").rglob("*_labelIds.png"):
        path.write_bytes(b"")
    assert main(["data", "check", str(root), "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert "4 defects" in said
    for path in (root / "gtFine").rglob("*_labelIds.png"):
        assert f"{path} is empty" in said


def test_names_that_are_no_text_can_be_printed_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build("ade20k", tmp_path / "set")
    image = root / FORMS["ade20k"].path("image")
    image.with_name(os.fsdecode(b"stra\xdfe.jpg")).write_bytes(image.read_bytes())
    page = tmp_path / "page.html"
    assert main(["data", "check", str(root), "--workers", "1", "--report", str(page)]) == 1
    assert r"stra\udcdfe.jpg has no label map" in capsys.readouterr().out
    assert r"stra\udcdfe.jpg has no label map" in page.read_text(encoding="utf-8")
