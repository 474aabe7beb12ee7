"""Building part sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from scumble.data.part_categories import CAMVID_CLASSES
from scumble.data.parts.build import Counts, build_part_set
from scumble.data.parts.cut import Cut, ObjectMaps
from scumble.data.parts.part_set import PartSet, Split, categories, supports
from scumble.data.parts.street_objects import street_pictures
from scumble.errors import DataError, InputError
from scumble.streets import PARTS
from tests.data.parts.fixture import car


@dataclass(frozen=True)
class Cars:
    """A picture of one car."""

    name: str
    split: Split = "train"
    height: int = 20
    broken: bool = False

    def read(self) -> ObjectMaps:
        """The car, which fills the picture but for a corner."""
        if self.broken:
            raise InputError(f"{self.name} is damaged.")
        parts = car(self.height)
        return ObjectMaps(self.split, self.name, np.where(parts > 0, 26_003, 0).astype(np.int32), parts)


@pytest.fixture(scope="module")
def street_set(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counts]:
    """A part set of twelve rendered streets, and what building it returned."""
    out = tmp_path_factory.mktemp("parts") / "streets"
    return out, build_part_set(out, street_pictures(12, 256, 192))


def test_a_part_set_of_streets_can_be_read_again(street_set: tuple[Path, Counts]) -> None:
    root, counts = street_set
    assert categories(root) == [24, 25, 26]
    class_of = {category: name for name, category in CAMVID_CLASSES.items()}
    for (category, split), count in counts.items():
        objects = PartSet(root, category, split)
        assert len(objects) == count
        for shape in objects:
            assert max(shape.parts.shape) >= 16
            assert 1 <= shape.parts.max() <= len(PARTS[class_of[category]])
            # The box is tight.
            mask = shape.silhouette
            assert all(side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    assert counts[26, "train"] >= 20
    assert sum(count for (_, split), count in counts.items() if split == "val") >= 1


def test_supports_of_streets_are_nested_training_objects(street_set: tuple[Path, Counts]) -> None:
    root, _ = street_set
    for category in (24, 26):
        five = supports(root, category, 5)
        for k in (1, 3):
            for ours, theirs in zip(supports(root, category, k), five, strict=False):
                assert np.array_equal(ours, theirs)
        shown = [len(np.unique(shape.parts)) for shape in PartSet(root, category, "train")]
        assert len(np.unique(five[0])) >= np.median(shown)


def test_names_say_picture_and_object_and_avoid_the_words_of_the_published_loader(tmp_path: Path) -> None:
    pictures = [Cars("apartment_labels"), Cars("b", "val")]
    counts = build_part_set(tmp_path / "out", pictures)
    assert dict(counts) == {(26, "train"): 1, (26, "val"): 1}
    assert sorted(p.name for p in (tmp_path / "out" / "26" / "train").iterdir()) == [
        "aprtment_lbls_26003_label.png",
        "aprtment_lbls_26003_part.png",
    ]
    assert (tmp_path / "out/support_shape/1/26/0_aprtment_lbls_26003_part.png").is_file()


def test_the_result_is_the_same_with_several_processes(tmp_path: Path) -> None:
    pictures = [Cars(str(i), height=17 + i) for i in range(6)]
    seen: list[int] = []

    def progress(counts: Iterable[Counts], total: int) -> Iterable[Counts]:
        seen.append(total)
        return counts

    for workers in (1, 2):
        build_part_set(tmp_path / str(workers), pictures, Cut(longest=32), workers, progress)
    files = [
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*.png")}
        for root in (tmp_path / "1", tmp_path / "2")
    ]
    assert files[0] == files[1]
    assert len(files[0]) == 12 + 1 + 3 + 5
    assert seen == [6, 6]


def test_a_set_without_training_objects_has_no_supports(tmp_path: Path) -> None:
    build_part_set(tmp_path / "out", [Cars("a", "val")])
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["26"]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_remains_of_a_set_with_a_damaged_picture(tmp_path: Path, workers: int) -> None:
    with pytest.raises(InputError, match=r"^b is damaged\.$"):
        build_part_set(tmp_path / "out", [Cars("a"), Cars("b", broken=True)], workers=workers)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        build_part_set(tmp_path, [Cars("a")])
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_two_pictures_of_one_name_are_refused_unless_their_splits_differ(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="2 pictures of the split train would be called 'a_prt'"):
        build_part_set(tmp_path / "out", [Cars("b"), Cars("a_part"), Cars("a_prt")])
    assert build_part_set(tmp_path / "out", [Cars("a"), Cars("a", "val")]).total() == 2


def test_pictures_without_objects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="None of the 1 pictures shows an object"):
        build_part_set(tmp_path / "out", [Cars("a")], Cut(longest=100, smallest=50))
    assert list(tmp_path.iterdir()) == []
