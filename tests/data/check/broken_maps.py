"""Label, instance and part maps that hold what they must not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.label_space import LabelSpace
from tests.data.check.breakers import (
    NOISE,
    Broken,
    array,
    as_npy,
    bilinear,
    changed,
    oriented,
    pixel,
    raw_png,
    replaced,
    swapped,
    trap,
)
from tests.data.check.sets import HEIGHT, WIDTH

CAMVID = LabelSpace.load("camvid").palette
CITYSCAPES = LabelSpace.load("cityscapes").palette
_ROW, _COLUMN = np.indices((HEIGHT, WIDTH))
_UNKNOWN_CLASS = "choose the label space"


def _colored_as_cityscapes(labels: NDArray[Any]) -> NDArray[Any]:
    """Sky, road and car of CamVid in the colors of another label space."""
    return CITYSCAPES[np.where(labels == 0, 23, np.where(labels == 3, 7, 26))]


def _half_transparent(labels: NDArray[Any]) -> NDArray[Any]:
    colors = np.array([[1, 2, 3], [9, 8, 7], [90, 0, 0]], np.uint8)[labels]
    return np.dstack([colors, np.where(_COLUMN == 4, 128, 255).astype(np.uint8)])


def _of_unknown_colors(path: Path) -> None:
    """Indices that are no ids, with a palette that is of no label space."""
    picture = Image.fromarray(np.where((_COLUMN == 6) & (_ROW > 2), 40, 3).astype(np.uint8), "P")
    picture.putpalette([(7 * i + c) % 251 for i in range(64) for c in range(3)])
    picture.save(path)


def _blue(colored: NDArray[Any]) -> NDArray[Any]:
    colored[9, 2, 2] = 7
    return colored


def _integers(row: int, value: int) -> NDArray[Any]:
    """0, and another value in one row."""
    return np.where(row == _ROW, value, 0).astype(np.int32)


VALUES: Mapping[str, Broken] = {
    "one pixel without a class": Broken(
        "editing", pixel("labels", 7, 5, 99), "labels", " 99 ", _UNKNOWN_CLASS, "x=7, y=5; 1 pixels"
    ),
    "a row without a class": Broken(
        "camvid",
        changed("labels", lambda v: np.where(_ROW == 31, 12, v).astype(np.uint8)),
        "labels",
        " 12 ",
        "use 11 ('void')",
        "x=0, y=31; 48 pixels",
    ),
    "255 where it has no meaning": Broken(
        "folder", pixel("labels", 7, 5, 255), "labels", " 255 ", "dont_care = 255", "x=7, y=5"
    ),
    "16 bits": Broken(
        "cityscapes", pixel("labels", 7, 5, 300, np.uint16), "labels", " 300 ", _UNKNOWN_CLASS, "x=7, y=5"
    ),
    "a negative id": Broken(
        "folder", array(_integers(3, -3)), "maps/train/a0.npy", " -3 ", _UNKNOWN_CLASS, "x=0, y=3"
    ),
    "200 in COCO-Stuff": Broken(
        "coco-stuff", pixel("labels", 7, 5, 200), "labels", " 200 ", "use 255 ('unlabeled')", "x=7, y=5"
    ),
    "25 among train ids": Broken(
        "train-ids", pixel("labels", 7, 5, 25), "labels", " 25 ", "use 255 ('unlabeled')", "x=7, y=5"
    ),
    "151 in ADE20K": Broken(
        "ade20k", pixel("labels", 7, 5, 151), "labels", " 151 ", _UNKNOWN_CLASS, "x=7, y=5"
    ),
    "ids from 1 on": Broken(
        "folder", changed("labels", lambda v: v + 1), "labels", " 3 ", "subtract 1 from all", "x="
    ),
    "a uid of three digits": Broken(
        "panoptic-parts", pixel("labels", 7, 5, 260), "labels", " 260 ", "file of Panoptic Parts", "x=7, y=5"
    ),
    "a uid of eight digits": Broken(
        "panoptic-parts",
        pixel("labels", 7, 5, 26001012),
        "labels",
        " 26001012 ",
        "file of Panoptic Parts",
        "x=7, y=5",
    ),
    "a uid of a class that does not exist": Broken(
        "panoptic-parts", pixel("labels", 7, 5, 77), "labels", " 77 ", _UNKNOWN_CLASS, "x=7, y=5"
    ),
    "a uid of a part that does not exist": Broken(
        "panoptic-parts", pixel("labels", 7, 5, 2600177), "labels", "77 ", "set the part to 0", "x=7, y=5"
    ),
    "a uid of a part that does not exist in PASCAL": Broken(
        "pascal", pixel("labels", 7, 5, 700199), "labels", "99 ", "set the part to 0", "x=7, y=5"
    ),
    "a uid of three digits beside label maps": Broken(
        "cityscapes", pixel("parts", 7, 5, 260), "parts", " 260 ", "file of Panoptic Parts", "x=7, y=5"
    ),
}
"""Values without a meaning."""

KINDS: Mapping[str, Broken] = {
    "a map of another size": Broken(
        "cityscapes", changed("labels", lambda v: v[::2, ::2]), "labels", "24 x 16", "nearest neighbour only"
    ),
    "a mask": Broken(
        "camvid",
        changed("labels", lambda v: np.where(v == 8, 255, 0).astype(np.uint8)),
        "labels",
        "0 and 255",
        "give this file as the mask",
    ),
    "a JPEG that is called PNG": Broken(
        "folder",
        replaced("labels", lambda path: Image.fromarray(NOISE[..., 0]).save(path, "JPEG")),
        "labels",
        "is a JPEG",
        "from the source of the annotation",
    ),
    "a photograph": Broken(
        "folder",
        changed("labels", lambda v: NOISE),
        "labels",
        "1,536 different",
        "give the label map of the photograph",
        "x=0, y=0",
    ),
    "blended colors": Broken(
        "camvid",
        changed("labels", lambda v: bilinear(CAMVID[v])),
        "labels",
        "the color (",
        "without smoothing",
        "x=0, y=",
    ),
    "colors of another label space": Broken(
        "camvid",
        changed("labels", _colored_as_cityscapes),
        "labels",
        "(70, 130, 180)",
        "the map was colored for",
        "x=0, y=0",
    ),
    "ids in three channels": Broken(
        "camvid",
        changed("labels", lambda v: np.dstack([v, v, v])),
        "labels",
        "(3, 3, 3)",
        "single-channel PNG",
        "x=0, y=",
    ),
    "transparency": Broken(
        "folder",
        changed("labels", _half_transparent),
        "labels",
        "alpha 128",
        "without transparency",
        "x=4, y=0",
    ),
    "a palette of unknown colors": Broken(
        "camvid", replaced("labels", _of_unknown_colors), "labels", " 40 ", _UNKNOWN_CLASS, "x=6, y=3"
    ),
    "grey of 4 bits": Broken(
        "editing", replaced("labels", raw_png(4, 0)), "labels", "raw mode L;4", "save it with 8 bits"
    ),
    "grey of 2 bits": Broken(
        "ade20k", replaced("labels", raw_png(2, 0)), "labels", "raw mode L;2", "save it with 8 bits"
    ),
    "colors of 16 bits": Broken(
        "folder", replaced("labels", raw_png(16, 2)), "labels", "16 bits per color", "PNG of 8 or 16 bits"
    ),
    "fractions in a TIFF": Broken(
        "panoptic-parts",
        changed("labels", lambda v: v.astype(np.float32)),
        "labels",
        "mode F",
        "single-channel PNG of 8 or 16 bits",
    ),
    "fractions in an array": Broken(
        "folder",
        array(np.zeros((HEIGHT, WIDTH), np.float32)),
        "maps/train/a0.npy",
        "float32",
        "one id per pixel, rows first",
    ),
    "an array of three dimensions": Broken(
        "folder",
        array(np.zeros((HEIGHT, WIDTH, 1), np.uint8)),
        "maps/train/a0.npy",
        "(32, 48, 1)",
        "one id per pixel, rows first",
    ),
    "an array of objects": Broken(
        "folder", as_npy(trap), "maps/train/a0.npy", "array of objects", "written by numpy.save"
    ),
    "a photograph that is turned by its EXIF data": Broken(
        "camvid", oriented("image", 6), "labels", "48 x 32", "without the orientation"
    ),
}
"""Files that are no maps of the photograph."""

_ONE_ANNOTATION = "make both from one annotation"

INSTANCES: Mapping[str, Broken] = {
    **{
        f"instance maps of other pictures in {layout}": Broken(
            layout,
            swapped("instances"),
            "instances",
            value,
            _ONE_ANNOTATION,
            "x=",
            2,
            ("--label-space", "cityscapes") if layout == "editing" else (),
        )
        for layout, value in {
            "cityscapes": "says 'car', the label 'road'",
            "editing": "says 'car', the label 'road'",
            "camvid": "says 'car', the label 'road'",
            "ade20k": "lies on 'road'",
            "coco-stuff": "lies on 'road'",
            "folder": "lies on 'road'",
        }.items()
    },
    "an instance map of another size": Broken(
        "coco-stuff",
        changed("instances", lambda v: v[:, :40]),
        "instances",
        "40 x 32",
        "nearest neighbour only",
    ),
    "a negative instance id": Broken(
        "camvid",
        replaced("instances", lambda path: Image.fromarray(_integers(3, -5)).save(path, "TIFF")),
        "instances",
        "instance id -5",
        "number the instances from 0",
        "x=0, y=3",
    ),
    "blue in a colored instance map": Broken(
        "ade20k", changed("instances", _blue), "instances", "blue 7", "one channel of 16 bits", "x=2, y=9"
    ),
    "an instance id of another class": Broken(
        "cityscapes",
        changed("instances", lambda v: np.where(v == 26001, 24001, v).astype(np.uint16)),
        "instances",
        "24001",
        _ONE_ANNOTATION,
        "x=",
    ),
    "instance ids beyond those of the class": Broken(
        "camvid",
        changed("instances", lambda v: np.where(v == 8001, 9001, v).astype(np.uint16)),
        "instances",
        "9001",
        _ONE_ANNOTATION,
        "x=",
    ),
    "an instance id of no class": Broken(
        "cityscapes",
        changed("instances", lambda v: np.where(v == 26001, 60001, v).astype(np.uint16)),
        "instances",
        "60001",
        _ONE_ANNOTATION,
        "x=",
    ),
    "a part map of another size": Broken(
        "editing", changed("parts", lambda v: v[:20]), "parts", "48 x 20", "nearest neighbour only"
    ),
}
"""Instance and part maps that do not fit."""
