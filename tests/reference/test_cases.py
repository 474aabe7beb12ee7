"""Every reference case that comes with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference.case import find_cases
from tests.reference.runner import run_folder

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("folder", find_cases([CASES]), ids=lambda folder: str(folder.relative_to(CASES)))
def test_our_networks_compute_what_the_published_ones_do(folder: Path) -> None:
    verdict = run_folder(folder)
    assert verdict.word == "ok", verdict.line()
