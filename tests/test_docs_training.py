"""What docs/training.md names exists."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

from scumble.presets.variants import find_preset
from scumble.training.config import TrainingConfig

PAGE = (Path(__file__).parents[1] / "docs" / "training.md").read_text(encoding="utf-8")


def test_presets_of_all_commands_exist() -> None:
    names = re.findall(r"scumble train ([a-z][a-z0-9+-]+)", PAGE)
    assert len(names) > 5
    for name in [*names, *re.findall(r"`([a-z0-9-]+\+[a-z-]+)`", PAGE)]:
        find_preset(name)


def test_training_options_exist() -> None:
    known = {field.name.replace("_", "-") for field in fields(TrainingConfig)}
    options = set(re.findall(r"training\.([a-z-]+)", PAGE)) - {"md"}
    assert options
    assert options <= known


def test_links_and_checkpoints_lead_somewhere() -> None:
    root = Path(__file__).parents[1]
    for link in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (root / "docs" / link).exists()
    for name in re.findall(r"^\| `([a-z/-]+)` \| `scumble train", PAGE, re.MULTILINE):
        assert (root / name).is_dir() or (root / "src" / "scumble" / "weights" / name).is_dir(), name
    for line in re.findall(r"^scumble train .*$", PAGE, re.MULTILINE):
        assert shlex.split(line, comments=True)
