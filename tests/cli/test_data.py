"""``scumble data``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.cli import main
from scumble.data.layouts import open_scenes
from scumble.streets import Streets


def test_a_rendered_set_can_be_read_again(tmp_path: Path) -> None:
    out = tmp_path / "streets"
    words = ["data", "render", "--scenes", "3", "--split", "test", "--size", "96", "64", "--out", str(out)]
    assert main([*words, "--workers", "2"]) == 0
    read = open_scenes(out, "test")
    rendered = Streets("test", 3, 96, 64)
    assert len(read) == 3
    for index in range(3):
        scene, expected = read[index], rendered[index]
        assert np.array_equal(scene.image, expected.image)
        assert np.array_equal(scene.labels, expected.labels)
        assert np.array_equal(scene.instances, expected.instances)
        parts = np.asarray(Image.open(out / "test" / "parts" / f"{index:06d}.png"))
        assert expected.parts is not None
        assert np.array_equal(parts, expected.parts)


@pytest.mark.parametrize(
    "words",
    [
        ["rende"],
        ["render", "--scenes", "0"],
        ["render", "--size", "0", "64"],
        ["render", "--size", "64", "100000"],
        ["render", "--workers", "0"],
    ],
)
def test_impossible_wishes_are_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", *words, "--out", str(tmp_path / "out")]) == 2
    assert "scumble:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["data", "render", "--scenes", "1", "--out", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
