"""Reading part sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.parts.part_set import PartSet, categories, supports
from scumble.errors import DataError, InputError
from scumble.research_data import data_folder
from tests.data.parts.fixture import car, write_object

FULL_PARTS = data_folder() / "Full_Parts"
needs_data = pytest.mark.skipif(not FULL_PARTS.is_dir(), reason="SCUMBLE_DATA has no Full_Parts/")


def write_support(root: Path, name: str, parts: np.ndarray, k: int = 3) -> Path:
    folder = root / "support_shape" / str(k) / "26"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(parts).save(folder / name)
    return folder / name


def test_an_object_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_object(tmp_path, "b")
    write_object(tmp_path, "a", parts=car(30, 50))
    objects = PartSet(tmp_path, 26, "train")
    assert [shape.name for shape in objects] == objects.names == ["a", "b"]
    assert np.array_equal(objects[1].parts, car())
    assert np.array_equal(objects[1].silhouette, car() > 0)
    assert objects[1].silhouette.dtype == np.bool_
    assert objects[1].parts.dtype == np.uint8
    assert objects[0].parts.shape == (30, 50)


def test_files_are_paired_by_name_although_their_sorted_orders_differ(tmp_path: Path) -> None:
    write_object(tmp_path, "1", parts=car(20, 40))
    folder = write_object(tmp_path, "1_m", parts=car(24, 44))
    in_order = [
        [name.removesuffix(ending) for name in sorted(p.name for p in folder.glob(f"*{ending}"))]
        for ending in ("_label.png", "_part.png")
    ]
    assert in_order[0] != in_order[1]
    assert [shape.silhouette.shape for shape in PartSet(tmp_path, 26, "train")] == [(20, 40), (24, 44)]


def test_pixels_without_a_part_may_be_inside_the_silhouette(tmp_path: Path) -> None:
    write_object(tmp_path, silhouette=np.full((20, 40), 255, dtype=np.uint8))
    shape = PartSet(tmp_path, 26, "train")[0]
    assert shape.silhouette.all()
    assert shape.parts[0, 0] == 0


def test_a_silhouette_of_three_equal_channels_is_read_too(tmp_path: Path) -> None:
    folder = write_object(tmp_path)
    Image.open(folder / "1_label.png").convert("RGB").save(folder / "1_label.png")
    assert np.array_equal(PartSet(tmp_path, 26, "train")[0].silhouette, car() > 0)


def test_photographs_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    folder = write_object(tmp_path)
    for name in ("1_image.png", "._1_label.png", "._2_part.png"):
        (folder / name).write_bytes(b"")
    assert PartSet(tmp_path, 26, "train").names == ["1"]


def test_the_categories_are_the_folders_with_a_number(tmp_path: Path) -> None:
    for category in (26, 7, 103):
        write_object(tmp_path, category=category)
    write_support(tmp_path, "0_part.png", car())
    (tmp_path / "99").write_text("a file")
    assert categories(tmp_path) == [7, 26, 103]


def test_a_category_or_split_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    write_object(tmp_path)
    with pytest.raises(DataError, match=r"24/train holds no .*_label\.png.* are: 26;"):
        PartSet(tmp_path, 24, "train")
    with pytest.raises(DataError, match=r"26/val holds no"):
        PartSet(tmp_path, 26, "val")


@pytest.mark.parametrize(("left", "gone"), [("label", "part"), ("part", "label")])
def test_a_file_without_partner_is_named(tmp_path: Path, left: str, gone: str) -> None:
    folder = write_object(tmp_path, "1")
    write_object(tmp_path, "2")
    (folder / f"2_{gone}.png").unlink()
    with pytest.raises(DataError, match=rf"train/2_{left}\.png has no partner 2_{gone}\.png"):
        PartSet(tmp_path, 26, "train")


def test_different_sizes_are_refused(tmp_path: Path) -> None:
    write_object(tmp_path, silhouette=np.full((20, 41), 255, dtype=np.uint8))
    with pytest.raises(DataError, match=r"1_part\.png is 40 x 20 .* 41 x 20; expected the same size"):
        PartSet(tmp_path, 26, "train")[0]


def test_a_silhouette_with_gray_edges_is_refused(tmp_path: Path) -> None:
    silhouette = np.full((20, 40), 255, dtype=np.uint8)
    silhouette[3, 7] = silhouette[4, 7] = 128
    write_object(tmp_path, silhouette=silhouette)
    with pytest.raises(DataError, match=r"1_label\.png has \(128, 128, 128\) at x=7, y=3 \(2 such pixels\)"):
        PartSet(tmp_path, 26, "train")[0]


def test_a_colored_silhouette_is_refused(tmp_path: Path) -> None:
    silhouette = np.full((20, 40, 3), 255, dtype=np.uint8)
    silhouette[3, 7, 1] = 0
    write_object(tmp_path, silhouette=silhouette)
    with pytest.raises(DataError, match=r"1_label\.png has \(255, 0, 255\) at x=7, y=3"):
        PartSet(tmp_path, 26, "train")[0]


def test_a_ninth_part_is_refused(tmp_path: Path) -> None:
    parts = car()
    parts[5, 6] = 9
    write_object(tmp_path, parts=parts)
    with pytest.raises(DataError, match=r"1_part\.png has part 9 at x=6, y=5; expected 0 for none or 1\.\.8"):
        PartSet(tmp_path, 26, "train")[0]


def test_a_part_outside_the_silhouette_is_refused_and_counted(tmp_path: Path) -> None:
    silhouette = np.full((20, 40), 255, dtype=np.uint8)
    silhouette[10, 20:23] = 0
    write_object(tmp_path, silhouette=silhouette)
    with pytest.raises(DataError, match=r"1_part\.png has part \d at x=20, y=10, .*1_label\.png \(3 such"):
        PartSet(tmp_path, 26, "train")[0]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    folder = write_object(tmp_path)
    (folder / "1_part.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"1_part\.png is not a picture"):
        PartSet(tmp_path, 26, "train")[0]


def test_supports_are_the_first_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number, height in ((2, 14), (0, 10), (3, 16), (1, 12)):
        write_support(tmp_path, f"{number}_x_part.png", car(height))
    (tmp_path / "support_shape" / "3" / "26" / ".9_part.png").write_bytes(b"")
    found = supports(tmp_path, 26, 3)
    assert [parts.shape[0] for parts in found] == [10, 12, 14]
    assert np.array_equal(found[0], car(10))


def test_supports_may_show_different_numbers_of_parts(tmp_path: Path) -> None:
    one = (car() > 0).astype(np.uint8)
    for number, parts in enumerate((car(), one, car())):
        write_support(tmp_path, f"{number}_part.png", parts)
    assert [len(np.unique(parts)) for parts in supports(tmp_path, 26, 3)] == [4, 2, 4]


def test_too_few_supports_are_refused(tmp_path: Path) -> None:
    write_support(tmp_path, "0_part.png", car())
    with pytest.raises(DataError, match=r"support_shape/3/26 holds 1 \*part\.png; expected at least 3"):
        supports(tmp_path, 26, 3)
    with pytest.raises(DataError, match=r"support_shape/5/24 holds 0"):
        supports(tmp_path, 24, 5)


def test_a_support_that_teaches_nothing_is_refused(tmp_path: Path) -> None:
    write_support(tmp_path, "0_part.png", np.zeros((4, 4), dtype=np.uint8), k=1)
    with pytest.raises(DataError, match=r"0_part\.png shows no part"):
        supports(tmp_path, 26, 1)
    write_support(tmp_path, "0_part.png", np.full((4, 4), 10, dtype=np.uint8), k=1)
    with pytest.raises(DataError, match=r"0_part\.png has part 10"):
        supports(tmp_path, 26, 1)


@needs_data
@pytest.mark.parametrize(
    ("category", "train", "val"), [(24, 786, 109), (26, 291, 74), (42, 202, 122), (43, 227, 17)]
)
def test_real_categories_have_their_published_counts(category: int, train: int, val: int) -> None:
    assert categories(FULL_PARTS) == [24, 26, 42, 43]
    assert len(PartSet(FULL_PARTS, category, "train")) == train
    objects = PartSet(FULL_PARTS, category, "val")
    assert len(objects) == val
    for shape in objects:
        assert np.array_equal(shape.silhouette, shape.parts > 0)
    for k in (1, 3, 5):
        assert len(supports(FULL_PARTS, category, k)) == k
