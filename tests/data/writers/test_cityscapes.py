"""Scenes as Cityscapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from scumble.data.writers.cityscapes import LABEL_IDS, scene_name, write_scene
from scumble.label_space import LabelSpace
from tests.data.writers.small_scene import CAMVID, small_scene

STEM = "streets_000000_000004"


def test_files_and_values_are_those_of_cityscapes_with_panoptic_parts(tmp_path: Path) -> None:
    scene = small_scene()
    write_scene(tmp_path, "test", 4, scene)
    files = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    annotation = f"gtFine/val/streets/{STEM}_gtFine"
    photograph = f"leftImg8bit/val/streets/{STEM}_leftImg8bit.png"
    uids = f"gtFinePanopticParts/val/streets/{STEM}_gtFinePanopticParts.tif"
    assert set(files) == {photograph, f"{annotation}_labelIds.png", f"{annotation}_instanceIds.png", uids}
    read = {name: np.asarray(Image.open(path)) for name, path in files.items()}
    assert np.array_equal(read[photograph], scene.image)
    labels = read[f"{annotation}_labelIds.png"]
    assert labels.dtype == np.uint8
    assert labels.tolist() == [
        [23, 23, 23, 23],
        [17, 17, 17, 23],
        [26, 26, 26, 26],
        [26, 26, 7, 7],
        [24, 24, 25, 25],
        [0, 0, 20, 20],
    ]
    instances = read[f"{annotation}_instanceIds.png"]
    assert instances.dtype == np.uint16
    assert instances.tolist() == [
        [23, 23, 23, 23],
        [17, 17, 17, 23],
        [26000, 26000, 26012, 26012],
        [26, 26, 7, 7],
        [24003, 24003, 25000, 25000],
        [0, 0, 20, 20],
    ]
    assert read[uids].dtype == np.int32
    assert read[uids].tolist() == [
        [23, 23, 23, 23],
        [17, 17, 17, 23],
        [2600001, 2600002, 2601204, 2601205],
        [26, 26, 7, 7],
        [2400302, 2400300, 2500004, 2500000],
        [0, 0, 20, 20],
    ]


def test_a_scene_without_parts_has_no_part_file(tmp_path: Path) -> None:
    write_scene(tmp_path, "train", 4, small_scene(parts=False))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gtFine", "leftImg8bit"]


def test_every_class_has_a_label_id_of_its_own_kind() -> None:
    cityscapes = LabelSpace.load("cityscapes")
    assert set(LABEL_IDS) == set(CAMVID.names)
    named = {name: cityscapes.names[number] for name, number in LABEL_IDS.items()}
    assert named["car"] == "car" and named["tree"] == "vegetation" and named["bicyclist"] == "rider"
    things = {name for name, number in LABEL_IDS.items() if cityscapes.classes[number].thing}
    assert things == {"car", "pedestrian", "bicyclist"}


def test_names_have_six_digits_whatever_the_number() -> None:
    assert scene_name(12) == "streets_000000_000012"
    assert scene_name(3_000_045) == "streets_000003_000045"
