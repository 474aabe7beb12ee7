"""Scenes as ADE20K."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from scumble.data.writers.ade20k import CLASS_NAMES, INSTANCE_CATEGORIES, scene_name, write_scene
from scumble.label_space import LabelSpace
from scumble.scene import Scene
from scumble.streets import render_street
from tests.data.writers.small_scene import CAMVID, picture, small_scene

ADE = LabelSpace.load("ade20k")


def test_files_and_values_are_those_of_the_challenge(tmp_path: Path) -> None:
    scene = small_scene()
    write_scene(tmp_path, "train", 41, scene)
    files = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    stem = "training/ADE_train_00000042"
    assert set(files) == {
        f"images/{stem}.jpg",
        f"annotations/{stem}.png",
        f"annotations_instance/{stem}.png",
    }
    labels = np.asarray(Image.open(files[f"annotations/{stem}.png"]))
    names = [[ADE.names[value] for value in row] for row in labels.tolist()]
    assert labels.dtype == np.uint8
    assert [row[0] for row in names] == ["sky", "pole", "car", "car", "person", "other"]
    assert [row[3] for row in names] == ["sky", "sky", "car", "road", "person", "signboard"]
    colored = np.asarray(Image.open(files[f"annotations_instance/{stem}.png"]))
    nothing = [0, 0, 0]
    assert colored.tolist() == [
        [nothing] * 4,
        [[61, 1, 0], [61, 1, 0], nothing, nothing],
        [[4, 3, 0], [4, 3, 0], [4, 4, 0], [4, 4, 0]],
        [nothing] * 4,
        [[5, 5, 0], [5, 5, 0], [5, 6, 0], [5, 6, 0]],
        [nothing, nothing, [25, 2, 0], [25, 2, 0]],
    ]


def test_photographs_are_jpeg_of_quality_95(tmp_path: Path) -> None:
    street = render_street(3, 96, 64)
    write_scene(tmp_path, "test", 0, street)
    with Image.open(tmp_path / "images" / "validation" / f"{scene_name('test', 0)}.jpg") as photograph:
        assert photograph.format == "JPEG"
        assert np.abs(np.asarray(photograph).astype(int) - street.image).mean() < 6
        steps = photograph.quantization[0]  # type: ignore[attr-defined]
    assert max(steps) == 12  # the coarsest step of the standard's table, 121, at quality 95


def test_of_more_than_255_instances_the_largest_keep_a_number(tmp_path: Path) -> None:
    sign = CAMVID.index("sign")
    instances = np.full((40, 30), 1000 * sign)
    instances[:, :10] += np.arange(1, 401).reshape(40, 10)  # of one pixel each
    instances[3, 5:8] = 1000 * sign + 500  # of three pixels
    labels = np.full_like(instances, sign)
    write_scene(tmp_path, "train", 0, Scene(picture(labels), labels, instances, CAMVID))
    colored = np.asarray(Image.open(next(tmp_path.glob("annotations_instance/training/*.png"))))
    numbers, areas = np.unique(colored[..., 1], return_counts=True)
    assert numbers.tolist() == list(range(256))
    assert np.sort(areas[1:])[-2:].tolist() == [3, 800]
    assert ((colored[..., 0] == 25) == (colored[..., 1] > 0)).all()


def test_the_instance_categories_are_those_of_the_things_that_occur() -> None:
    things = {CLASS_NAMES[name] for name in CAMVID.names if CAMVID.classes[CAMVID.index(name)].thing}
    assert set(INSTANCE_CATEGORIES) == things
    assert len(set(INSTANCE_CATEGORIES.values())) == len(things)
    assert set(CLASS_NAMES) == set(CAMVID.names)
