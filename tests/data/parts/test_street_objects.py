"""Objects of rendered streets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scumble.data.part_categories import CAMVID_CLASSES
from scumble.data.parts.street_objects import StreetPicture, scene_objects, street_pictures
from scumble.errors import InputError
from scumble.streets import PARTS, Streets


def test_every_single_object_with_parts_gets_its_category() -> None:
    streets = Streets("train", 4, 256, 192)
    categories = set()
    for index in range(4):
        scene, maps = streets[index], StreetPicture("train", index, 256, 192).read()
        assert (maps.split, maps.name) == ("train", f"{index:06d}")
        expected = {
            CAMVID_CLASSES[scene.label_space.names[row.class_id]] * 1000 + row.id % 1000: row.area
            for row in scene.instance_table()
            if row.id >= 1000 and scene.label_space.names[row.class_id] in PARTS
        }
        numbers, areas = np.unique(maps.objects[maps.objects > 0], return_counts=True)
        assert dict(zip(numbers.tolist(), areas.tolist(), strict=True)) == expected
        assert scene.parts is not None
        assert np.array_equal(maps.parts, scene.parts)
        categories |= {number // 1000 for number in expected}
    assert categories == {24, 25, 26}


def test_training_and_validation_share_no_scene() -> None:
    pictures = street_pictures(20, 64, 48)
    assert [p.split for p in pictures] == ["train"] * 20 + ["val"] * 2
    train, val = pictures[1].read(), pictures[21].read()
    assert (train.name, val.name) == ("000001", "000001")
    assert not np.array_equal(train.objects, val.objects)
    assert [p.split for p in street_pictures(1)] == ["train", "val"]


def test_a_scene_without_parts_is_refused() -> None:
    scene = replace(Streets("train", 1, 64, 48)[0], parts=None)
    with pytest.raises(InputError, match="'s7' has no map of parts"):
        scene_objects(scene, CAMVID_CLASSES, "train", "s7")
