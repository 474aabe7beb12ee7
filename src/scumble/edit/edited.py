"""What operations give, and what several of them do with maps and masks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy import ndimage

from scumble.errors import InputError
from scumble.instances import instance_ids
from scumble.scene import UNKNOWN_PART, IdArray, MaskArray, Scene


@dataclass(frozen=True)
class Style:
    """Where the look of an instance comes from.

    Attributes:
        path: a picture file; it is opened only when the edit is carried out by a model.
        class_name: the class in that picture to take the look from; None means the class of the instance.
        labels: the picture's label map; without one the look of the whole picture is taken.
    """

    path: str
    class_name: str | None = None
    labels: str | None = None


@dataclass(frozen=True, eq=False)
class Edited:
    """What an edit makes of a scene.

    Attributes:
        scene: the new maps; the image is the old one, with mid grey where the canvas grew.
        mask: ``[H, W]``, True for the pixels to generate; none where objects are only merged or split.
        offset: place (x, y) of the old picture's upper left pixel in the new one.
        styles: the wanted look of instances, by instance id; all these ids occur in the scene.
    """

    scene: Scene
    mask: MaskArray
    offset: tuple[int, int]
    styles: dict[int, Style]


def frozen(mask: MaskArray) -> MaskArray:
    """The mask itself, read-only from now on."""
    mask.flags.writeable = False
    return mask


def checked_mask(mask: MaskArray) -> MaskArray:
    """A read-only copy of a mask that a caller gave."""
    array = np.asarray(mask)
    if array.dtype != np.bool_ or array.ndim != 2:
        raise InputError(f"The mask is an array {array.shape} of {array.dtype}; expected [H, W] of bool.")
    if not array.any():
        raise InputError("The mask is empty; expected at least one pixel to generate; paint a region.")
    return frozen(array.copy())


def expect_size(mask: MaskArray, scene: Scene) -> None:
    """Refuse a mask that does not have the size of the picture.

    Raises:
        InputError: gives both sizes.
    """
    found = (mask.shape[1], mask.shape[0])
    if found != scene.size:
        raise InputError(
            f"The mask is {found[0]} x {found[1]} pixels (width x height), the picture {scene.size[0]} x "
            f"{scene.size[1]}; expected the same size; draw the mask at the size of the picture."
        )


def dilated(mask: MaskArray, radius: int) -> MaskArray:
    """The pixels within a Euclidean distance of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    window = (
        slice(max(rows[0] - radius, 0), rows[-1] + radius + 1),
        slice(max(columns[0] - radius, 0), columns[-1] + radius + 1),
    )
    dilated = mask.copy()
    dilated[window] = ndimage.distance_transform_edt(~mask[window]) <= radius if not mask.all() else True
    return frozen(dilated)


def paint_region(
    scene: Scene, region: MaskArray, class_name: str, style: Style | None, instance: int | None = None
) -> Edited:
    """Paint a region as a class.

    Args:
        scene: the old maps.
        region: ``[H, W]``, True for what is painted.
        class_name: what it becomes.
        style: the look of the instance, or None.
        instance: the instance of this class that grows; None for a new one (stuff: for more of it).

    Raises:
        InputError: there is no such instance, or there are too many.
        LabelError: there is no such class.
    """
    class_id = scene.label_space.index(class_name)
    instance_id = new_instance_id(scene, class_id) if instance is None else instance
    if instance is not None and not (scene.labels[scene.instances == instance] == class_id).any():
        raise InputError(
            f"There is no {class_name!r} with the instance id {instance} in this scene, so it cannot grow; "
            "expected an id of the instance map; leave it out to paint a new one."
        )
    labels: IdArray = np.where(region, np.int32(class_id), scene.labels)
    instances: IdArray = np.where(region, np.int32(instance_id), scene.instances)
    changed = with_maps(scene, labels, instances, region)
    return Edited(changed, frozen(region), (0, 0), {} if style is None else {instance_id: style})


def fill_with_background(
    scene: Scene, selected: MaskArray, hole: MaskArray, labels: IdArray, instances: IdArray, selector: str
) -> None:
    """Let the nearest background continue in a hole of the maps.

    Background is stuff that counts and is not itself selected.

    Args:
        scene: the old maps.
        selected: ``[H, W]``, what is taken away.
        hole: ``[H, W]``, where nothing takes its place; part of ``selected``.
        labels: ``[H, W]``, the new ones; the hole is filled in place.
        instances: ``[H, W]``, likewise.
        selector: how messages call what is taken away.

    Raises:
        InputError: there is no background.
    """
    space = scene.label_space
    is_background = np.ones(len(space), dtype=np.bool_)
    is_background[sorted(space.things)] = False
    if space.dont_care is not None:
        is_background[space.dont_care] = False
    background = is_background[scene.labels] & ~selected
    if not background.any():
        raise InputError(
            f"{selector!r} cannot be removed: outside it the scene has no pixel of a stuff class that "
            "counts, to continue in its place; expected at least one; paint it with a class instead."
        )
    y, x = ndimage.distance_transform_edt(~background, return_distances=False, return_indices=True)
    source = y[hole], x[hole]
    labels[hole] = scene.labels[source]
    instances[hole] = scene.instances[source]


def with_maps(scene: Scene, labels: IdArray, instances: IdArray, changed: MaskArray) -> Scene:
    """A scene with other maps; of what has changed no parts are known.

    Args:
        scene: the old maps.
        labels: ``[H, W]``, the new ones.
        instances: ``[H, W]``, the new ones.
        changed: ``[H, W]``, where either differs.
    """
    parts = None if scene.parts is None else np.where(changed, np.int32(UNKNOWN_PART), scene.parts)
    return Scene(scene.image, labels, instances, scene.label_space, parts)


def new_instance_id(scene: Scene, class_id: int) -> int:
    """An unused id for a thing; for stuff the class id, so that it looks like what is visible of it.

    Raises:
        InputError: all ids of the class are used.
    """
    return new_instance_ids(scene, class_id, 1)[0] if class_id in scene.label_space.things else class_id


def new_instance_ids(scene: Scene, class_id: int, count: int) -> list[int]:
    """The smallest unused ids for things of a class.

    Raises:
        InputError: there are not so many.
    """
    used = set(np.unique(scene.instances).tolist())
    unused = (i for i in instance_ids(class_id, scene.label_space) if i not in used)
    found = list(islice(unused, count))
    if len(found) < count:
        name = scene.label_space.names[class_id]
        raise InputError(f"There are too many instances of {name!r} to add {count}; remove some first.")
    return found


def select_one(scene: Scene, selector: str, purpose: str) -> tuple[MaskArray, int]:
    """The pixels of what must be one instance, and its id.

    Args:
        scene: the maps.
        selector: ``car#0``, see `Scene.select`.
        purpose: what is to be done with it, for the message.

    Raises:
        LabelError: there is no such class.
        InputError: nothing or several instances are selected.
    """
    selected = scene.select(selector)
    ids = np.unique(scene.instances[selected])
    if len(ids) > 1:
        raise InputError(
            f"{selector!r} means {len(ids)} instances; expected one to {purpose}; name it, as in "
            f"'{selector}#0'."
        )
    return selected, int(ids[0])
