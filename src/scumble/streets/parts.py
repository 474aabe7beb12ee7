"""The parts of the objects in rendered streets: the Cityscapes-Panoptic-Parts names, and a bicycle's."""

from __future__ import annotations

PARTS: dict[str, tuple[str, ...]] = {
    "car": ("window", "wheel", "light", "license plate", "chassis"),
    "pedestrian": ("torso", "head", "arm", "leg"),
    "bicyclist": ("torso", "head", "arm", "leg", "wheel", "frame"),
}
"""Names of the parts of each class that has parts. A part map holds the position in the tuple plus 1; 0 is
no part. The numbers of car and person are those of Cityscapes Panoptic Parts, which has no bicycle parts."""


def part_number(class_name: str, part: str | None) -> int:
    """The value of a part in a part map; 0 for None.

    Raises:
        KeyError, ValueError: there is no such class or part.
    """
    return 0 if part is None else PARTS[class_name].index(part) + 1
