"""Scenes in the editing layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scumble.data.writers.editing import write_scene
from scumble.errors import InputError
from scumble.scene import Scene
from tests.data.writers.small_scene import CAMVID, picture, small_scene


def test_every_map_is_a_png_of_the_ids_of_the_scene(tmp_path: Path) -> None:
    scene = small_scene()
    write_scene(tmp_path, "test", 12, scene)
    assert scene.parts is not None
    expected: dict[str, NDArray[Any]] = {
        "images": scene.image,
        "labels": scene.labels.astype(np.uint8),
        "inst_map": scene.instances.astype(np.uint16),
        "parts": scene.parts.astype(np.uint8),
    }
    assert {path.parent.name for path in tmp_path.glob("test/*/000012.png")} == set(expected)
    for folder, values in expected.items():
        read = np.asarray(Image.open(tmp_path / "test" / folder / "000012.png"))
        assert read.dtype == values.dtype
        assert np.array_equal(read, values)


def test_without_parts_there_is_no_part_file(tmp_path: Path) -> None:
    write_scene(tmp_path, "train", 0, small_scene(parts=False))
    assert sorted(path.name for path in (tmp_path / "train").iterdir()) == ["images", "inst_map", "labels"]


def test_ids_that_do_not_fit_are_refused_rather_than_cut(tmp_path: Path) -> None:
    labels = np.zeros((2, 2), np.int32)
    scene = Scene(picture(labels), labels, labels + 65536, CAMVID)
    with pytest.raises(InputError, match="65536 in inst_map"):
        write_scene(tmp_path, "train", 0, scene)
