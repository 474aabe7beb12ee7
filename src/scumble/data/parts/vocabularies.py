"""Which number a part of Panoptic Parts has in a part set: at most eight parts for every class.

Classes of Cityscapes keep their part ids. The many parts of PASCAL are grouped as the standard protocol of
Panoptic Parts groups them. PASCAL's bus, car and person are predicted from examples of Cityscapes, so they
get the parts of Cityscapes. PASCAL's classes without parts of their own are one part.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from scumble.data.parts.uids import DataSet, TablePart, table_parts
from scumble.scene import IdArray

_HUMAN = ("torso", "head", "arm", "leg")
_VEHICLE = ("window", "wheel", "light", "license plate", "chassis")
_WHOLE = ("whole",)

CITYSCAPES_PARTS: Mapping[int, tuple[str, ...]] = {
    24: _HUMAN,  # person
    25: _HUMAN,  # rider
    26: _VEHICLE,  # car
    27: _VEHICLE,  # truck
    28: _VEHICLE,  # bus
}
"""The parts of each class of Cityscapes, in the order of their numbers from 1."""
PASCAL_PARTS: Mapping[int, tuple[str, ...]] = {
    1: ("body", "engine", "wing", "stern", "wheel"),  # aeroplane
    2: ("wheel", "body"),  # bicycle
    3: ("head", "wing", "leg", "torso"),  # bird
    4: _WHOLE,  # boat
    5: ("cap", "body"),  # bottle
    6: _VEHICLE,  # bus
    7: _VEHICLE,  # car
    8: ("head", "lower leg", "tail", "torso"),  # cat
    9: _WHOLE,  # chair
    10: ("head", "tail", "lower leg", "torso"),  # cow
    11: _WHOLE,  # table
    12: ("head", "lower leg", "tail", "torso"),  # dog
    13: ("head", "tail", "leg", "torso"),  # horse
    14: ("wheel", "body"),  # motorbike
    15: _HUMAN,  # person
    16: ("pot", "plant"),  # potted plant
    17: ("head", "leg", "torso"),  # sheep
    18: _WHOLE,  # sofa
    19: _WHOLE,  # train
    20: ("screen", "frame"),  # tv monitor
}
"""The same for PASCAL."""

_UNLABELED = {2: "body", 4: "whole", 9: "whole", 11: "whole", 14: "body", 18: "whole", 19: "whole"}
"""What the unlabeled pixels of a class of PASCAL are; those of other classes are no part."""
_VEHICLE_NAMES = {
    "window": "window",
    "wheel": "wheel",
    "headlight": "light",
    "fliplate": "license plate",
    "bliplate": "license plate",
}
_HUMAN_GROUPS = {"lower arm": "arm", "upper arm": "arm", "lower leg": "leg", "upper leg": "leg"}


def parts_of(data_set: DataSet) -> Mapping[int, tuple[str, ...]]:
    """The names of the parts of each class that has parts."""
    return CITYSCAPES_PARTS if data_set == "cityscapes" else PASCAL_PARTS


@cache
def part_numbers(data_set: DataSet) -> IdArray:
    """The number in a part set for each class and part.

    Returns:
        ``[100, 100]``, 0..8, by sid and by pid as `scumble.data.parts.uids.fold_parts` gives it; pid 0 is
        "no part".
    """
    names = parts_of(data_set)
    table = np.zeros((100, 100), dtype=np.int32)
    for part in table_parts(data_set):
        name = part.name if data_set == "cityscapes" else _pascal_name(part)
        table[part.sid, part.pid] = names[part.sid].index(name) + 1
    if data_set == "pascal":
        for sid, name in _UNLABELED.items():
            table[sid, 0] = names[sid].index(name) + 1
    return table


def _pascal_name(part: TablePart) -> str:
    names = PASCAL_PARTS[part.sid]
    if names == _VEHICLE:
        return _VEHICLE_NAMES.get(part.name, "chassis")
    if names == _WHOLE:
        return "whole"
    return _HUMAN_GROUPS.get(part.group, part.group) if names == _HUMAN else part.group
