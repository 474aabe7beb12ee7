"""Objects of Panoptic Parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.parts.panoptic_parts import panoptic_pictures
from scumble.errors import DataError, InputError

FRAME = "aachen_000000_000019"


def write_tiff(path: Path, rows: list[list[int]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array(rows, dtype=np.int32)).save(path)


def cityscapes_file(root: Path, split: str = "train", frame: str = FRAME) -> Path:
    return root / "gtFinePanopticParts" / split / "aachen" / f"{frame}_gtFinePanopticParts.tif"


def test_cityscapes_objects_and_parts_are_read(tmp_path: Path) -> None:
    rows = [
        [7, 26, 26_000, 2_600_000, 2_600_001],  # road, group of cars, car without part, part void, window
        [2_600_105, 2_400_302, 2_400_305, 2_501_202, 33_001],  # chassis, head, stray, head, bicycle
    ]
    write_tiff(cityscapes_file(tmp_path), rows)
    (picture,) = panoptic_pictures(tmp_path)
    assert (picture.name, picture.split) == (FRAME, "train")
    maps = picture.read()
    assert (maps.name, maps.split) == (FRAME, "train")
    assert maps.objects.tolist() == [
        [0, 0, 26_000, 26_000, 26_000],
        [26_001, 24_003, 24_003, 25_012, 0],
    ]
    assert maps.parts.tolist() == [[0, 0, 0, 0, 1], [5, 2, 0, 2, 0]]


def test_pascal_parts_are_grouped_and_renamed(tmp_path: Path) -> None:
    rows = [
        [94, 94_001, 600_121, 600_108, 700_107],  # truck (stuff), a bus's wheel and plate, a car's mirror
        [1_500_110, 1_500_113, 800_107, 200_100, 4_001],  # hair, arm, torso of a cat, bicycle, boat
    ]
    write_tiff(tmp_path / "training" / "2008_000008.tif", rows)
    (picture,) = panoptic_pictures(tmp_path)
    maps = picture.read()
    assert maps.name == "2008_000008"
    assert maps.objects.tolist() == [[0, 0, 6001, 6001, 7001], [15_001, 15_001, 8001, 2001, 4001]]
    assert maps.parts.tolist() == [[0, 0, 2, 4, 5], [2, 3, 4, 2, 1]]


def test_the_splits_of_both_are_found_in_order(tmp_path: Path) -> None:
    for split in ("val", "train", "test"):
        for number in (1, 0):
            write_tiff(cityscapes_file(tmp_path, split, f"aachen_000000_00000{number}"), [[7]])
    found = panoptic_pictures(tmp_path)
    assert [(p.split, p.name[-1]) for p in found] == [
        ("train", "0"),
        ("train", "1"),
        ("val", "0"),
        ("val", "1"),
    ]
    for split in ("validation", "training"):
        write_tiff(tmp_path / "pascal" / split / "2008_000001.tif", [[7]])
    assert [p.split for p in panoptic_pictures(tmp_path / "pascal")] == ["train", "val"]


@pytest.mark.parametrize(
    ("uid", "message"),
    [(500, "has 500 at x=1, y=0"), (2_600_106, "has 2606 at x=1, y=0"), (-3, "-3 at x=1, y=0")],
)
def test_a_wrong_pixel_is_named_with_its_file(tmp_path: Path, uid: int, message: str) -> None:
    write_tiff(cityscapes_file(tmp_path), [[7, uid]])
    with pytest.raises(InputError, match=rf"{FRAME}_gtFinePanopticParts\.tif has .*{message[4:]}"):
        panoptic_pictures(tmp_path)[0].read()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds neither gtFinePanopticParts/.* nor \{training,validation\}"):
        panoptic_pictures(tmp_path)
