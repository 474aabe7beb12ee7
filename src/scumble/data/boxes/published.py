"""Box records as the published loaders of iPOSE make them, before the augmentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.data.boxes.codes import ade20k_codes, coco_codes
from scumble.data.boxes.geometry import floor_resize
from scumble.data.boxes.records import BoxArray, object_boxes
from scumble.data.boxes.runs import MapArray
from scumble.data.part_categories import ADE20K, CITYSCAPES_ACTIVE, COCO


def cityscapes_boxes(instances: MapArray, categories: Iterable[int] = CITYSCAPES_ACTIVE) -> BoxArray:
    """The records of an instance map of Cityscapes, by rising code.

    The instance map is a map of codes already: its classes are the part categories.

    Args:
        instances: ``[H, W]`` at the size of the network's input: class id, or class id * 1000 + k.
        categories: the classes that count, in any order.

    Raises:
        InputError: the map cannot be used.
        ConfigError: a category is not in 1..2147482.
    """
    return object_boxes(instances, sorted(categories))


def ade20k_boxes(
    instances: NDArray[np.integer[Any]],
    width: int = 256,
    height: int = 256,
    part_categories: Mapping[int, int] = ADE20K,
) -> BoxArray:
    """The records of an instance file of ADE20K, squashed to the size of the network's input.

    Args:
        instances: ``[H0, W0, 3]``, as `ade20k_codes` takes it.
        width: of the network's input in pixels.
        height: of the network's input in pixels.
        part_categories: class of the list of 100 instance classes -> part category, in painting order.

    Raises:
        InputError: the array is not RGB of integers, or is empty.
        ConfigError: a category is not in 1..2147482.
    """
    codes = floor_resize(ade20k_codes(instances, part_categories), width, height)
    return object_boxes(codes, part_categories.values(), instances.shape[:2])


def coco_boxes(
    labels: MapArray,
    instances: MapArray,
    width: int = 256,
    height: int = 256,
    part_categories: Mapping[int, int] = COCO,
) -> BoxArray:
    """The records of a picture of COCO-Stuff, squashed to the size of the network's input.

    Args:
        labels: ``[H0, W0]``, as `coco_codes` takes it.
        instances: ``[H0, W0]``, as `coco_codes` takes it.
        width: of the network's input in pixels.
        height: of the network's input in pixels.
        part_categories: COCO id -> part category, in painting order.

    Raises:
        InputError: a map cannot be used, the sizes differ, or an object has a number above 999.
        ConfigError: a category is not in 1..2147482.
    """
    codes = floor_resize(coco_codes(labels, instances, part_categories), width, height)
    return object_boxes(codes, part_categories.values(), (labels.shape[0], labels.shape[1]))
