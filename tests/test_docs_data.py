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


def commands(first: str) -> list[list[str]]:
    """The commands of the page that begin so, in order, with fewer scenes and one process."""
    found = []
    for line in re.findall(rf"^scumble ({first} .*)$", PAGE, re.MULTILINE):
        words = shlex.split(line, comments=True)
        if "--scenes" in words:
            words[words.index("--scenes") + 1] = "4"
            words += ["--workers", "1"]
            words += ["--size", "128", "96"]
        found.append(words)
    return found


def test_commands_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = [main(words) for words in commands("data")]
    assert done == [0] * 6
    assert "<svg" not in (tmp_path / "streets.html").read_text(encoding="utf-8")
    assert main(["data", "check", "parts"]) == 0
    assert main(["data", "check", "shards"]) == 0
    assert main(["data", "check", "cityscapes", "--json"]) == 0


def test_layouts_of_the_table_are_those_that_exist() -> None:
    named = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))
    assert named == {*LAYOUTS, "full-parts"}


def test_description_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (table,) = re.findall(r"```\n(id,name.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_set").mkdir()
    (tmp_path / "my_set" / "scumble.toml").write_text(text, encoding="utf-8")
    (tmp_path / "my_set" / "classes.csv").write_text(table, encoding="utf-8")
    labels = np.array([[0, 1, 2, 255]], np.uint8).repeat(80, 0).repeat(20, 1)
    for folder, values in (("photos", labels), ("maps", labels), ("objects", labels * 0)):
        (tmp_path / "my_set" / folder / "train").mkdir(parents=True)
        ending = "jpg" if folder == "photos" else "png"
        Image.fromarray(values).save(tmp_path / "my_set" / folder / "train" / f"a.{ending}")
    scenes = open_scenes(tmp_path / "my_set")
    assert scenes.label_space.name == "facades"
    assert np.unique(scenes[0].labels).tolist() == [0, 1, 2, 3]
    (command,) = commands("train")
    assert main(command) == 0
    card = (tmp_path / "runs" / "mine" / "checkpoint" / "README.md").read_text(encoding="utf-8")
    assert "Data: the set ./my_set" in card
    assert "Licence of the weights: not stated" in card
    words = ["my_set/photos/train/a.jpg", "--labels", "my_set/maps/train/a.png", "--remove", "car"]
    assert main(["edit", *words, "--checkpoint", "runs/mine/checkpoint", "--out", "out"]) == 0
