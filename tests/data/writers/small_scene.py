"""A scene of a few pixels with every case that the writers tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.label_space import LabelSpace
from scumble.scene import Scene
from scumble.streets.parts import part_number

CAMVID = LabelSpace.load("camvid")


def small_scene(*, parts: bool = True) -> Scene:
    """Six rows: sky, poles, cars, a car of no instance and road, people, void and a sign."""
    sky, pole, road, sign, car, pedestrian, bicyclist, void = (
        CAMVID.index(name)
        for name in ("sky", "pole", "road", "sign", "car", "pedestrian", "bicyclist", "void")
    )
    labels = np.array(
        [
            [sky] * 4,
            [pole, pole, pole, sky],
            [car] * 4,
            [car, car, road, road],
            [pedestrian, pedestrian, bicyclist, bicyclist],
            [void, void, sign, sign],
        ]
    )
    instances = labels.copy()
    instances[1, :2] = 1000 * pole + 7
    instances[2] = [1000 * car, 1000 * car, 1000 * car + 12, 1000 * car + 12]
    instances[4] = [1000 * pedestrian + 3, 1000 * pedestrian + 3, 1000 * bicyclist, 1000 * bicyclist]
    instances[5, 2:] = 1000 * sign
    numbers = np.zeros_like(labels)
    numbers[2] = [part_number("car", part) for part in ("window", "wheel", "license plate", "chassis")]
    numbers[4] = [
        *(part_number("pedestrian", part) for part in ("head", None)),
        *(part_number("bicyclist", part) for part in ("leg", "wheel")),
    ]
    return Scene(picture(labels), labels, instances, CAMVID, numbers if parts else None)


def picture(labels: NDArray[Any]) -> NDArray[np.uint8]:
    """Some picture of the size of a map."""
    return np.random.default_rng(0).integers(0, 256, (*labels.shape, 3), dtype=np.uint8)
