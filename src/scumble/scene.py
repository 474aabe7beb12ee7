"""Scenes: what is in a photograph, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from scumble.errors import InputError
from scumble.label_space import LabelSpace

ImageArray = NDArray[np.uint8]
"""A picture, ``[H, W, 3]`` RGB, 0..255."""
IdArray = NDArray[np.int32]
"""A label map or an instance map, ``[H, W]``, ids from 0."""
MaskArray = NDArray[np.bool_]
"""A mask, ``[H, W]``, True for the chosen pixels."""
MAX_PARTS = 8
"""The largest number of a part, as in the published part sets."""
UNKNOWN_PART = 255
"""Value of a part map where nothing is known of parts."""


@dataclass(frozen=True)
class Instance:
    """One row of a scene's instance table.

    Attributes:
        id: the value in the instance map.
        class_id: the class of most of its pixels (the smaller id where two are equal).
        area: in pixels.
        box: ``(x0, y0, x1, y1)``, half-open, in pixels.
    """

    id: int
    class_id: int
    area: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Scene:
    """A photograph with its maps. The arrays are read-only.

    Attributes:
        image: ``[H, W, 3]`` RGB, 0..255.
        labels: ``[H, W]``, ids of the label space.
        instances: ``[H, W]``, ids from 0; pixels of one id are one instance (or one stuff region).
        label_space: the classes of ``labels``.
        parts: ``[H, W]``, number of the part of the object there, 0 for none, `UNKNOWN_PART` where it is not
            known; None if nothing is known.

    Raises:
        InputError: a type is wrong or the sizes differ.
        LabelError: a label is outside the label space.
    """

    image: ImageArray
    labels: IdArray
    instances: IdArray
    label_space: LabelSpace
    parts: IdArray | None = None

    def __post_init__(self) -> None:
        image = np.asarray(self.image)
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            raise InputError(
                f"The image is an array {image.shape} of {image.dtype}; expected [H, W, 3] of uint8."
            )
        maps = ("labels", "instances") if self.parts is None else ("labels", "instances", "parts")
        for name in maps:
            ids = np.asarray(getattr(self, name))
            if ids.dtype.kind not in "iu" or ids.ndim != 2:
                raise InputError(
                    f"The map of {name} is an array {ids.shape} of {ids.dtype}; expected [H, W] of integers."
                )
            if ids.shape != image.shape[:2]:
                raise InputError(
                    f"The map of {name} is {ids.shape[1]} x {ids.shape[0]} pixels, the image "
                    f"{image.shape[1]} x {image.shape[0]} (width x height); expected the same size."
                )
        self.label_space.check(np.asarray(self.labels))
        for name in maps[1:]:
            ids = np.asarray(getattr(self, name))
            if ids.min() < 0 or ids.max() > np.iinfo(np.int32).max:
                raise InputError(
                    f"The map of {name} has values {ids.min()}..{ids.max()}; expected 0..2147483647."
                )
        object.__setattr__(self, "image", _read_only(image, np.uint8))
        for name in maps:
            object.__setattr__(self, name, _read_only(getattr(self, name), np.int32))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def instance_table(self) -> list[Instance]:
        """All instances (stuff regions too) in the order of their ids."""
        ids = np.unique(self.instances)
        if ids[-1] < 2**22:
            # A table is far quicker than a binary search; it is only too long for very large ids.
            position_of_id = np.zeros(ids[-1] + 1, dtype=np.int64)
            position_of_id[ids] = np.arange(len(ids))
            position = position_of_id[self.instances]
        else:
            position = np.searchsorted(ids, self.instances)
        area = np.bincount(position.ravel())
        pairs, counts = np.unique(position * len(self.label_space) + self.labels, return_counts=True)
        owner, class_id = np.divmod(pairs, len(self.label_space))
        # Sorted by instance, then by falling number of pixels: the first of each instance is its class.
        order = np.lexsort((class_id, -counts, owner))
        first = np.unique(owner[order], return_index=True)[1]
        majority = class_id[order][first]
        boxes = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(position + 1)]
        rows = zip(ids.tolist(), majority.tolist(), area.tolist(), boxes, strict=True)
        return [Instance(*row) for row in rows]

    def select(self, selector: str) -> MaskArray:
        """The pixels that a selector means.

        Args:
            selector: ``car`` for all pixels of a class, ``car#0`` for its largest instance, ``car#1`` for the
                next (by area; the smaller id first where areas are equal).

        Returns:
            ``[H, W]``, True for the selected pixels, at least one.

        Raises:
            LabelError: there is no such class.
            InputError: the scene holds nothing of the class, or no such instance; says what there is.
        """
        name, hash_sign, number = selector.partition("#")
        class_id = self.label_space.index(name)
        name = self.label_space.names[class_id]
        of_class: MaskArray = self.labels == class_id
        if not of_class.any():
            present = ", ".join(self.label_space.names[i] for i in np.unique(self.labels).tolist())
            raise InputError(f"There is no {name!r} in this scene; it has: {present}.")
        if not hash_sign:
            return of_class
        if not (number.isascii() and number.isdigit()):
            raise InputError(
                f"The selector {selector!r} ends in {number!r}; expected a number as in '{name}#0'."
            )
        found = [row for row in self.instance_table() if row.class_id == class_id]
        found.sort(key=lambda row: (-row.area, row.id))
        # Compared by length first, because turning thousands of digits into an int is refused by Python.
        if len(number) > 9 or int(number) >= len(found):
            raise InputError(f"There is no {selector!r} in this scene: {_count_instances(name, len(found))}.")
        return np.asarray(self.instances == found[int(number)].id)


def _count_instances(name: str, count: int) -> str:
    if count == 0:
        return f"{name!r} has pixels, but most of every instance they belong to is of another class"
    if count == 1:
        return f"there is 1 instance of {name!r}: {name}#0"
    return f"there are {count} instances of {name!r}: {name}#0 .. {name}#{count - 1}"


def _read_only(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    values = np.asarray(values)
    if values.dtype != dtype or values.flags.writeable or values.base is not None:
        # A read-only view may still change under us through its base.
        values = np.array(values, dtype=dtype, order="C")
        values.flags.writeable = False
    return values
