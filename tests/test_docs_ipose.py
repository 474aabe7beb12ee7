"""The commands of docs/ipose.md work as written, with a tiny network."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from scumble.cli import main

PAGE = (Path(__file__).parents[1] / "docs" / "ipose.md").read_text(encoding="utf-8")


def test_commands_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in re.findall(r"^scumble (.*)$", PAGE, re.MULTILINE):
        words = shlex.split(line, comments=True)
        if words[:2] == ["data", "parts"]:
            words[words.index("--scenes") + 1] = "20"
            words += ["--size", "160", "120", "--workers", "1"]
        if "--remove-part" in words:
            continue  # whether a network of a few steps finds a wheel is left to chance
        assert main([word.replace("-compact", "-tiny") for word in words]) == 0
    assert (tmp_path / "runs" / "partnet" / "checkpoint" / "config.json").is_file()
    for file in ("painted/sample_002.png", "parts/overlay.png"):
        assert (tmp_path / file).is_file()
