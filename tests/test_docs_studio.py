"""The pictures and options that docs/studio.md names are those that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scumble.cli import main

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "studio.md").read_text(encoding="utf-8")


def test_the_tour_shows_exactly_the_pictures_that_exist() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((pictures/tour_[^)]+)\)", PAGE)
    assert sorted(shown) == [f"pictures/{path.name}" for path in sorted(DOCS.glob("pictures/tour_*"))]
    assert len(shown) == 6
    sizes = [(DOCS / name).stat().st_size for name in shown]
    assert max(sizes) < 150_000
    assert sum(sizes) < 700_000


def test_options_of_the_studio_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["studio", "--help"])
    known = capsys.readouterr().out
    for option in set(re.findall(r"`(--[a-z]+)", PAGE)):
        assert option in known, option
