"""What all writers share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scumble.data.writers import WRITERS
from scumble.errors import ConfigError, InputError
from scumble.label_space import LabelSpace
from scumble.scene import Scene
from tests.data.writers.small_scene import picture, small_scene


@pytest.mark.parametrize("layout", ["cityscapes", "ade20k"])
def test_scenes_of_other_classes_are_refused(layout: str, tmp_path: Path) -> None:
    labels = np.zeros((4, 4), np.int32)
    scene = Scene(picture(labels), labels, labels, LabelSpace.load("ade20k"))
    with pytest.raises(ConfigError, match=f"layout {layout} has no number for the class 'other'"):
        WRITERS[layout](tmp_path, "train", 0, scene)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("layout", WRITERS)
def test_a_place_that_cannot_be_written_is_named(layout: str, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("not a folder")
    with pytest.raises(InputError, match=r"file.*cannot be written"):
        WRITERS[layout](place, "train", 0, small_scene())


@pytest.mark.parametrize("layout", WRITERS)
def test_scenes_do_not_get_into_each_others_way(layout: str, tmp_path: Path) -> None:
    for index in (0, 1):
        WRITERS[layout](tmp_path, "train", index, small_scene())
        WRITERS[layout](tmp_path, "test", index, small_scene())
    both = sum(path.is_file() for path in tmp_path.rglob("*"))
    WRITERS[layout](tmp_path / "one", "train", 0, small_scene())
    assert both == 4 * sum(path.is_file() for path in (tmp_path / "one").rglob("*"))
