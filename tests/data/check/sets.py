"""Small sound sets in every layout, drawn from seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.data.parts.fixture import car, write_object

WIDTH, HEIGHT = 48, 32
DESCRIPTION = """
name = "yards"

[files]
images = "photos/{split}/{name}.png"
labels = "maps/{split}/{name}.png"
instances = "objects/{split}/{name}.png"

[classes]
table = "classes.csv"
"""
CLASSES = "id,name,kind,r,g,b\n0,sky,stuff,1,2,3\n1,road,stuff,9,8,7\n2,car,thing,90,0,0\n"


@dataclass(frozen=True)
class Form:
    """How a layout stores scenes.

    Attributes:
        image: path of the photograph, with ``{split}`` and ``{n}``.
        labels: of the label map.
        instances: of the instance map, or "".
        parts: of the part map, or "".
        values: of sky, road and car in label maps.
        numbers: of the first car in instance maps; the others follow.
        splits: what training and validation are called.
    """

    image: str
    labels: str
    instances: str = ""
    parts: str = ""
    values: tuple[int, int, int] = (23, 7, 26)
    numbers: int = 26000
    splits: tuple[str, str] = ("train", "val")

    def path(self, kind: str, n: int = 0, split: int = 0) -> str:
        """Where a file of scene ``n`` is; the first split is that for training."""
        pattern: str = getattr(self, kind)
        return pattern.format(split=self.splits[split], n=n)

    def files(self, *kinds: str, scenes: int = 2) -> list[str]:
        """Where all files of some kinds are, in both splits."""
        return [self.path(kind, n, split) for kind in kinds for split in range(2) for n in range(scenes)]


_CITY = "{split}/bern/bern_000000_{n:06d}"
_UIDS = f"gtFinePanopticParts/{_CITY}_gtFinePanopticParts.tif"
_ADE = "{split}/ADE_{n:08d}"
_PHOTOGRAPH = f"leftImg8bit/{_CITY}_leftImg8bit.png"
_GT = f"gtFine/{_CITY}_gtFine"

FORMS: Mapping[str, Form] = {
    "folder": Form(
        "photos/{split}/a{n}.png", "maps/{split}/a{n}.png", "objects/{split}/a{n}.png", "", (0, 1, 2), 101
    ),
    "cityscapes": Form(_PHOTOGRAPH, f"{_GT}_labelIds.png", f"{_GT}_instanceIds.png", _UIDS),
    "train-ids": Form(_PHOTOGRAPH, f"{_GT}_labelTrainIds.png", f"{_GT}_instanceIds.png", "", (10, 0, 13)),
    "ade20k": Form(
        f"images/{_ADE}.jpg",
        f"annotations/{_ADE}.png",
        f"annotations_instance/{_ADE}.png",
        "",
        (3, 7, 21),
        4001,
        ("training", "validation"),
    ),
    "coco-stuff": Form(
        "{split}_img/{n:012d}.jpg",
        "{split}_label/{n:012d}.png",
        "{split}_inst/{n:012d}.png",
        "",
        (156, 148, 2),
        101,
    ),
    "camvid": Form("{split}/{n}.png", "{split}annot/{n}.png", "{split}inst/{n}.png", "", (0, 3, 8), 8000),
    "editing": Form(
        "{split}/images/{n:06d}.png",
        "{split}/labels/{n:06d}.png",
        "{split}/inst_map/{n:06d}.png",
        "{split}/parts/{n:06d}.png",
    ),
    "panoptic-parts": Form(_PHOTOGRAPH, _UIDS),
    "pascal": Form(
        "JPEGImages/{split}_{n}.jpg",
        "{split}/{split}_{n}.tif",
        "",
        "",
        (60, 61, 7),
        7001,
        ("training", "validation"),
    ),
}
"""The layouts; ``train-ids`` is another form of that of Cityscapes, ``pascal`` of that of Panoptic Parts."""


@dataclass(frozen=True)
class Drawing:
    """A street: photograph ``[H, W, 3]``, regions ``[H, W]`` (0 sky, 1 road, 2 car), cars from 1 on."""

    image: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    cars: NDArray[np.uint8]


def draw(split: int, n: int, width: int = WIDTH, height: int = HEIGHT) -> Drawing:
    """Sky, road and three cars, which are at other places in the next scene."""
    rng = np.random.default_rng([split, n])
    regions = np.ones((height, width), np.uint8)
    regions[: int(rng.integers(8, 14))] = 0
    cars = np.zeros((height, width), np.uint8)
    for number in range(3):
        x = number * width // 3 + n % 2 * width // 6
        y = int(rng.integers(14, height - 8))
        cars[y : y + 8, x : x + width // 6] = number + 1
    regions[cars > 0] = 2
    colors = rng.integers(0, 200, (3, 3))
    noise = rng.integers(0, 50, (height, width, 3))
    return Drawing((colors[regions] + noise).astype(np.uint8), regions, cars)


def build(name: str, root: Path, scenes: int = 2) -> Path:
    """Write a sound set with two splits.

    Args:
        name: one of `FORMS`, or ``full-parts``.
        root: the folder of the set.
        scenes: in every split.
    """
    if name == "full-parts":
        return _build_parts(root)
    form = FORMS[name]
    for split in range(2):
        for n in range(scenes):
            drawing = draw(split, n)
            save(root / form.path("image", n, split), drawing.image)
            save(root / form.path("labels", n, split), _labels(name, drawing))
            if form.instances:
                save(root / form.path("instances", n, split), _instances(name, drawing))
            if form.parts:
                parts = _uids(form, drawing) if form.parts == _UIDS else (drawing.cars > 0).astype(np.uint8)
                save(root / form.path("parts", n, split), parts)
        if name == "camvid":
            lines = (
                f"{form.path('image', n, split)} {form.path('labels', n, split)}\n" for n in range(scenes)
            )
            (root / f"{form.splits[split]}.txt").write_text("".join(lines))
    if name == "folder":
        (root / "scumble.toml").write_text(DESCRIPTION)
        (root / "classes.csv").write_text(CLASSES)
    return root


def save(path: Path, values: NDArray[Any]) -> None:
    """Write an array as the ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, values)
    else:
        Image.fromarray(values).save(path)


def load(path: Path) -> NDArray[Any]:
    """Read what `save` wrote."""
    return np.array(np.load(path) if path.suffix == ".npy" else Image.open(path))


def labels_of(form: Form, drawing: Drawing) -> NDArray[np.uint8]:
    """The label map of a scene, in the values of a layout."""
    return np.array(form.values, np.uint8)[drawing.regions]


def _labels(name: str, drawing: Drawing) -> NDArray[Any]:
    form = FORMS[name]
    return _uids(form, drawing) if name in ("panoptic-parts", "pascal") else labels_of(form, drawing)


def _instances(name: str, drawing: Drawing) -> NDArray[Any]:
    form = FORMS[name]
    inside = drawing.cars > 0
    ids = np.where(inside, form.numbers + drawing.cars.astype(np.int32) - 1, 0)
    if name == "ade20k":
        return np.stack([ids // 1000, ids % 1000, 0 * ids], axis=-1).astype(np.uint8)
    if name in ("folder", "coco-stuff"):
        return ids.astype(np.uint8)
    return np.where(inside, ids, labels_of(form, drawing)).astype(np.uint16)


def _uids(form: Form, drawing: Drawing) -> NDArray[Any]:
    """The class alone on sky and road; on cars also the number, and part 1 on the upper half."""
    inside = drawing.cars > 0
    uids = np.where(inside, form.numbers + drawing.cars.astype(np.int32), labels_of(form, drawing))
    upper = inside & (np.arange(HEIGHT)[:, None] < 20)
    return np.where(upper, uids * 100 + 1, uids).astype(np.int32)


def _build_parts(root: Path) -> Path:
    for split in ("train", "val"):
        for n in range(2):
            write_object(root, f"{split}_{n}", split=split, parts=car(20 + n, 40))
    save(root / "support_shape/1/26/a_part.png", car())
    return root
