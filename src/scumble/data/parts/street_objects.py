"""The objects of our own rendered streets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scumble.data.part_categories import CAMVID_CLASSES
from scumble.data.parts.cut import OBJECTS_PER_CATEGORY, ObjectMaps
from scumble.data.parts.part_set import Split
from scumble.errors import InputError
from scumble.instances import INSTANCES_PER_CLASS
from scumble.scene import Scene
from scumble.streets import Streets

TRAIN_PER_VAL = 10
"""There is one validation scene for so many training scenes."""


@dataclass(frozen=True)
class StreetPicture:
    """A street that is rendered when it is read.

    Attributes:
        split: training scenes share nothing with those of ``val``, which are of the streets' test split.
        index: of the scene in its split.
        width: in pixels.
        height: in pixels.
    """

    split: Split
    index: int
    width: int
    height: int

    @property
    def name(self) -> str:
        """The number of the scene."""
        return f"{self.index:06d}"

    def read(self) -> ObjectMaps:
        """Render the scene; cars become category 26, pedestrians 24, bicyclists with their bicycle 25."""
        streets = Streets(
            "train" if self.split == "train" else "test", self.index + 1, self.width, self.height
        )
        return scene_objects(streets[self.index], CAMVID_CLASSES, self.split, self.name)


def street_pictures(scenes: int, width: int = 256, height: int = 256) -> list[StreetPicture]:
    """Training scenes and a tenth as many validation scenes, at least one.

    Args:
        scenes: how many training scenes.
        width: of each in pixels.
        height: of each in pixels.
    """
    train = [StreetPicture("train", i, width, height) for i in range(scenes)]
    return train + [StreetPicture("val", i, width, height) for i in range(max(1, scenes // TRAIN_PER_VAL))]


def scene_objects(scene: Scene, classes: Mapping[str, int], split: Split, name: str) -> ObjectMaps:
    """The objects of a scene whose parts are known.

    Args:
        scene: with parts of at most 8; its instances are numbered ``class * 1000 + k``.
        classes: the part category of each class that has parts.
        split: which split of a part set they belong to.
        name: of the scene.

    Raises:
        InputError: the scene has no parts.
        LabelError: its label space has no such class.
    """
    if scene.parts is None:
        raise InputError(f"The scene {name!r} has no map of parts; give one whose parts are known.")
    category = np.zeros(len(scene.label_space), dtype=np.int32)
    for class_name, number in classes.items():
        category[scene.label_space.index(class_name)] = number
    of_instance, k = np.divmod(scene.instances, INSTANCES_PER_CLASS)
    single = (of_instance == scene.labels) & (category[scene.labels] > 0)
    objects = np.where(single, category[scene.labels] * OBJECTS_PER_CATEGORY + k, 0)
    return ObjectMaps(split, name, objects, scene.parts.astype(np.uint8))
