"""Whole scenes: picture and maps agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pytest

from scumble.instances import INSTANCES_PER_CLASS, SMALLEST_INSTANCE
from scumble.scene import Scene
from scumble.streets import PARTS, Streets, render_street

SEEDS = range(24)
SCENES = {seed: render_street(seed, 128, 128) for seed in SEEDS}
SPACE = SCENES[0].label_space


def instances_agree(scene: Scene) -> None:
    """Every instance has one class, which its id says; only things that can be told are instances."""
    pairs = np.unique(np.stack([scene.instances, scene.labels], -1).reshape(-1, 2), axis=0)
    for instance, class_id in pairs.tolist():
        if instance >= INSTANCES_PER_CLASS:
            assert instance // INSTANCES_PER_CLASS == class_id
            assert class_id in SPACE.things
            assert (scene.instances == instance).sum() >= SMALLEST_INSTANCE
        else:
            assert instance == class_id


def parts_agree(scene: Scene) -> None:
    """Parts lie inside their object and are parts of its class; every car has a body."""
    assert scene.parts is not None
    for instance in np.unique(scene.instances):
        parts = np.unique(scene.parts[scene.instances == instance])
        name = SPACE.names[int(instance) // INSTANCES_PER_CLASS]
        if instance >= INSTANCES_PER_CLASS and name in PARTS:
            assert parts.min() >= 1
            assert parts.max() <= len(PARTS[name])
            if name == "car":
                assert PARTS["car"].index("chassis") + 1 in parts
        else:
            assert parts.tolist() == [0]


def everything_occurs(scenes: Iterable[Scene]) -> None:
    """All classes and all parts of every class."""
    classes: set[int] = set()
    parts: dict[str, set[int]] = {name: set() for name in PARTS}
    for scene in scenes:
        assert scene.parts is not None
        classes |= set(np.unique(scene.labels).tolist())
        for name, seen in parts.items():
            seen |= set(np.unique(scene.parts[scene.labels == SPACE.index(name)]).tolist())
    assert {SPACE.names[i] for i in classes} == set(SPACE.names) - {"void"}
    for name, seen in parts.items():
        assert seen - {0} == set(range(1, len(PARTS[name]) + 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_picture_and_maps_agree(seed: int) -> None:
    instances_agree(SCENES[seed])
    parts_agree(SCENES[seed])


def test_all_classes_and_parts_occur() -> None:
    everything_occurs(SCENES.values())


@pytest.mark.slow
def test_a_thousand_scenes_agree_and_differ() -> None:
    pictures, scenes = set(), []
    for seed in range(1000):
        scene = render_street(seed)
        instances_agree(scene)
        parts_agree(scene)
        pictures.add(hashlib.sha256(scene.image.tobytes()).digest())
        scenes.append(scene)
    everything_occurs(scenes)
    assert len(pictures) == 1000


def test_one_seed_gives_the_same_bytes_and_two_never_the_same_picture() -> None:
    again = render_street(3, 128, 128)
    for name in ("image", "labels", "instances", "parts"):
        assert np.array_equal(getattr(again, name), getattr(SCENES[3], name))
    assert len({scene.image.tobytes() for scene in SCENES.values()}) == len(SCENES)


@pytest.mark.parametrize("size", [(1, 1), (40, 97), (333, 64), (64, 200)])
def test_every_size_can_be_rendered(size: tuple[int, int]) -> None:
    scene = render_street(5, *size)
    assert scene.size == size


def test_the_picture_follows_the_maps() -> None:
    """Sky is brighter than road in nearly every scene: picture and maps are not mixed up."""
    sky, road = SPACE.index("sky"), SPACE.index("road")
    brighter = [
        scene.image[scene.labels == sky].mean() > scene.image[scene.labels == road].mean()
        for scene in SCENES.values()
        if (scene.labels == sky).sum() > 50 and (scene.labels == road).sum() > 50
    ]
    assert len(brighter) > 12
    assert np.mean(brighter) > 0.85


def test_the_splits_share_no_scene() -> None:
    train, test = Streets("train", 4, 64, 64), Streets("test", 4, 64, 64)
    pictures = {data[i].image.tobytes() for data in (train, test) for i in range(4)}
    assert len(pictures) == 8
    assert np.array_equal(train[2].image, render_street(2, 64, 64).image)


@pytest.mark.parametrize(("split", "scenes"), [("val", 4), ("train", 0), ("train", 2_000_000_000)])
def test_impossible_sets_are_refused(split: str, scenes: int) -> None:
    with pytest.raises(Exception, match=split if split == "val" else str(scenes)):
        Streets(split, scenes)


def test_there_is_no_scene_behind_the_last() -> None:
    with pytest.raises(IndexError):
        Streets("train", 4)[4]
