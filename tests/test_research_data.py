"""Where data for research is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.research_data import data_folder


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", "/somewhere/else")
    assert data_folder() == Path("/somewhere/else")
    monkeypatch.delenv("SCUMBLE_DATA")
    assert data_folder() == Path("../shared/data")
