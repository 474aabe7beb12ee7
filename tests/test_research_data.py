"""Where data for research is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.research_data import data_folder, find_data


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", "/somewhere/else")
    assert data_folder() == Path("/somewhere/else")
    monkeypatch.delenv("SCUMBLE_DATA")
    assert data_folder() == Path("../shared/data")


def test_a_folder_here_comes_before_one_of_the_research_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCUMBLE_DATA", "research")
    assert find_data("mine") == Path("research/mine")
    (tmp_path / "mine").mkdir()
    assert find_data("mine") == Path("mine")
    assert find_data("./other") == Path("./other")
