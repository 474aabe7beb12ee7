"""Sets that scumble renders come back as they were, whatever the layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.layouts import find_layout, open_scenes
from scumble.data.writers import WRITERS
from scumble.data.writers.ade20k import CLASS_NAMES
from scumble.data.writers.cityscapes import LABEL_IDS
from scumble.scene import Scene
from scumble.streets import Streets


@pytest.fixture(scope="module")
def rendered() -> list[Scene]:
    streets = Streets("train", 3, 128, 96)
    return [streets[i] for i in range(3)]


def written(folder: Path, layout: str, scenes: list[Scene]) -> Path:
    for index, scene in enumerate(scenes):
        WRITERS[layout](folder / layout, "train", index, scene)
        WRITERS[layout](folder / layout, "test", index, scene)
    return folder / layout


def objects(scene: Scene, name: str) -> set[tuple[int, tuple[int, int, int, int]]]:
    """Area and box of every instance of a class, specks without a number of their own aside."""
    class_id = scene.label_space.index(name)
    return {(row.area, row.box) for row in scene.instance_table() if row.id // 1000 == class_id}


@pytest.mark.parametrize("layout", WRITERS)
def test_the_folder_tells_its_layout(tmp_path: Path, layout: str, rendered: list[Scene]) -> None:
    root = written(tmp_path, layout, rendered[:1])
    assert find_layout(root).name == layout


def test_the_editing_layout_keeps_everything(tmp_path: Path, rendered: list[Scene]) -> None:
    read = open_scenes(written(tmp_path, "editing", rendered), "train")
    assert len(read) == len(rendered)
    for i, scene in enumerate(rendered):
        assert read[i].label_space == scene.label_space
        for name in ("image", "labels", "instances", "parts"):
            assert np.array_equal(getattr(read[i], name), getattr(scene, name))


def test_cityscapes_keeps_pictures_classes_cars_and_their_parts(
    tmp_path: Path, rendered: list[Scene]
) -> None:
    read = open_scenes(written(tmp_path, "cityscapes", rendered), "train")
    for i, scene in enumerate(rendered):
        assert np.array_equal(read[i].image, scene.image)
        ids = np.array([LABEL_IDS[name] for name in scene.label_space.names])
        assert np.array_equal(read[i].labels, ids[scene.labels])
        assert objects(read[i], "car") == objects(scene, "car")
        car = scene.labels == scene.label_space.index("car")
        found, expected = read[i].parts, scene.parts
        assert found is not None
        assert expected is not None
        assert np.array_equal(found[car], expected[car])


def test_train_ids_are_the_classes_that_are_scored(tmp_path: Path, rendered: list[Scene]) -> None:
    root = written(tmp_path, "cityscapes", rendered)
    for path in root.glob("gtFine/*/*/*_labelIds.png"):
        path.rename(path.with_name(path.name.replace("labelIds", "labelTrainIds")))
    with pytest.raises(Exception, match="labelTrainIds"):
        open_scenes(root, "train")[0]  # these ids are not train ids, and it is noticed


def test_ade20k_keeps_classes_and_instances(tmp_path: Path, rendered: list[Scene]) -> None:
    read = open_scenes(written(tmp_path, "ade20k", rendered), "train")
    assert read.listing.split == "training"
    assert open_scenes(tmp_path / "ade20k", "val").listing.split == "validation"
    for i, scene in enumerate(rendered):
        space = read[i].label_space
        ids = np.array([space.index(CLASS_NAMES[name]) for name in scene.label_space.names])
        assert np.array_equal(read[i].labels, ids[scene.labels])
        assert objects(scene, "car") <= objects(read[i], "car")
        assert np.abs(read[i].image.astype(int) - scene.image).mean() < 5  # a JPEG


def test_panoptic_uids_alone_make_the_same_scenes(tmp_path: Path, rendered: list[Scene]) -> None:
    root = written(tmp_path, "cityscapes", rendered)
    with_all = open_scenes(root, "train")
    expected = [with_all[i] for i in range(len(with_all))]
    shutil.rmtree(root / "gtFine")
    read = open_scenes(root, "train")
    assert read.listing.layout == "panoptic-parts"
    for i, scene in enumerate(expected):
        assert np.array_equal(read[i].labels, scene.labels)
        assert np.array_equal(read[i].instances, scene.instances)
        found, wanted = read[i].parts, scene.parts
        assert found is not None
        assert wanted is not None
        assert np.array_equal(found, wanted)


def test_pascal_uids_are_paired_with_the_photographs_of_voc(tmp_path: Path) -> None:
    for folder in ("JPEGImages", "training"):
        (tmp_path / folder).mkdir()
    uids = np.full((20, 30), 60, np.int32)
    uids[5:15, 5:20] = 7_001_20  # a wheel, the first of ten, of car 1
    Image.fromarray(uids).save(tmp_path / "training" / "2008_000003.tif")
    for stem in ("2008_000003", "2008_000004"):
        Image.new("RGB", (30, 20)).save(tmp_path / "JPEGImages" / f"{stem}.jpg")
    read = open_scenes(tmp_path, "train")
    assert (len(read), read.label_space.name) == (1, "pascal-parts")
    parts = read[0].parts
    assert parts is not None
    assert np.unique(parts).tolist() == [0, 11]
    assert 7001 in read[0].instances
