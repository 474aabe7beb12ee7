"""Nothing is said against a sound set."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scumble.cli import main
from tests.data.check.healthy import HEALTHY, Healthy
from tests.data.check.sets import FORMS, build


@pytest.mark.parametrize("healthy", HEALTHY.values(), ids=HEALTHY.keys())
def test_nothing_is_wrong_with_a_sound_set(
    healthy: Healthy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = healthy(tmp_path / "set")
    code = main(["data", "check", str(tmp_path / "set"), "--workers", "1", *arguments])
    captured = capsys.readouterr()
    assert (code, captured.err) == (0, ""), captured
    assert captured.out.endswith("\nnothing is wrong\n")
    assert "disagree" not in captured.out


@pytest.mark.parametrize("layout", FORMS)
def test_findings_can_be_had_as_json_and_as_a_page_that_needs_nothing_else(
    layout: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, page = build(layout, tmp_path / "set"), tmp_path / "page.html"
    assert main(["data", "check", str(root), "--workers", "1", "--json", "--report", str(page)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert found["set"] == str(root)
    assert [split["split"] for split in found["splits"]] == sorted(FORMS[layout].splits)
    for split in found["splits"]:
        assert (split["scenes"], split["read"], split["errors"], split["instances"]) == (2, 2, [], 6)
        assert sum(entry["pixels"] for entry in split["classes"]) == 2 * 48 * 32
        assert sum(entry["pixels"] > 0 for entry in split["classes"]) == 3
    html = page.read_text(encoding="utf-8")
    assert "nothing is wrong" in html
    assert html.count('src="data:image/jpeg;base64,') == 4
    assert not re.search(r"https?:|//|@import|url\(|<script|<link", re.sub(r'"data:image[^"]*"', "", html))
    assert set(re.findall(r'(?:src|href)="([^"]{10})', html)) == {"data:image"}


def test_a_part_set_can_be_had_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(build("full-parts", tmp_path)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert {split["split"]: split["objects"] for split in found["splits"]} == {
        "26/train": 2,
        "26/val": 2,
        "support_shape/1": 1,
    }


def test_at_least_thirty_kinds_are_tried() -> None:
    assert len(HEALTHY) >= 30
