"""Stored evaluation masks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.mask_sets import TASKS, MaskSet, Task, fixed_mask, make_mask_set, write_mask_sets
from scumble.errors import DataError, InputError, ScumbleError
from scumble.label_space import LabelSpace
from scumble.research_data import data_folder
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")
SKY, CAR, VOID = (CAMVID.index(name) for name in ("sky", "car", "void"))
NAMES = [f"picture_{i}" for i in range(6)]


def scene(height: int = 40, width: int = 60) -> Scene:
    labels = np.full((height, width), SKY)
    labels[-height // 4 :] = VOID
    labels[5:9, 7:12] = CAR
    instances = labels.copy()
    instances[5:9, 7:12] = 1000 * CAR + 2
    return Scene(np.zeros((height, width, 3), np.uint8), labels, instances, CAMVID)


def written(folder: Path, tasks: tuple[Task, ...] = TASKS, names: list[str] = NAMES) -> Path:
    folder.mkdir()
    write_mask_sets(folder, ((name, scene()) for name in names), tasks, 3, "some pictures")
    return folder


@pytest.mark.parametrize("task", TASKS)
def test_a_mask_depends_on_seed_task_and_name_alone(task: Task) -> None:
    masks = dict(make_mask_set([(name, scene()) for name in NAMES], task, 3))
    for name in reversed(NAMES[2:4]):
        assert np.array_equal(fixed_mask(scene(), task, 3, name), masks[name])
    assert all(mask.any() and mask.shape == (40, 60) and mask.dtype == bool for mask in masks.values())
    if task in ("free-form", "outpainting"):
        assert len({mask.tobytes() for mask in masks.values()}) == len(NAMES)
        assert not np.array_equal(fixed_mask(scene(), task, 4, NAMES[0]), masks[NAMES[0]])


def test_masks_stay_the_same_for_ever() -> None:
    shares = [float(fixed_mask(scene(256, 256), task, 0, "a street").mean()) for task in TASKS]
    assert shares == pytest.approx([0.27298, 0.5, 0.75, 0.74969, 0.00031], abs=1e-4)
    kept = ~fixed_mask(scene(256, 256), "outpainting", 0, "a street")
    assert np.argwhere(kept)[0].tolist() == [39, 43]


def test_strokes_and_windows_have_the_published_statistics() -> None:
    empty = np.zeros((256, 256), np.int32)
    picture = Scene(np.zeros((256, 256, 3), np.uint8), empty, empty, CAMVID)
    strokes = [fixed_mask(picture, "free-form", 0, str(i)).mean() for i in range(3000)]
    assert abs(np.mean(strokes) - 0.240) <= 0.01
    assert abs(np.std(strokes) - 0.113) <= 0.01
    quantiles = np.quantile(strokes, [0.05, 0.25, 0.5, 0.75, 0.95])
    assert np.abs(quantiles - [0.088, 0.155, 0.220, 0.311, 0.453]).max() <= 0.02
    assert fixed_mask(picture, "extension", 0, "a").mean() == 0.5
    assert {fixed_mask(picture, "outpainting", 0, str(i)).mean() for i in range(20)} == {0.75}


def test_the_class_is_never_dont_care_unless_there_is_nothing_else() -> None:
    hidden = [np.unique(scene().labels[fixed_mask(scene(), "class", 0, str(i))]) for i in range(40)]
    assert {tuple(classes.tolist()) for classes in hidden} == {(SKY,), (CAR,)}
    void = np.full((8, 8), VOID)
    unknown = Scene(np.zeros((8, 8, 3), np.uint8), void, void, CAMVID)
    assert fixed_mask(unknown, "class", 0, "a").all()


def test_the_instance_mask_is_the_box_of_an_object() -> None:
    assert np.array_equal(fixed_mask(scene(), "instance", 0, "a"), scene().instances == 1000 * CAR + 2)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder = written(tmp_path / "masks")
    assert sorted(path.name for path in folder.iterdir()) == sorted([*TASKS, "masks.json"])
    for task in TASKS:
        masks = MaskSet(folder / task)
        assert len(masks) == len(NAMES)
        for name, file in zip(NAMES, masks.pair(NAMES), strict=True):
            assert set(np.unique(np.asarray(Image.open(file))).tolist()) <= {0, 255}
            assert np.array_equal(masks.read(file, (60, 40)), fixed_mask(scene(), task, 3, name))


def test_the_record_says_what_the_masks_were_drawn_from(tmp_path: Path) -> None:
    record = json.loads((written(tmp_path / "masks", ("class",)) / "masks.json").read_text())
    assert (record["set"], record["seed"], list(record["tasks"])) == ("some pictures", 3, ["class"])
    entry = record["tasks"]["class"][NAMES[0]]
    assert (entry["width"], entry["height"], len(entry["sha256"])) == (60, 40, 64)


def test_two_pictures_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'twice'"):
        written(tmp_path / "masks", names=["twice", "once", "twice"])


def test_numbered_masks_are_paired_by_position(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("L", (60, 40), 255).save(tmp_path / f"{number:04d}.png")
    masks = MaskSet(tmp_path)
    assert [path.name for path in masks.pair(["a", "b", "c"])] == ["0000.png", "0001.png", "0002.png"]
    assert [path.name for path in masks.pair(["a", "b"])] == ["0000.png", "0001.png"]
    with pytest.raises(DataError, match="3 numbered masks for 4 pictures"):
        masks.pair(["a", "b", "c", "d"])


def test_pictures_whose_names_are_numbers_are_paired_by_name(tmp_path: Path) -> None:
    masks = MaskSet(written(tmp_path / "masks", names=["000003", "000004"]) / "class")
    assert [path.stem for path in masks.pair(["000004"])] == ["000004"]
    with pytest.raises(DataError, match=r"no mask 000002\.png \(1 of 2"):
        masks.pair(["000002", "000003"])


def test_defects_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "masks")
    masks = MaskSet(folder / "extension")
    (file,) = masks.pair([NAMES[0]])
    with pytest.raises(InputError, match=r"picture_0.*60 x 40.*61 x 40"):
        masks.read(file, (61, 40))
    Image.new("L", (60, 40), 255).save(file)
    with pytest.raises(DataError, match="not the mask that"):
        masks.read(file, (60, 40))
    file.unlink()
    with pytest.raises(DataError, match=r"picture_0\.png is missing"):
        MaskSet(folder / "extension")
    Image.new("L", (60, 40), 255).save(folder / "class" / "more.png")
    with pytest.raises(DataError, match=r"more\.png does not belong"):
        MaskSet(folder / "class")
    with pytest.raises(DataError, match="one of its tasks"):
        MaskSet(folder)
    with pytest.raises(DataError, match=r"holds no \.png"):
        MaskSet(tmp_path / "nowhere")


def test_an_empty_mask_is_refused(tmp_path: Path) -> None:
    Image.new("L", (60, 40), 0).save(tmp_path / "a.png")
    masks = MaskSet(tmp_path)
    with pytest.raises(InputError, match="empty mask"):
        masks.read(masks.pair(["a"])[0], (60, 40))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"tasks": []}', '{"tasks": {"class": {"a": 1}}}', "[" * 9999]
)
def test_a_damaged_record_is_an_error_not_a_crash(text: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "masks")
    (folder / "masks.json").write_text(text)
    with pytest.raises(ScumbleError, match="no record of masks"):
        MaskSet(folder / "class")


@pytest.mark.parametrize(
    ("masks", "pictures"),
    [
        ("cityscapes_editing/predefined_mask", "cityscapes_editing/test/images"),
        ("ade20k_room/predefined_mask", "ade20k_room/test/images"),
        ("flickr_landscape/test_processed/predefined_masks/type_0", "flickr_landscape/test_processed/images"),
    ],
)
def test_published_masks_fit_their_pictures(masks: str, pictures: str) -> None:
    if not (data_folder() / masks).is_dir():
        pytest.skip(f"needs {masks} under SCUMBLE_DATA")
    images = sorted((data_folder() / pictures).iterdir())
    mask_set = MaskSet(data_folder() / masks)
    files = mask_set.pair([path.stem for path in images])
    shares = [mask_set.read(file, (256, 256)).mean() for file in files]
    if len(mask_set) == 3:
        assert shares == pytest.approx([0.251, 0.5, 0.75][: len(images)], abs=5e-4)
    else:
        assert 0 < shares[0] < 0.1
