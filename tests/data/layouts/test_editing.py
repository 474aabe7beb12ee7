"""The folders of SPMPGAN and DivSem."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.layouts import open_scenes
from scumble.errors import DataError, InputError
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.research_data import data_folder

CITYSCAPES = LabelSpace.load("cityscapes")
REAL = data_folder() / "cityscapes_editing"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pictures with instance maps."""
    folder = tmp_path / "set" / "train"
    for name in ("images", "labels", "inst_map"):
        (folder / name).mkdir(parents=True)
    labels = np.full((48, 64), 7, np.uint8)
    labels[10:30, 10:40] = 26
    Image.new("RGB", (64, 48), (9, 8, 7)).save(folder / "images" / "b.jpg")
    Image.new("RGB", (64, 48), (1, 2, 3)).save(folder / "images" / "c.PNG")
    for name in "bc":
        Image.fromarray(labels).save(folder / "labels" / f"{name}.png")
    instances = labels.astype(np.uint16)
    instances[10:30, 10:20], instances[10:30, 20:40] = 26000, 26001
    for name in "bc":
        Image.fromarray(instances).save(folder / "inst_map" / f"{name}.png")
    (folder / "images" / "notes.txt").write_text("no picture")
    return tmp_path / "set"


def test_pictures_and_maps_are_paired_by_stem(root: Path) -> None:
    scenes = open_scenes(root, "train", "editing", CITYSCAPES)
    assert [scenes.name(i) for i in range(len(scenes))] == ["b", "c"]
    assert scenes.label_space is CITYSCAPES
    assert scenes[1].image[0, 0].tolist() == [1, 2, 3]
    assert np.unique(scenes[0].instances).tolist() == [7, 26000, 26001]


def test_without_instance_maps_the_components_of_things_are_instances(root: Path) -> None:
    shutil.rmtree(root / "train" / "inst_map")
    scene = open_scenes(root, "train", "editing", CITYSCAPES)[1]
    assert np.unique(scene.instances).tolist() == [7, 26000]
    assert np.array_equal(scene.instances, derive_instances(scene.labels, CITYSCAPES))


def test_a_missing_label_map_is_named(root: Path) -> None:
    (root / "train" / "labels" / "c.png").unlink()
    with pytest.raises(DataError, match=r"images/c\.PNG has no label map .*labels"):
        open_scenes(root, "train", "editing", CITYSCAPES)


def test_an_instance_map_for_some_pictures_only_is_a_defect(root: Path) -> None:
    (root / "train" / "inst_map" / "c.png").unlink()
    with pytest.raises(DataError, match=r"images/c\.PNG has no instance map .*inst_map"):
        open_scenes(root, "train", "editing", CITYSCAPES)


def test_a_split_without_pictures_is_named(root: Path) -> None:
    for name in ("images", "labels"):
        (root / "test" / name).mkdir(parents=True)
    with pytest.raises(DataError, match=r"test/images holds no photograph"):
        open_scenes(root, "test", "editing", CITYSCAPES)


def test_a_split_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(DataError, match=r"no split 'test'; name one of train"):
        open_scenes(root, "test", "editing", CITYSCAPES)


def test_instance_ids_tell_which_set_it_is(root: Path) -> None:
    assert open_scenes(root, "train").label_space.name == "cityscapes"


def test_without_instance_maps_the_label_space_has_to_be_named(root: Path) -> None:
    shutil.rmtree(root / "train" / "inst_map")
    with pytest.raises(DataError, match=r"does not say what its label ids mean.*--label-space"):
        open_scenes(root, "train")


def test_an_instance_map_of_another_size_is_named(root: Path) -> None:
    Image.new("I;16", (10, 10)).save(root / "train" / "inst_map" / "c.png")
    with pytest.raises(InputError, match=r"inst_map/c\.png.*10 x 10"):
        open_scenes(root, "train", "editing", CITYSCAPES)[1]


@pytest.mark.skipif(not REAL.is_dir(), reason="SCUMBLE_DATA has no cityscapes_editing/")
@pytest.mark.parametrize(("split", "size"), [("train", (512, 256)), ("test", (256, 256))])
def test_the_published_samples_are_read(split: str, size: tuple[int, int]) -> None:
    scenes = open_scenes(REAL, split, "editing", CITYSCAPES)
    assert len(scenes) == 3
    for i in range(len(scenes)):
        assert scenes[i].size == size
        # The set's own maps disagree in specks of up to 15 pixels.
        objects = [row for row in scenes[i].instance_table() if row.id >= 1000 and row.area >= 20]
        assert objects
        assert all(row.class_id == row.id // 1000 for row in objects)
