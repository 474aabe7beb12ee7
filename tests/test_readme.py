"""The README's commands and its program do what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble.cli import main
from scumble.presets import PRESETS
from scumble.presets.labeler import LABELER
from tests.editing_fixture import scene

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands(name: str) -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith(name)]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photograph, its map, and the checkpoints of the repository."""
    drawn = scene(300, 260)
    Image.fromarray(drawn.image).save(tmp_path / "photo.jpg")
    Image.fromarray(drawn.labels.astype(np.uint8)).save(tmp_path / "labels.png")
    (tmp_path / "weights").symlink_to(ROOT / "weights")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_edit_command_works_as_written(workplace: Path) -> None:
    (command,) = [words for words in commands("scumble") if words[1] == "edit"]
    assert main(command[1:]) == 0
    assert np.asarray(Image.open(workplace / "out" / "sample_000.png")).shape == (260, 300, 3)


def test_every_edit_option_of_the_table_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["edit", "--help"])
    known = capsys.readouterr().out
    for option in set(re.findall(r"--[a-z-]+", README)):
        if option in {
            "--run-dir",
            "--data",
            "--help",
            "--scenes",
            "--perceptual",
            "--losses",
            "--remove-part",
        }:
            continue
        assert option in known, option


def test_program_works_as_written(workplace: Path) -> None:
    for program in blocks("python"):
        exec(compile(program, "README.md", "exec"), {})
    assert np.asarray(Image.open(workplace / "edited.png")).shape == (260, 300, 3)


def test_presets_and_files_that_it_names_exist() -> None:
    for preset in re.findall(r"`((?:divsem|spmpgan)-[a-z0-9-]+)`", README):
        assert preset in PRESETS
    for words in commands("scumble train"):
        assert words[2] in PRESETS
    for preset in re.findall(r"`(labeler-[a-z0-9-]+)`", README):
        assert preset in LABELER
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path


def test_make_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words in commands("make"):
        assert f"\n{words[1]}:" in makefile


def test_streets_page_works_as_written(workplace: Path) -> None:
    page = (ROOT / "docs" / "streets.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^scumble (.*)$", page, re.MULTILINE)
    words = shlex.split(command)
    words[words.index("--scenes") + 1] = "2"
    assert main(words) == 0
    assert (workplace / "streets" / "train" / "parts" / "000001.png").is_file()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "streets.md", "exec"), names)
    assert names["scene"].size == (512, 256)
    for module in re.findall(r"`([a-z]+\.py)`", page):
        assert (ROOT / "src" / "scumble" / "streets" / module).is_file(), module
    for name, parts in names["PARTS"].items():
        for number, part in enumerate(parts, start=1):
            assert name in page
            assert f"{part} {number}" in page or name == "bicyclist"
