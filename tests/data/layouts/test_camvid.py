"""The CamVid reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.layouts import open_scenes
from scumble.errors import DataError, InputError, LabelError
from scumble.instances import derive_instances
from scumble.research_data import data_folder
from tests.miniature import CAR, write_camvid

needs_data = pytest.mark.skipif(
    not (data_folder() / "camvid" / "train.txt").is_file(), reason="SCUMBLE_DATA has no camvid/"
)


def test_scenes_are_read_in_the_order_of_the_list(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid", train=3)
    (root / "train.txt").write_text(
        "train/2.png trainannot/2.png\n\n  \ntrain/0.png\ttrainannot/0.png  \n", encoding="utf-8"
    )
    scenes = open_scenes(root, "train", "camvid")
    assert [scenes.name(i) for i in range(len(scenes))] == ["2", "0"]
    labels = np.asarray(Image.open(root / "trainannot" / "2.png"))
    assert np.array_equal(scenes[0].labels, labels)
    assert np.array_equal(scenes[0].image, np.asarray(Image.open(root / "train" / "2.png")))
    assert scenes[0].label_space.name == "camvid"


def test_instances_are_read_where_there_are_maps_and_derived_elsewhere(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid", train=1)
    derived = open_scenes(root, "train", "camvid")[0]
    assert np.array_equal(derived.instances, derive_instances(derived.labels, derived.label_space))
    assert CAR * 1000 in derived.instances
    (root / "traininst").mkdir()
    given = derived.instances.astype(np.uint16)
    given[derived.labels == CAR] = 8123
    Image.fromarray(given).save(root / "traininst" / "0.png")
    assert np.array_equal(open_scenes(root, "train", "camvid")[0].instances, given)


def test_an_instance_map_for_some_pictures_only_is_a_defect(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid", train=2)
    (root / "traininst").mkdir()
    Image.new("I;16", (160, 128)).save(root / "traininst" / "0.png")
    with pytest.raises(DataError, match=r"1\.png has no instance map .*1\.png; add it"):
        open_scenes(root, "train", "camvid")


def test_instance_maps_of_other_numberings_are_renumbered(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid", train=1)
    derived = open_scenes(root, "train", "camvid")[0]
    (root / "traininst").mkdir()
    given = np.where(derived.labels == CAR, 5, 0).astype(np.uint16)
    Image.fromarray(given).save(root / "traininst" / "0.png")
    assert np.array_equal(open_scenes(root, "train", "camvid")[0].instances, derived.instances)


def test_a_split_without_a_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no split 'tests'; name one of train, val"):
        open_scenes(write_camvid(tmp_path / "camvid"), "tests", "camvid")


def test_the_validation_split_stands_in_for_a_missing_test_split(tmp_path: Path) -> None:
    assert open_scenes(write_camvid(tmp_path / "camvid"), "test", "camvid").listing.split == "val"


@pytest.mark.parametrize(
    "line",
    [
        b"train/0.png",
        b"train/0.png trainannot/0.png trainannot/0.png",
        b"train/absent.png trainannot/0.png",
        b"train/0.png trainannot/absent.png",
        b"train trainannot",
        b"train/\xff\xfe.png trainannot/0.png",
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: bytes) -> None:
    root = write_camvid(tmp_path / "camvid")
    (root / "train.txt").write_bytes(b"train/0.png trainannot/0.png\n" + line + b"\n")
    with pytest.raises(DataError, match=r"train\.txt, line 2: 'train"):
        open_scenes(root, "train", "camvid")


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid")
    (root / "train.txt").write_text("\n")
    with pytest.raises(DataError, match=r"train\.txt is empty"):
        open_scenes(root, "train", "camvid")


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid", train=2)
    labels = np.array(Image.open(root / "trainannot" / "0.png"))
    labels[4, 7] = 12
    Image.fromarray(labels).save(root / "trainannot" / "0.png")
    Image.fromarray(labels[:-1] % 12).save(root / "trainannot" / "1.png")
    scenes = open_scenes(root, "train", "camvid")
    with pytest.raises(LabelError, match=r"trainannot/0\.png.*12 \(first at x=7, y=4"):
        scenes[0]
    with pytest.raises(InputError, match=r"trainannot/1\.png.*160 x 127"):
        scenes[1]


@needs_data
@pytest.mark.parametrize(("split", "count"), [("train", 367), ("val", 101), ("test", 213)])
def test_the_splits_have_their_published_counts(split: str, count: int) -> None:
    assert len(open_scenes(data_folder() / "camvid", split, "camvid")) == count


@needs_data
def test_a_real_scene_has_the_given_instances() -> None:
    scenes = open_scenes(data_folder() / "camvid", "train", "camvid")
    scene = scenes[0]
    assert scenes.name(0) == "0001TP_006690"
    assert scene.size == (480, 360)
    for row in scene.instance_table():
        assert row.class_id == (row.id // 1000 if row.id >= 1000 else row.id)
    assert np.array_equal(scene.instances, derive_instances(scene.labels, scene.label_space))
