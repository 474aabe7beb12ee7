"""The part categories of iPOSE and PartNet: which objects have parts, and whose examples show them.

Source of all tables: the released implementation of iPOSE. One space of ids joins the 20 classes of PASCAL
VOC (1..20), ids of Cityscapes (24..33) and further ones (36..). A number says nothing to the networks, but
codes of objects, folders of support maps and checkpoints' presets are made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scumble.label_space import LabelSpace


@dataclass(frozen=True)
class PartCategory:
    """A kind of object that has parts.

    Attributes:
        id: the number.
        name: of the objects; several numbers may have one name.
        training_supports: id whose folder of support maps PartNet's training uses.
        supports: id whose folder of support maps iPOSE uses.
    """

    id: int
    name: str
    training_supports: int
    supports: int


_NAMES = {
    1: "aeroplane",
    2: "bicycle",
    3: "bird",
    4: "boat",
    5: "bottle",
    6: "bus",
    7: "car",
    8: "cat",
    9: "chair",
    10: "cow",
    11: "table",
    12: "dog",
    13: "horse",
    14: "motorbike",
    15: "person",
    16: "potted plant",
    17: "sheep",
    18: "sofa",
    19: "train",
    20: "tv monitor",
    24: "person",
    25: "rider",
    26: "car",
    27: "truck",
    28: "bus",
    31: "train",
    32: "motorcycle",
    33: "bicycle",
    35: "car",  # of ADE20K, never used
    36: "washer",
    37: "stop sign",
    38: "microwave",
    39: "van",
    40: "zebra",
}
# Categories without support maps of their own; in training and in iPOSE a van looks like different cars.
_SUPPORTS = {6: 28, 7: 26, 15: 24, 25: 24, 31: 19, 32: 14, 33: 2, 35: 26, 39: 7, 40: 13}
_TRAINING_SUPPORTS = {**_SUPPORTS, 39: 26}

PART_CATEGORIES: Mapping[int, PartCategory] = {
    i: PartCategory(i, name, _TRAINING_SUPPORTS.get(i, i), _SUPPORTS.get(i, i)) for i, name in _NAMES.items()
}
"""All part categories by their ids."""

MERGED_PARTS: Mapping[int, Mapping[int, int]] = {36: {2: 1, 3: 1}}
"""Part labels of support maps that iPOSE (not PartNet's training) replaces, by the id of the folder."""

# Active lists: the order fixes the index by which a network finds its supports.
PARTNET_ACTIVE = (*range(1, 21), *range(24, 29), 36, 37)
"""The categories that PartNet has supports for when it trains."""
PARTNET_TRAINED = (*range(1, 8), *range(9, 21), *range(24, 29))
"""Those it sees objects of; cat (8), washer (36) and stop sign (37) are held out."""
CITYSCAPES_ACTIVE = (24, 25, 26, 27, 28, 31, 32, 33)
"""The categories of iPOSE for Cityscapes: classes of Cityscapes, in painting order."""
ADE20K_ACTIVE = (*range(1, 21), *range(24, 29), 36, 38, 39)
"""The categories of iPOSE for ADE20K."""
COCO_ACTIVE = (*range(1, 21), *range(24, 29), *range(36, 41))
"""The categories of iPOSE for COCO-Stuff."""

# Class -> part category. The order is that of painting: where objects overlap, later ones win.
_ADE20K = (
    (4, "person", 24),
    (9, "car", 26),
    (68, "washer", 36),
    (6, "table", 11),
    (8, "chair", 9),
    (11, "sofa", 18),
    (48, "boat", 4),
    (50, "bus", 28),
    (53, "truck", 27),
    (58, "television", 20),
    (59, "airplane", 1),
    (64, "bottle", 5),
    (74, "minibike", 14),
    (83, "bicycle", 2),
    (80, "microwave", 38),
    (65, "van", 39),
)
ADE20K: Mapping[int, int] = {number: category for number, _, category in _ADE20K}
"""Of ADE20K's list of 100 instance classes (the red channel of its instance files)."""
ADE20K_CLASSES: Mapping[str, int] = {name: category for _, name, category in _ADE20K}
"""The same by the names of the classes in our label spaces."""
COCO: Mapping[int, int] = {
    1: 24,  # person
    2: 2,  # bicycle
    3: 26,  # car
    4: 14,  # motorcycle
    5: 1,  # airplane
    6: 28,  # bus
    7: 19,  # train
    8: 27,  # truck
    9: 4,  # boat
    13: 37,  # stop sign
    16: 3,  # bird
    17: 8,  # cat
    18: 12,  # dog
    19: 13,  # horse
    20: 17,  # sheep
    21: 10,  # cow
    44: 5,  # bottle
    62: 9,  # chair
    72: 20,  # tv
    78: 38,  # microwave
    24: 40,  # zebra
}
"""Of COCO ids (label files store the id - 1)."""
CAMVID_CLASSES: Mapping[str, int] = {"pedestrian": 24, "bicyclist": 25, "car": 26}
"""Of the classes of CamVid and of our streets; our choice, in the order of Cityscapes."""


def by_class_id(classes: Mapping[str, int], label_space: LabelSpace) -> dict[int, int]:
    """A table by class name as one by class id, in the same order.

    Args:
        classes: class name -> part category, in painting order.
        label_space: has all these classes.

    Raises:
        LabelError: there is no class of such a name; the message names the nearest.
    """
    return {label_space.index(name): category for name, category in classes.items()}
