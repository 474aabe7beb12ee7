"""Part numbers of Panoptic Parts in part sets."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.data.part_categories import PART_CATEGORIES
from scumble.data.parts.uids import DataSet, table_parts
from scumble.data.parts.vocabularies import CITYSCAPES_PARTS, PASCAL_PARTS, part_numbers, parts_of


def names_of(sid: int) -> dict[str, str]:
    """The part in a part set for each part of a class of PASCAL."""
    numbers = part_numbers("pascal")
    return {
        part.name: PASCAL_PARTS[sid][numbers[sid, part.pid] - 1]
        for part in table_parts("pascal")
        if part.sid == sid
    }


@pytest.mark.parametrize("data_set", ["cityscapes", "pascal"])
def test_every_part_of_every_class_is_used_and_there_are_at_most_eight(data_set: DataSet) -> None:
    numbers = part_numbers(data_set)
    for sid, names in parts_of(data_set).items():
        assert set(numbers[sid].tolist()) - {0} == set(range(1, len(names) + 1))
        assert len(names) <= 8
    without = np.setdiff1d(np.arange(100), list(parts_of(data_set)))
    assert not numbers[without].any()


def test_cityscapes_keeps_its_part_ids() -> None:
    for part in table_parts("cityscapes"):
        assert part_numbers("cityscapes")[part.sid, part.pid] == part.pid


def test_classes_that_borrow_examples_have_the_parts_of_the_lender() -> None:
    for sid, names in PASCAL_PARTS.items():
        lender = PART_CATEGORIES[sid].supports
        assert names == (CITYSCAPES_PARTS[lender] if lender != sid else names)


def test_pascal_vehicles_and_people_are_renamed_as_in_cityscapes() -> None:
    for sid in (6, 7):
        assert names_of(sid) == {
            **dict.fromkeys(("frontside", "leftside", "rightside", "backside", "roofside"), "chassis"),
            **dict.fromkeys(("leftmirror", "rightmirror", "door"), "chassis"),
            "fliplate": "license plate",
            "bliplate": "license plate",
            "wheel": "wheel",
            "headlight": "light",
            "window": "window",
        }
    person = names_of(15)
    assert {person[name] for name in ("llarm", "luarm", "lhand", "rlarm", "ruarm", "rhand")} == {"arm"}
    assert {person[name] for name in ("llleg", "luleg", "lfoot", "rlleg", "ruleg", "rfoot")} == {"leg"}
    assert (person["neck"], person["hair"]) == ("torso", "head")


def test_unlabeled_pixels_count_where_the_protocol_counts_them() -> None:
    unlabeled = part_numbers("pascal")[:, 0]
    assert {sid: PASCAL_PARTS[sid][unlabeled[sid] - 1] for sid in np.flatnonzero(unlabeled).tolist()} == {
        **dict.fromkeys((2, 14), "body"),
        **dict.fromkeys((4, 9, 11, 18, 19), "whole"),
    }
