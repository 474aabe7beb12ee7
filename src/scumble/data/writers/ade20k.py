"""ADE20K's challenge layout (``datasets``, section 2), from scenes of CamVid's classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scumble.data.writers.output import Split, class_table, save
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, Scene

CLASS_NAMES = {
    "sky": "sky",
    "building": "building",
    "pole": "pole",
    "road": "road",
    "pavement": "sidewalk",
    "tree": "tree",
    "sign": "signboard",
    "fence": "fence",
    "car": "car",
    "pedestrian": "person",
    "bicyclist": "person",  # with the bicycle
    "void": "other",
}
"""What ADE20K calls each class."""
INSTANCE_CATEGORIES = {"car": 4, "person": 5, "signboard": 25, "pole": 61}
"""The numbers, of 1..100, that the things among them have in instance maps."""
MOST_INSTANCES = 255
"""Instances of a picture that can be numbered in 8 bits."""

_SPLITS = {"train": ("training", "train"), "test": ("validation", "val")}


def scene_name(split: Split, index: int) -> str:
    """The file stem of a scene; ADE20K counts from 1."""
    return f"ADE_{_SPLITS[split][1]}_{index + 1:08d}"


def write_scene(folder: Path, split: Split, index: int, scene: Scene) -> None:
    """Write the photograph (JPEG, quality 95), annotations (0..150) and colored instance maps.

    A pixel of an instance has its category as red and a number that no other instance of the picture has
    as green; pixels without an instance of their own are black, as are those of the smallest instances
    beyond 255. Parts are not in this layout.

    Args:
        folder: of the set.
        split: ``train`` is written as ``training``, ``test`` as ``validation``.
        index: number of the scene.
        scene: of the label space ``camvid``.

    Raises:
        InputError: the place cannot be written.
        ConfigError: a class of the scene's label space has no counterpart.
    """
    ade = LabelSpace.load("ade20k")
    ids = {name: ade.index(counterpart) for name, counterpart in CLASS_NAMES.items()}
    labels = class_table(scene.label_space, ids, "ade20k")[scene.labels]
    categories = np.zeros(len(ade), dtype=np.uint8)
    for name, category in INSTANCE_CATEGORIES.items():
        categories[ade.index(name)] = category
    place, stem = _SPLITS[split][0], scene_name(split, index)
    save(folder / "images" / place / f"{stem}.jpg", scene.image, quality=95)
    save(folder / "annotations" / place / f"{stem}.png", labels.astype(np.uint8))
    colored = _colored(scene.instances, categories[labels])
    save(folder / "annotations_instance" / place / f"{stem}.png", colored)


def _colored(instances: IdArray, categories: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Category, number and 0 for every pixel ``[H, W, 3]``."""
    own = (instances >= INSTANCES_PER_CLASS) & (categories > 0)
    ids, position, areas = np.unique(instances[own], return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-areas, kind="stable")[:MOST_INSTANCES])
    number = np.zeros(len(ids), dtype=np.uint8)
    number[kept] = np.arange(1, len(kept) + 1)
    colored = np.zeros((*instances.shape, 3), dtype=np.uint8)
    colored[own, 1] = number[position]
    colored[..., 0] = np.where(colored[..., 1] > 0, categories, 0)
    return colored
