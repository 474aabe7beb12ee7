"""Objects of annotated sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.parts.annotated import annotated_pictures
from scumble.data.parts.cut import Cut, cut_objects
from scumble.data.parts.part_set import PartSet
from scumble.data.parts.recipe import Keep, Pieces, Recipe, RecipePart, load_recipe
from scumble.errors import DataError, InputError
from scumble.research_data import data_folder

PARTS = (RecipePart("wall", ("building",)), RecipePart("window", ("window",)))
CLASSES = "0 various\n1 building\n\n 2 front door\n3 window\n"
LABELS = np.array(
    [
        [1, 1, 0, 1, 1, 1],
        [1, 3, 0, 1, 3, 1],
        [0, 0, 0, 1, 1, 1],
        [3, 0, 2, 2, 0, 0],
    ]
)


def write_set(root: Path, labels: np.ndarray = LABELS, instances: np.ndarray | None = None) -> Path:
    (root / "classes.txt").write_text(CLASSES, encoding="utf-8")
    for folder, name in (("training", "a"), ("validation", "b")):
        (root / "annotations" / folder).mkdir(parents=True)
        Image.fromarray(labels.astype(np.uint8)).save(root / "annotations" / folder / f"{name}.png")
        if instances is not None:
            (root / "annotations_instance" / folder).mkdir(parents=True)
            Image.fromarray(instances.astype(np.uint8)).save(
                root / "annotations_instance" / folder / f"{name}.png"
            )
    return root


def test_the_whole_picture_can_be_one_object(tmp_path: Path) -> None:
    train, val = annotated_pictures(write_set(tmp_path), Recipe(43, "picture", PARTS))
    assert [(p.split, p.name) for p in (train, val)] == [("train", "a"), ("val", "b")]
    maps = train.read()
    assert np.array_equal(maps.objects > 0, np.isin(LABELS, (1, 3)))
    assert set(np.unique(maps.objects).tolist()) == {0, 43_000}
    assert np.array_equal(maps.parts, np.select([LABELS == 1, LABELS == 3], [1, 2], 0))


def test_connected_pieces_can_be_objects_the_largest_first(tmp_path: Path) -> None:
    maps = annotated_pictures(write_set(tmp_path), Recipe(43, "components", PARTS))[0].read()
    assert maps.objects.tolist() == [
        [43_001, 43_001, 0, 43_000, 43_000, 43_000],
        [43_001, 43_001, 0, 43_000, 43_000, 43_000],
        [0, 0, 0, 43_000, 43_000, 43_000],
        [43_002, 0, 0, 0, 0, 0],
    ]


def test_the_largest_piece_can_be_the_object(tmp_path: Path) -> None:
    maps = annotated_pictures(write_set(tmp_path), Recipe(43, "largest", PARTS))[0].read()
    assert np.array_equal(maps.objects > 0, np.pad(np.ones((3, 3), bool), ((0, 1), (3, 0))))
    assert np.array_equal(maps.parts > 0, maps.objects > 0)


def test_pieces_that_are_not_wanted_are_left_out(tmp_path: Path) -> None:
    keep = Keep(share=0.1, pieces=(Pieces("wall"), Pieces("window")))
    maps = annotated_pictures(write_set(tmp_path), Recipe(43, "components", PARTS, keep=keep))[0].read()
    assert set(np.unique(maps.objects).tolist()) == {0, 43_000, 43_001}
    assert maps.parts[3, 0] == 0


def test_instances_of_a_class_can_be_objects(tmp_path: Path) -> None:
    instances = np.zeros((*LABELS.shape, 3))
    instances[0:2, 0:3] = (1, 7, 0)  # larger than what is annotated
    instances[0:3, 3:6] = (1, 2, 0)
    instances[3, 0:2] = (3, 9, 0)  # of another class
    root = write_set(tmp_path, instances=instances)
    maps = annotated_pictures(root, Recipe(43, "instances", PARTS, instance_class="building"))[0].read()
    assert np.array_equal(maps.objects == 43_000, instances[..., 1] == 2)
    assert np.array_equal(maps.objects == 43_001, instances[..., 1] == 7)
    assert maps.parts[0:2, 0:3].tolist() == [[1, 1, 0], [1, 2, 0]]
    assert maps.parts[3, 0] == 0


def test_instance_maps_must_fit(tmp_path: Path) -> None:
    root = write_set(tmp_path, instances=np.zeros((3, 6, 3)))
    picture = annotated_pictures(root, Recipe(43, "instances", PARTS, instance_class="building"))[0]
    with pytest.raises(InputError, match=r"annotations_instance/training/a\.png.*expected the same size"):
        picture.read()


def test_a_picture_with_nothing_has_no_objects(tmp_path: Path) -> None:
    root = write_set(tmp_path, labels=np.zeros((4, 4)))
    for objects in ("picture", "largest", "components"):
        maps = annotated_pictures(root, Recipe(43, objects, PARTS))[0].read()
        assert not maps.objects.any()


def test_an_id_without_a_class_is_named(tmp_path: Path) -> None:
    labels = LABELS.copy()
    labels[2, 1] = 4
    picture = annotated_pictures(write_set(tmp_path, labels), Recipe(43, "picture", PARTS))[0]
    with pytest.raises(DataError, match=r"training/a\.png has the class id 4 at x=1, y=2; expected 0\.\.3"):
        picture.read()


def test_a_class_that_the_set_does_not_have_is_named(tmp_path: Path) -> None:
    wrong = (RecipePart("door", ("front dor",)),)
    with pytest.raises(DataError, match=r"no class 'front dor', .*did you mean 'front door'"):
        annotated_pictures(write_set(tmp_path), Recipe(43, "picture", wrong))


@pytest.mark.parametrize("line", ["x building", "3", "-1 wall", "³ wall"])
def test_a_wrong_line_of_the_class_table_is_named(tmp_path: Path, line: str) -> None:
    (write_set(tmp_path) / "classes.txt").write_text(f"0 various\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"classes\.txt, line 2: .*expected an id and a name"):
        annotated_pictures(tmp_path, Recipe(43, "picture", PARTS))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"classes\.txt cannot be read"):
        annotated_pictures(tmp_path, Recipe(43, "picture", PARTS))
    (tmp_path / "classes.txt").write_text(CLASSES)
    with pytest.raises(DataError, match=r"holds no annotations/training/\*\.png"):
        annotated_pictures(tmp_path, Recipe(43, "picture", PARTS))


def needs(name: str) -> pytest.MarkDecorator:
    absent = not (data_folder() / name).is_dir() or not (data_folder() / "Full_Parts").is_dir()
    return pytest.mark.skipif(absent, reason=f"SCUMBLE_DATA has no {name}/ with Full_Parts/")


@needs("faces_fasseg")
@pytest.mark.slow
@pytest.mark.parametrize(("split", "count"), [("train", 202), ("val", 122)])
def test_real_faces_are_cut_as_they_were(split: str, count: int) -> None:
    pictures = annotated_pictures(data_folder() / "faces_fasseg", load_recipe("faces_fasseg"))
    found = {p.name: cut_objects(p.read(), Cut()) for p in pictures if p.split == split}
    given = PartSet(data_folder() / "Full_Parts", 42, "train" if split == "train" else "val")
    assert len(found) == len(given) == count
    for shape in given:
        ((_, cut),) = found[shape.name]
        assert np.array_equal(cut.parts, shape.parts)
        assert np.array_equal(cut.silhouette, shape.silhouette)


@needs("car_parts")
@pytest.mark.slow
@pytest.mark.parametrize(("split", "count"), [("train", 291), ("val", 74)])
def test_real_cars_are_cut_nearly_as_they_were(split: str, count: int) -> None:
    pictures = annotated_pictures(data_folder() / "car_parts", load_recipe("car_parts"))
    found = {p.name: cut_objects(p.read(), Cut()) for p in pictures if p.split == split}
    kept = {name for name, objects in found.items() if objects}
    given = PartSet(data_folder() / "Full_Parts", 26, "train" if split == "train" else "val")
    assert len(given) == count
    # The given ones were cut from larger pictures.
    assert len(kept ^ set(given.names)) <= 0.03 * count
