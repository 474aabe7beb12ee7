"""``scumble edit --recipe`` with what the studio draws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.cli import main
from scumble.edit import Brush, Edit, Erase, Fill, Move, Polygon, Rectangle
from tests.editing_fixture import Files, scene, write_files

DRAWN = Edit(
    (
        Brush(((20, 20), (60, 30)), 6, "tree"),
        Polygon(((100, 90), (140, 90), (120, 120)), "car"),
        Rectangle(70, 10, 90, 20),
        Fill(0, 0, "sky"),
        Move("car#0", dx=-10, percent=80),
        Erase(((40, 25), (60, 30)), 10),
    )
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("drawing"))


def test_a_drawn_recipe_paints_its_mask_and_nothing_else(files: Files, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(DRAWN.to_dict()))
    out = tmp_path / "out"
    paths = [f"--labels={files.labels}", f"--instances={files.instances}", f"--checkpoint={files.checkpoint}"]
    assert main(["edit", str(files.image), *paths, f"--recipe={recipe}", f"--out={out}"]) == 0
    mask = DRAWN.apply(scene()).mask
    photograph, result = (np.asarray(Image.open(p)) for p in (files.image, out / "sample_000.png"))
    assert (photograph[~mask] == result[~mask]).all()
    assert (photograph[mask] != result[mask]).any()
    assert json.loads((out / "result.json").read_text())["edit"] == DRAWN.to_dict()
