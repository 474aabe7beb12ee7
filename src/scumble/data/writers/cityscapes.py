"""Cityscapes with panoptic parts (``datasets``, sections 1 and 5), from scenes of CamVid's classes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from scumble.data.parts.uids import ABSENT, PanopticIds, table_parts
from scumble.data.writers.output import Split, class_table, save
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, Scene
from scumble.streets.parts import PARTS

CITY = "streets"
LABEL_IDS = {
    "sky": 23,
    "building": 11,
    "pole": 17,
    "road": 7,
    "pavement": 8,  # sidewalk
    "tree": 21,  # vegetation
    "sign": 20,  # traffic sign
    "fence": 13,
    "car": 26,
    "pedestrian": 24,  # person
    "bicyclist": 25,  # rider; the bicycle too
    "void": 0,
}
"""The Cityscapes label id of each class."""
_FIRST_THING = 24  # humans and vehicles, which have instances, come last
_SPLITS = {"train": "train", "test": "val"}  # the labels of the test split are not public
_FRAMES = 1_000_000


def scene_name(index: int) -> str:
    """City, sequence and frame of a scene, as in its file names."""
    sequence, frame = divmod(index, _FRAMES)
    return f"{CITY}_{sequence:06d}_{frame:06d}"


def write_scene(folder: Path, split: Split, index: int, scene: Scene) -> None:
    """Write the picture, labelIds (8 bits), instanceIds (16 bits) and, where known, the part uids (32 bits).

    Poles and signs, which have no instances in Cityscapes, get their label id. The scene's parts are
    numbered as those of `scumble.streets.PARTS`; a bicycle's belong to the rider and are no part.

    Args:
        folder: of the set.
        split: ``train``; ``test`` is written as ``val``.
        index: number of the scene.
        scene: of the label space ``camvid``.

    Raises:
        InputError: the place cannot be written.
        ConfigError: a class of the scene's label space has no label id.
    """
    labels = class_table(scene.label_space, LABEL_IDS, "cityscapes")[scene.labels]
    own = (scene.instances >= INSTANCES_PER_CLASS) & (labels >= _FIRST_THING)
    number = np.where(own, scene.instances % INSTANCES_PER_CLASS, ABSENT)
    ids = PanopticIds(labels, number, np.full_like(labels, ABSENT))
    place = Path(_SPLITS[split]) / CITY
    annotation = folder / "gtFine" / place / f"{scene_name(index)}_gtFine"
    save(folder / "leftImg8bit" / place / f"{scene_name(index)}_leftImg8bit.png", scene.image)
    save(annotation.with_name(f"{annotation.name}_labelIds.png"), labels.astype(np.uint8))
    save(annotation.with_name(f"{annotation.name}_instanceIds.png"), ids.sid_iid.astype(np.uint16))
    if scene.parts is not None:
        parts = np.where(own, _part_ids(scene.label_space)[scene.labels, scene.parts], ABSENT)
        name = f"{scene_name(index)}_gtFinePanopticParts.tif"
        uids = replace(ids, pid=parts).encode().astype(np.int32)
        save(folder / "gtFinePanopticParts" / place / name, uids, compression="tiff_lzw")


def _part_ids(space: LabelSpace) -> IdArray:
    """The part id for each class and part number of a scene, ``[classes, numbers]``; 0 is none."""
    known = {(part.sid, part.name): part.pid for part in table_parts("cityscapes")}
    table = np.zeros((len(space), 1 + max(map(len, PARTS.values()))), dtype=np.int32)
    for class_name, parts in PARTS.items():
        for number, part in enumerate(parts, 1):
            table[space.index(class_name), number] = known.get((LABEL_IDS[class_name], part), 0)
    return table
