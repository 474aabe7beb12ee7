"""``scumble data masks``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scumble.cli import main
from scumble.data.mask_sets import TASKS, MaskSet
from scumble.streets import Streets

SMALL = ["--scenes", "3", "--size", "64", "48"]


def masks(*words: str, out: Path) -> int:
    return main(["data", "masks", *words, "--out", str(out)])


def test_masks_of_streets_fit_the_rendered_scenes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert masks("streets", *SMALL, out=tmp_path / "masks") == 0
    assert "3 pictures of streets test 64x48" in capsys.readouterr().out
    names = [f"{index:06d}" for index in range(3)]
    for task in TASKS:
        stored = MaskSet(tmp_path / "masks" / task)
        assert [path.stem for path in stored.pair(names)] == names
    of_class = MaskSet(tmp_path / "masks" / "class")
    for scene, file in zip(iter(Streets("test", 3, 64, 48)), of_class.pair(names), strict=True):
        mask = of_class.read(file, (64, 48))
        (class_id,) = np.unique(scene.labels[mask])
        assert np.array_equal(mask, scene.labels == class_id)


def test_a_set_on_disk_gets_the_same_masks_as_the_scenes_it_holds(tmp_path: Path) -> None:
    render = ["data", "render", *SMALL, "--split", "test", "--workers", "1", "--out", str(tmp_path / "set")]
    assert main(render) == 0
    assert masks(str(tmp_path / "set"), "--task", "class", out=tmp_path / "from_disk") == 0
    assert masks("streets", *SMALL, "--task", "class", out=tmp_path / "rendered") == 0
    first, second = (tmp_path / name / "class" for name in ("from_disk", "rendered"))
    assert len(list(first.iterdir())) == 3
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()


def test_the_seed_changes_the_masks_and_the_order_of_sets_does_not(tmp_path: Path) -> None:
    for out, words in {"a": [], "b": [], "c": ["--seed", "1"], "d": ["--scenes", "2"]}.items():
        assert masks("streets", *SMALL, "--task", "free-form", *words, out=tmp_path / out) == 0
    read = {out: (tmp_path / out / "free-form" / "000001.png").read_bytes() for out in "abcd"}
    assert read["a"] == read["b"] == read["d"] != read["c"]


@pytest.mark.parametrize(
    "words",
    [
        ["streets", "--seed", "-1"],
        ["streets", "--size", "0", "9"],
        ["streets", "--split", "val"],
        ["nowhere"],
    ],
)
def test_impossible_wishes_are_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert masks(*words, out=tmp_path / "out") == 2
    assert "scumble:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert masks("streets", *SMALL, out=tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
