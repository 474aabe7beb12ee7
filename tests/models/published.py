"""What the reference cases tell of the released checkpoints."""

from __future__ import annotations

import json
from pathlib import Path

_CASES = Path(__file__).parents[1] / "reference" / "cases"


def described_entries(case: str) -> list[tuple[str, list[int]]]:
    """Names and shapes of a published state dict in its order, for example of ``divsem/generator_small``."""
    description = json.loads((_CASES / case / "case.json").read_text(encoding="utf-8"))
    return list(description["state_dict"].items())
