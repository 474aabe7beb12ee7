"""Any folder that a TOML file describes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.layouts import find_layout, list_split, open_scenes
from scumble.errors import DataError, LabelError, ScumbleError

HEAD = """
[files]
images = "photos/{split}/{name}.jpg"
labels = "maps/{split}/{name}.png"
"""
NAMES = 'names = ["sky", "wall", "car"]\nthings = ["car"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pictures of one split; sky above, wall below, a car, and a strip of 255."""
    labels = np.ones((40, 60), np.uint8)
    labels[:20], labels[25:35, 10:30], labels[-2:] = 0, 2, 255
    for name in "ab":
        (tmp_path / "photos" / "train").mkdir(parents=True, exist_ok=True)
        (tmp_path / "maps" / "train").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40), (10, 20, 30)).save(tmp_path / "photos" / "train" / f"{name}.jpg")
        Image.fromarray(labels).save(tmp_path / "maps" / "train" / f"{name}.png")
    return tmp_path


def describe(root: Path, classes: str = NAMES + "dont_care = 255\n", head: str = HEAD) -> Path:
    (root / "scumble.toml").write_text(f"{head}\n[classes]\n{classes}")
    return root


def test_a_described_folder_is_read(root: Path) -> None:
    scenes = open_scenes(describe(root))
    assert (len(scenes), scenes.name(0), scenes.listing.split) == (2, "a", "train")
    space = scenes.label_space
    assert space.names == ("sky", "wall", "car", "unlabeled")
    assert space.dont_care == 3
    assert space.things == {2}
    assert np.unique(scenes[1].labels).tolist() == [0, 1, 2, 3]
    assert 2000 in scenes[1].instances
    assert find_layout(root).name == "folder"


def test_the_description_may_lie_elsewhere(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("descriptions") / "walls.toml"
    path.write_text(f'root = "{root.as_posix()}"\n{HEAD}\n[classes]\n{NAMES}dont_care = 255\n')
    assert len(open_scenes(path)) == 2


def test_a_value_of_a_class_may_be_the_one_that_does_not_count(root: Path) -> None:
    labels = np.zeros((40, 60), np.uint8)
    for path in root.glob("maps/train/*.png"):
        Image.fromarray(labels).save(path)
    assert open_scenes(describe(root, NAMES + "dont_care = 0\n")).label_space.dont_care == 0


def test_class_tables_and_label_spaces_can_be_named(root: Path) -> None:
    (root / "classes.csv").write_text("id,name,kind\n0,sky,stuff\n1,wall,stuff\n2,car,thing\n")
    scenes = open_scenes(describe(root, 'table = "classes.csv"\ndont_care = 255\n'))
    assert scenes.label_space.things == {2}
    assert open_scenes(describe(root, 'space = "camvid"\ndont_care = 255\n')).label_space.dont_care == 11


def test_without_splits_in_the_patterns_there_is_one(root: Path) -> None:
    head = HEAD.replace("{split}", "train")
    assert list_split(describe(root, head=head)).split == "all"


def test_files_without_counterpart_are_all_listed(root: Path) -> None:
    (root / "maps" / "train" / "b.png").rename(root / "maps" / "train" / "c.png")
    problems = list_split(describe(root)).problems
    assert len(problems) == 2
    assert "b.jpg has no label map" in problems[0]
    assert "c.png has no photograph" in problems[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[files", "no readable TOML"),
        ("[classes]\nnames = ['a']\n", "files is missing"),
        (f"{HEAD}", "classes is missing"),
        (
            f"{HEAD}label = 'x'\n[classes]\n{NAMES}",
            r"\[files\] .* key 'label'; did you mean 'labels'",
        ),
        (f"{HEAD}[classes]\nnames = 'sky'\n", "names is 'sky'; expected a list"),
        (f"{HEAD}[classes]\nthings = ['car']\n", "has no classes; expected one of table"),
        (f"{HEAD}[classes]\n{NAMES}space = 'camvid'\n", "has space and names; expected one"),
        (f"{HEAD.replace('{name}.png', 'map.png')}[classes]\n{NAMES}", r"labels is .*expected \{name\}"),
        (f"{HEAD.replace('maps/', '../maps/')}[classes]\n{NAMES}", "leads out of the folder"),
        (f"root = 'absent'\n{HEAD}[classes]\n{NAMES}", "root is 'absent', which is no folder"),
        (f"{HEAD}[classes]\nspace = 'camvit'\n", "did you mean 'camvid'"),
        (f"{HEAD}[classes]\ntable = 'absent.csv'\n", r"absent\.csv"),
        (f"{HEAD}[classes]\nnames = ['sky', 'Sky']\n", "two classes"),
        (f"{HEAD}[classes]\nnames = ['sky', 'car']\nthings = ['cart']\n", "did you mean 'car'"),
    ],
)
def test_bad_descriptions_are_explained(root: Path, text: str, message: str) -> None:
    (root / "scumble.toml").write_text(text)
    with pytest.raises(ScumbleError, match=message):
        open_scenes(root)


def test_ids_without_a_class_are_refused(root: Path) -> None:
    with pytest.raises(LabelError, match=r"maps/train/a\.png.*255 .*first at x=0, y=38; 120 pixels"):
        open_scenes(describe(root, NAMES))[0]


def test_a_folder_of_no_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of the known layouts.*cityscapes: leftImg8bit"):
        open_scenes(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        open_scenes(tmp_path / "absent")
    with pytest.raises(DataError, match="did you mean 'cityscapes'"):
        open_scenes(tmp_path, layout="cityscape")
