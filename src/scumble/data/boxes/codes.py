"""Object codes: maps that say for every pixel which object with a part category it belongs to, if any.

The pixels of an object have its code, part category * 1000 + number of the object (the numbering of
iPOSE); all other pixels are 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.data.boxes.records import OBJECTS_PER_CATEGORY, check_categories
from scumble.data.boxes.runs import Int64Array, MapArray, Runs, find_runs, look_up
from scumble.data.part_categories import ADE20K, COCO
from scumble.errors import InputError
from scumble.instances import INSTANCES_PER_CLASS
from scumble.scene import IdArray


def object_codes(labels: MapArray, instances: MapArray, part_categories: Mapping[int, int]) -> IdArray:
    """The object codes of a scene.

    An object is an instance ``class * 1000 + k`` on the pixels that have this class in the label map; its
    code is ``category * 1000 + k``. Pixels with the bare class id belong to no object.

    Args:
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``, in scumble's numbering (see `scumble.instances`).
        part_categories: class id -> part category, in painting order. The objects of several classes with
            one category are counted anew through these classes, as far as 1000.

    Returns:
        ``[H, W]`` codes, 0 for no object.

    Raises:
        InputError: a map cannot be used, or the sizes differ.
        ConfigError: a category is not in 1..2147482.
    """
    runs = find_runs(labels=labels, instances=instances)
    classes, ids = runs.values
    own_class, number = np.divmod(ids, INSTANCES_PER_CLASS)
    is_object = (own_class == classes) & (ids != classes)
    return _codes(runs, np.where(is_object, classes, -1), number, part_categories)


def ade20k_codes(instances: NDArray[np.integer[Any]], part_categories: Mapping[int, int] = ADE20K) -> IdArray:
    """The object codes of an instance file of ADE20K.

    Args:
        instances: ``[H, W, 3]``, red: class of the list of 100 instance classes; green: number of the
            object in the picture; both 0..255.
        part_categories: class of that list -> part category, in painting order.

    Returns:
        ``[H, W]`` codes ``category * 1000 + green``, 0 for no object.

    Raises:
        InputError: the array is not RGB of integers, or is empty.
        ConfigError: a category is not in 1..2147482.
    """
    if instances.ndim != 3 or instances.shape[2] != 3:
        raise InputError(
            f"The map of instances is an array {instances.shape}; expected [H, W, 3]: ADE20K has the class "
            "of an object in the red channel and its number in the green one; read the PNG as RGB."
        )
    runs = find_runs(classes=instances[..., 0], instances=instances[..., 1])
    return _codes(runs, runs.values[0], runs.values[1], part_categories)


def coco_codes(labels: MapArray, instances: MapArray, part_categories: Mapping[int, int] = COCO) -> IdArray:
    """The object codes of a picture of COCO-Stuff in the layout of SPADE.

    Args:
        labels: ``[H, W]``, COCO id - 1, or 255 for unlabelled.
        instances: ``[H, W]``, the label map with object k of the picture painted over it as k. Pixels of a
            thing outside all objects have the thing's label here and count as the object of that number.
        part_categories: COCO id -> part category, in painting order.

    Returns:
        ``[H, W]`` codes ``category * 1000 + value of the instance map``, 0 for no object.

    Raises:
        InputError: a map cannot be used, the sizes differ, or an object has a number above 999.
        ConfigError: a category is not in 1..2147482.
    """
    runs = find_runs(labels=labels, instances=instances)
    return _codes(runs, runs.values[0] + 1, runs.values[1], part_categories)


def _codes(
    runs: Runs, classes: Int64Array, numbers: Int64Array, part_categories: Mapping[int, int]
) -> IdArray:
    """The map of codes, from the class (negative: none) and the number of the object in every run."""
    check_categories(part_categories.values())
    category = np.where(classes < 0, 0, look_up(classes, part_categories))
    found = category > 0
    if found.any() and numbers[found].max() >= OBJECTS_PER_CATEGORY:
        raise InputError(
            f"The map of instances numbers an object {numbers[found].max()}; expected numbers below "
            f"{OBJECTS_PER_CATEGORY}; count the objects of a picture from 0."
        )
    codes = np.where(found, category * OBJECTS_PER_CATEGORY + numbers, 0)
    categories = list(part_categories.values())
    for shared in {c for c in categories if categories.count(c) > 1}:
        place = {class_id: i for i, (class_id, c) in enumerate(part_categories.items()) if c == shared}
        chosen = category == shared
        keys = look_up(classes[chosen], place) * OBJECTS_PER_CATEGORY + numbers[chosen]
        count = np.unique(keys, return_inverse=True)[1]
        codes[chosen] = np.where(count < OBJECTS_PER_CATEGORY, shared * OBJECTS_PER_CATEGORY + count, 0)
    return runs.spread(codes)
