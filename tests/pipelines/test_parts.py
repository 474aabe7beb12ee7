"""Inferring the parts of the objects of a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.errors import ConfigError, DataError, InputError
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.parts import infer_parts, part_table
from tests.data.parts.fixture import car
from tests.ipose_fixture import BICYCLIST, CAR, CATEGORIES, ROAD, ipose, street


def test_objects_get_parts_and_nothing_else_does() -> None:
    scene = street()
    parts = infer_parts(ipose(), scene.labels, scene.instances)
    assert parts.shape == scene.labels.shape
    assert parts.any()
    assert set(np.unique(parts)) <= set(range(9))
    assert not parts[scene.labels == ROAD].any()


def test_only_parts_that_a_support_shows_are_found() -> None:
    scene, checkpoint = street(), ipose()
    store = SupportStore(
        {26: np.where(car(64, 64) > 0, np.uint8(7), np.uint8(0))[None], 25: car(64, 64)[None]}
    )
    parts = infer_parts(checkpoint, scene.labels, scene.instances, supports=store)
    assert set(np.unique(parts[scene.labels == CAR])) <= {0, 7}


def test_a_map_without_objects_has_no_parts() -> None:
    scene = street(cars=0)
    assert not infer_parts(ipose(), scene.labels, scene.instances).any()
    assert part_table(scene.labels, scene.instances, scene.labels * 0, CATEGORIES) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1)])
def test_an_object_of_a_pixel_has_no_parts_and_stays_in_the_table(size: tuple[int, int]) -> None:
    scene = street(cars=0)
    labels, instances = scene.labels.copy(), scene.instances.copy()
    box = slice(20, 20 + size[0]), slice(30, 30 + size[1])
    labels[box], instances[box] = CAR, CAR * 1000
    parts = infer_parts(ipose(), labels, instances)
    assert parts.shape == labels.shape
    (row,) = part_table(labels, instances, parts, CATEGORIES)
    assert (row.area, row.box) == (size[0] * size[1], (30, 20, 30 + size[1], 20 + size[0]))


def test_a_category_without_supports_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    scene = street()
    with pytest.raises(DataError, match=r"no support maps of category 25; there are some of 26"):
        infer_parts(ipose(), scene.labels, scene.instances, supports=SupportStore({26: car(64, 64)[None]}))
    with pytest.raises(ConfigError, match=r"holds no support maps, and there is no .*; name a part set"):
        infer_parts(ipose(supports=False), scene.labels, scene.instances)


def test_supports_that_are_not_free_are_found_in_the_research_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    for category, part_map in ((26, car(30, 48)), (25, car(48, 30))):
        folder = tmp_path / "Full_Parts" / "support_shape" / "1" / str(category)
        folder.mkdir(parents=True)
        Image.fromarray(part_map.astype(np.uint8)).save(folder / "a_part.png")
    scene = street()
    found = infer_parts(ipose(supports=False), scene.labels, scene.instances)
    assert np.array_equal(found, infer_parts(ipose(), scene.labels, scene.instances))


def test_supports_may_show_different_numbers_of_parts() -> None:
    scene = street()
    one = np.where(car(64, 64) > 0, np.uint8(1), np.uint8(0))
    both = SupportStore.of({26: [car(64, 64), one], 25: [one, one]}, 2)
    assert infer_parts(ipose(), scene.labels, scene.instances, supports=both).shape == scene.labels.shape


def test_maps_of_different_size_are_refused() -> None:
    scene = street()
    with pytest.raises(InputError, match="expected the same size"):
        infer_parts(ipose(), scene.labels, scene.instances[1:])


def test_the_table_tells_object_by_object_what_there_is() -> None:
    scene = street()
    parts = np.zeros_like(scene.labels)
    parts[8:18, 6:50], parts[44:64, 52:82] = 5, 2
    larger, smaller = part_table(scene.labels, scene.instances, parts, CATEGORIES)
    assert (larger.instance, larger.class_id, larger.category) == (CAR * 1000, CAR, 26)
    assert (larger.box, larger.area, larger.parts) == ((6, 8, 50, 38), 1320, {0: 880, 5: 440})
    assert smaller.parts == {2: 600}
    assert BICYCLIST not in {larger.class_id, smaller.class_id}


@pytest.mark.parametrize("largest", [2**31, 2**40])
def test_ids_of_more_than_31_bits_are_refused(largest: int) -> None:
    scene = street()
    instances = scene.instances.astype(np.int64)
    instances[10, 10] = largest
    with pytest.raises(InputError, match=str(largest)):
        infer_parts(ipose(), scene.labels, instances)  # type: ignore[arg-type]
