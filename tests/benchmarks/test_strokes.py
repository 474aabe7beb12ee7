"""The benchmark of strokes in the studio's page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
strokes = pytest.importorskip("benchmarks.strokes", reason="the studio's packages are not installed")


def test_a_stroke_is_measured_from_pen_up_to_both_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("Chromium is not installed, so there is no page to draw on")
    out = tmp_path / "strokes.json"
    strokes.main(["--strokes", "1", "--size", "64", "--threads", "1", "--json", str(out)])
    written = json.loads(out.read_text())
    (row,) = written["strokes"]
    # The page waits 120 ms for further strokes, and 1500 ms more before it asks for the full picture.
    assert 120 < row["preview"] < row["full"] - 1500
    assert written["preview"]["median_ms"] == round(row["preview"])
    assert f"full: median {round(row['full'])} ms" in capsys.readouterr().out
