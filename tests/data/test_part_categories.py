"""The tables of part categories fit each other and our label spaces."""

from __future__ import annotations

import pytest

from scumble.data.part_categories import (
    ADE20K,
    ADE20K_ACTIVE,
    ADE20K_CLASSES,
    CAMVID_CLASSES,
    CITYSCAPES_ACTIVE,
    COCO,
    COCO_ACTIVE,
    MERGED_PARTS,
    PART_CATEGORIES,
    PARTNET_ACTIVE,
    PARTNET_TRAINED,
    by_class_id,
)
from scumble.errors import LabelError
from scumble.label_space import LabelSpace


def test_every_category_in_use_and_every_folder_of_supports_has_an_entry() -> None:
    used = {*PARTNET_ACTIVE, *CITYSCAPES_ACTIVE, *ADE20K_ACTIVE, *COCO_ACTIVE, *MERGED_PARTS}
    assert used <= set(PART_CATEGORIES)
    for number, category in PART_CATEGORIES.items():
        assert category.id == number
        assert {category.supports, category.training_supports} <= set(PART_CATEGORIES)


def test_supports_are_those_of_the_published_table() -> None:
    borrowed = {i: c.supports for i, c in PART_CATEGORIES.items() if c.supports != i}
    assert borrowed == {6: 28, 7: 26, 15: 24, 25: 24, 31: 19, 32: 14, 33: 2, 35: 26, 39: 7, 40: 13}
    differing = {
        i: c.training_supports for i, c in PART_CATEGORIES.items() if c.training_supports != c.supports
    }
    assert differing == {39: 26}


def test_held_out_categories_are_cat_washer_and_stop_sign() -> None:
    held_out = set(PARTNET_ACTIVE) - set(PARTNET_TRAINED)
    assert {PART_CATEGORIES[i].name for i in held_out} == {"cat", "washer", "stop sign"}
    assert (len(PARTNET_ACTIVE), len(ADE20K_ACTIVE), len(COCO_ACTIVE)) == (27, 28, 30)


@pytest.mark.parametrize(
    ("table", "active", "size"),
    [(ADE20K, ADE20K_ACTIVE, 16), (COCO, COCO_ACTIVE, 21)],
    ids=["ade20k", "coco"],
)
def test_objects_of_a_set_have_categories_of_their_own_that_are_active(
    table: dict[int, int], active: tuple[int, ...], size: int
) -> None:
    assert len(table) == len(set(table.values())) == size
    assert set(table.values()) <= set(active)


def test_tables_by_name_become_tables_by_the_ids_of_a_label_space() -> None:
    assert by_class_id(CAMVID_CLASSES, LabelSpace.load("camvid")) == {9: 24, 10: 25, 8: 26}
    ade20k = by_class_id(ADE20K_CLASSES, LabelSpace.load("ade20k"))
    assert list(ade20k.values()) == list(ADE20K.values())
    assert ade20k[103] == 39
    with pytest.raises(LabelError, match="pedestrian"):
        by_class_id(CAMVID_CLASSES, LabelSpace.load("ade20k"))
