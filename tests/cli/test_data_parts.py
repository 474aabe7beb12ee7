"""``scumble data parts``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.cli.data_parts import run
from scumble.data.parts.part_set import PartSet, categories
from scumble.errors import ConfigError, DataError, ScumbleError

RECIPE = """
category = 50
objects = "picture"
parts = [{ name = "wall", classes = ["wall"] }, { name = "door", classes = ["door"] }]
"""


def write_house(root: Path) -> Path:
    """An annotated set with one house; returns the recipe."""
    folder = root / "annotations" / "training"
    folder.mkdir(parents=True)
    labels = np.zeros((40, 60), dtype=np.uint8)
    labels[10:40, 10:50] = 1
    labels[30:40, 20:25] = 2
    Image.fromarray(labels).save(folder / "house.png")
    (root / "classes.txt").write_text("0 sky\n1 wall\n2 door\n")
    recipe = root / "house.toml"
    recipe.write_text(RECIPE)
    return recipe


def test_streets_become_a_part_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    run(["--from", "streets", "--scenes", "4", "--size", "256", "192", "--workers", "1", "--out", str(out)])
    assert categories(out) == [24, 25, 26]
    train = len(PartSet(out, 26, "train"))
    assert f"{out / '26'}: car, {train} train, " in capsys.readouterr().out


def test_a_recipe_makes_a_part_set_of_an_annotated_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = write_house(tmp_path / "set")
    words = ["--from", str(recipe), "--root", str(tmp_path / "set"), "--out", str(tmp_path / "out")]
    run([*words, "--longest", "20", "--workers", "1"])
    (shape,) = PartSet(tmp_path / "out", 50, "train")
    assert shape.name == "house_50000"
    assert shape.parts.shape == (15, 20)
    assert capsys.readouterr().out == f"{tmp_path / 'out' / '50'}: objects, 1 train, 0 val, supports 1\n"
    run([*words[:-1], str(tmp_path / "square"), "--square", "--workers", "1"])
    assert PartSet(tmp_path / "square", 50, "train")[0].parts.shape == (44, 44)


def test_panoptic_parts_become_a_part_set(tmp_path: Path) -> None:
    folder = tmp_path / "root" / "training"
    folder.mkdir(parents=True)
    uids = np.full((30, 30), 700_120, dtype=np.int32)
    uids[:15] = 700_140
    Image.fromarray(uids).save(folder / "2008_000001.tif")
    words = ["--from", "panoptic-parts", "--root", str(tmp_path / "root"), "--workers", "1"]
    run([*words, "--out", str(tmp_path / "out")])
    (shape,) = PartSet(tmp_path / "out", 7, "train")
    assert shape.name == "2008_000001_7001"
    assert np.unique(shape.parts).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["--scenes", "0"], ConfigError, "--scenes 0"),
        (["--size", "0", "64"], ConfigError, "--size"),
        (["--workers", "0"], ConfigError, "--workers 0"),
        (["--longest", "0"], ConfigError, "Objects of 16 to 0 pixels"),
        (["--from", "street"], ConfigError, "street is no file and no recipe"),
        (["--from", "car_parts"], ConfigError, "give its folder with --root"),
        (["--from", "panoptic-parts"], ConfigError, "give its folder with --root"),
        (["--root", "."], ConfigError, "streets are rendered, not read"),
        (["--from", "panoptic-parts", "--root", "absent"], DataError, "absent holds neither"),
        (["--from", "car_parts", "--root", "absent"], DataError, r"absent/classes\.txt cannot be read"),
    ],
)
def test_impossible_wishes_are_refused(
    words: list[str], error: type[ScumbleError], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        run([*words, "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
