"""A part set of cars and persons that tests write."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scumble.data.parts.part_set import PartArray
from scumble.data.parts.supports import write_supports
from tests.data.parts.fixture import car, write_object

CAR, PERSON = 26, 24


def person(height: int = 50, width: int = 24) -> PartArray:
    """A part map: torso, a narrower head above it and two legs below; the rest is nothing."""
    parts = np.ones((height, width), dtype=np.uint8)
    parts[: height // 5] = 0
    parts[: height // 5, width // 3 : -width // 3] = 2
    parts[-height // 3 :] = 4
    parts[-height // 3 :, width // 2 - 2 : width // 2 + 2] = 0
    return parts


def write_part_set(root: Path, *, train: int = 3, val: int = 2) -> Path:
    """Cars and persons of different proportions, with as many supports as there are objects for."""
    for category, draw in ((CAR, car), (PERSON, person)):
        for i in range(train):
            write_object(root, f"t{i}", category=category, parts=draw(30 + 4 * i, 48))
        for i in range(val):
            write_object(root, f"v{i}", category=category, split="val", parts=draw(36, 40 + 6 * i))
        write_supports(root, category)
    return root
