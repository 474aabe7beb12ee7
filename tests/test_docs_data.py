"""The commands and the description of docs/data.md work as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.cli import main
from scumble.data.layouts import LAYOUTS, open_scenes

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The commands of the page in order, with fewer scenes and one process."""
    found = []
    for line in re.findall(r"^scumble (.*)$", PAGE, re.MULTILINE):
        words = shlex.split(line, comments=True)
        if "--scenes" in words:
            words[words.index("--scenes") + 1] = "4"
            words += ["--workers", "1"]
            words += ["--size", "128", "96"]
        found.append(words)
    return found


def test_commands_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = [main(words) for words in commands()]
    assert done == [0] * 5
    assert "<svg" not in (tmp_path / "streets.html").read_text(encoding="utf-8")
    assert main(["data", "check", "parts"]) == 0
    assert main(["data", "check", "cityscapes", "--json"]) == 0


def test_layouts_of_the_table_are_those_that_exist() -> None:
    named = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))
    assert named == {*LAYOUTS, "full-parts"}


def test_description_works_as_written(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "scumble.toml").write_text(text, encoding="utf-8")
    (tmp_path / "classes.csv").write_text("id,name,kind\n0,sky,stuff\n1,wall,stuff\n2,car,thing\n")
    labels = np.array([[0, 1, 2, 255]], np.uint8).repeat(4, 0)
    for folder, values in (("photos", labels), ("maps", labels), ("objects", labels * 0)):
        (tmp_path / folder / "train").mkdir(parents=True)
        ending = "jpg" if folder == "photos" else "png"
        Image.fromarray(values).save(tmp_path / folder / "train" / f"a.{ending}")
    scenes = open_scenes(tmp_path)
    assert scenes.label_space.name == "facades"
    assert np.unique(scenes[0].labels).tolist() == [0, 1, 2, 3]
