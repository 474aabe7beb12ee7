"""Instance maps in scumble's numbering: derived from a label map, or from a map that numbers otherwise.

Stuff and void have their class id; instances of things have ``class * 1000 + k``, as in Cityscapes; thing
pixels that belong to no instance of their own have their class id.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from scumble.label_space import LabelSpace
from scumble.scene import IdArray, MaskArray

INSTANCES_PER_CLASS = 1000
"""Instance ids of a thing class are ``class * 1000 + k``, as in Cityscapes."""
SMALLEST_INSTANCE = 20
"""Components below this area, in pixels, do not become instances of their own."""


def instance_ids(class_id: int, label_space: LabelSpace) -> range:
    """The ids that single instances of a thing class may have.

    ``class * 1000 + k`` for k = 0..999, without those that are class ids themselves (which stand for
    stuff regions), so class 0 begins behind the last class.
    """
    first = max(class_id * INSTANCES_PER_CLASS, len(label_space))
    return range(first, (class_id + 1) * INSTANCES_PER_CLASS)


def derive_instances(labels: NDArray[np.integer[Any]], label_space: LabelSpace) -> IdArray:
    """An instance map for a picture that has none: the fallback that scumble declares.

    Things are the 8-connected components of their class, numbered ``class * 1000 + k`` from the largest
    (k = 0) down; components below 20 pixels, those beyond `instance_ids`, and stuff have the class id.
    Touching objects become one instance and occluded ones several.

    Args:
        labels: ``[H, W]``, ids of the label space.
        label_space: says which classes are things.

    Returns:
        ``[H, W]`` instance ids.

    Raises:
        LabelError: an id is outside the label space.
    """
    return consistent_instances(labels, np.zeros(labels.shape, dtype=np.int64), label_space)


def consistent_instances(
    labels: NDArray[np.integer[Any]], instances: NDArray[np.integer[Any]], label_space: LabelSpace
) -> IdArray:
    """What an instance map of any numbering means, in ours.

    Stuff and void take their class id. Thing pixels whose id says their class already, in the manner of
    Cityscapes, keep it (the bare class id only in maps whose stuff has its class id too). The other thing
    pixels form one instance for each pair of class and given id, renumbered with ids that are free, the
    largest first; where a class has more than there are ids, the smallest take the class id. An id that is
    0, or of which most pixels are stuff or void, means "no instance": its thing pixels are taken apart into
    components as `derive_instances` does.

    Args:
        labels: ``[H, W]``, ids of the label space.
        instances: ``[H, W]``, ids from 0 in any numbering, such as ADE's or 1..N.
        label_space: says which classes are things.

    Returns:
        ``[H, W]`` instance ids; a map of CamVid or Cityscapes that fits its labels comes back as it is.

    Raises:
        LabelError: a label is outside the label space.
    """
    label_space.check(labels)
    instances = instances.astype(np.int64, copy=False)  # 8 bits could not be compared with 1000
    is_thing = np.zeros(len(label_space), dtype=np.bool_)
    is_thing[sorted(label_space.things)] = True
    thing = is_thing[labels]
    in_class = (instances // INSTANCES_PER_CLASS == labels) & (instances >= len(label_space))
    kept = thing & (in_class | (_bare_ids(labels, instances, thing) & (instances != 0)))
    result = np.where(kept, instances, labels).astype(np.int32)
    others = thing & ~kept
    loose = others & (instances == 0)
    if (others & ~loose).any():
        loose |= others & _mostly_outside(instances, thing)
    for class_id in np.unique(labels[others]).tolist():
        of_class = others & (labels == class_id)
        used = result[kept & (labels == class_id)]
        free = np.setdiff1d(instance_ids(class_id, label_space), used)
        objects = _objects(instances, of_class, loose)
        order = np.argsort(-np.bincount(objects)[1:], kind="stable")[: len(free)]
        id_of_object = np.full(objects.max() + 1, class_id, dtype=np.int32)
        id_of_object[order + 1] = free[: len(order)]
        result[of_class] = id_of_object[objects]
    return result


def _bare_ids(
    labels: NDArray[np.integer[Any]], instances: NDArray[np.integer[Any]], thing: MaskArray
) -> MaskArray:
    """The pixels whose id is their class id, which means "no instance of its own".

    Nowhere, if the stuff of the map is not numbered so: then instance 2 of a car, whose class is 2, is an
    instance like any other.
    """
    same = instances == labels
    stuff = ~thing
    return same if 2 * np.count_nonzero(same & stuff) >= np.count_nonzero(stuff) else np.zeros_like(same)


def _mostly_outside(instances: NDArray[np.integer[Any]], region: MaskArray) -> MaskArray:
    """The pixels of ids that have more pixels outside a region than in it.

    The majority decides, because the borders of objects in two maps seldom agree to the pixel.
    """
    position = np.unique(instances, return_inverse=True)[1].ravel()
    inside = np.bincount(position, weights=region.ravel())
    outside = 2 * inside < np.bincount(position)
    return np.asarray(outside[position].reshape(region.shape))


def _objects(
    instances: NDArray[np.integer[Any]], of_class: MaskArray, loose: MaskArray
) -> NDArray[np.integer[Any]]:
    """The object of each pixel of a class, ``[number of pixels]``, counted from 1; 0 means none.

    An object is a given id or, among the pixels in ``loose``, a component that is large enough.
    """
    components, count = ndimage.label(of_class & loose, structure=np.ones((3, 3)))
    objects: NDArray[np.integer[Any]] = components[of_class]
    area = np.bincount(objects, minlength=count + 1)
    objects[area[objects] < SMALLEST_INSTANCE] = 0
    given = ~loose[of_class]
    objects[given] = count + 1 + np.unique(instances[of_class][given], return_inverse=True)[1]
    return objects
