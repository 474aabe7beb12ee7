"""Label spaces and scenes: what is in a photograph, where, and under which numbers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from scumble.errors import InputError, LabelError, nearest

ImageArray = NDArray[np.uint8]
"""A picture, ``[H, W, 3]`` RGB, 0..255."""
IdArray = NDArray[np.int32]
"""A label map or an instance map, ``[H, W]``, ids from 0."""
MaskArray = NDArray[np.bool_]
"""A mask, ``[H, W]``, True for the chosen pixels."""

INSTANCES_PER_CLASS = 1000
"""Instance ids of a thing class are ``class * 1000 + k``, as in Cityscapes."""
SMALLEST_INSTANCE = 20
"""Components below this area, in pixels, do not become instances of their own."""


@dataclass(frozen=True)
class LabelClass:
    """One class of a label space.

    Attributes:
        id: the number of the class in label maps.
        name: what users call it.
        color: red, green, blue, 0..255, for display.
        thing: True if its instances can be counted (car), False if not (sky).
    """

    id: int
    name: str
    color: tuple[int, int, int]
    thing: bool

    def __post_init__(self) -> None:
        if type(self.id) is not int:
            raise LabelError(f"A class id is {self.id!r}; expected a whole number.")
        if not isinstance(self.name, str) or not self.name.strip():
            raise LabelError(f"Class {self.id} is named {self.name!r}; expected a text that is not empty.")
        color = self.color
        if type(color) is not tuple or len(color) != 3 or any(type(c) is not int for c in color):
            raise LabelError(f"Class {self.name!r} has color {color!r}; expected three whole numbers.")
        if not all(0 <= value <= 255 for value in color):
            raise LabelError(f"Class {self.name!r} has color {color!r}; expected values from 0 to 255.")
        if type(self.thing) is not bool:
            raise LabelError(f"Class {self.name!r} has thing = {self.thing!r}; expected true or false.")


@dataclass(frozen=True)
class LabelSpace:
    """The classes of a data set, numbered 0..N-1 without gaps.

    Attributes:
        name: of the data set, for messages.
        classes: in the order of their ids.
        dont_care: id for pixels whose class is unknown or does not count, or None.

    Raises:
        LabelError: ids have gaps, two names agree (case aside), or ``dont_care`` is not one of the ids.
    """

    name: str
    classes: tuple[LabelClass, ...]
    dont_care: int | None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.classes:
            raise LabelError(f"Label space {self.name!r} needs a name and at least one class.")
        names: set[str] = set()
        for expected, label_class in enumerate(self.classes):
            if label_class.id != expected:
                raise LabelError(
                    f"Label space {self.name!r}: class {label_class.name!r} has id {label_class.id}, "
                    f"expected {expected}; number the classes 0, 1, 2, ... in order."
                )
            if label_class.name.lower() in names:
                raise LabelError(
                    f"Label space {self.name!r}: two classes are called {label_class.name!r}; rename one."
                )
            names.add(label_class.name.lower())
        if self.dont_care is not None and (
            type(self.dont_care) is not int or not 0 <= self.dont_care < len(self.classes)
        ):
            raise LabelError(
                f"Label space {self.name!r}: the don't-care id is {self.dont_care!r}; expected one of the "
                f"ids 0..{len(self.classes) - 1}, or none."
            )

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """The class names in the order of their ids."""
        return tuple(label_class.name for label_class in self.classes)

    @cached_property
    def things(self) -> frozenset[int]:
        """The ids of the classes whose instances can be counted."""
        return frozenset(label_class.id for label_class in self.classes if label_class.thing)

    @cached_property
    def palette(self) -> NDArray[np.uint8]:
        """The display colors, ``[N, 3]`` RGB, 0..255, read-only."""
        colors = np.array([label_class.color for label_class in self.classes], dtype=np.uint8)
        colors.flags.writeable = False
        return colors

    def index(self, name: str) -> int:
        """The id of a class.

        Args:
            name: the class name, in any case.

        Raises:
            LabelError: there is no such class; the message names the nearest.
        """
        for label_class in self.classes:
            if label_class.name.lower() == name.lower():
                return label_class.id
        hint = nearest(name, self.names)
        raise LabelError(f"There is no class {name!r} in label space {self.name!r}; {hint}")

    def check(self, labels: NDArray[Any], source: str = "The label map") -> None:
        """Refuse a label map with ids outside this label space.

        Args:
            labels: ``[H, W]``, integers.
            source: where the map comes from; begins the message.

        Raises:
            LabelError: names up to three bad ids, the first place of each and their numbers of pixels.
        """
        if labels.min() >= 0 and labels.max() < len(self):
            return
        wrong, counts = np.unique(labels[(labels < 0) | (labels >= len(self))], return_counts=True)
        found = []
        for value, count in zip(wrong[:3].tolist(), counts[:3].tolist(), strict=True):
            y, x = np.unravel_index(int(np.argmax(labels == value)), labels.shape)
            found.append(f"{value} (first at x={x}, y={y}; {count} pixels)")
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        remedy = "choose the label space that the map was made for"
        if self.dont_care is not None:
            name = self.classes[self.dont_care].name
            remedy = f"use {self.dont_care} ({name!r}) where the class is unknown, or {remedy}"
        raise LabelError(
            f"{source} has ids outside label space {self.name!r}: {', '.join(found)}{more}; "
            f"expected 0..{len(self) - 1}; {remedy}."
        )

    def colorize(self, labels: NDArray[np.integer[Any]]) -> ImageArray:
        """A label map as a picture.

        Args:
            labels: ``[H, W]``, ids of this label space.

        Returns:
            ``[H, W, 3]`` RGB, 0..255.

        Raises:
            LabelError: an id is outside the label space.
        """
        self.check(labels)
        picture: ImageArray = self.palette[labels]
        return picture

    def to_dict(self) -> dict[str, Any]:
        """The label space as JSON-able values; `from_dict` gives it back."""
        classes = [
            {"id": c.id, "name": c.name, "color": list(c.color), "thing": c.thing} for c in self.classes
        ]
        return {"name": self.name, "classes": classes, "dont_care": self.dont_care}

    @classmethod
    def from_dict(cls, value: Any) -> LabelSpace:
        """The label space that `to_dict` wrote.

        Args:
            value: what a JSON file held; nothing about it is trusted.

        Raises:
            LabelError: keys are missing or unknown, or a value has the wrong type.
        """
        _expect_keys(value, {"name", "classes", "dont_care"}, "A label space")
        if not isinstance(value["classes"], list):
            raise LabelError(f"The classes of a label space are {value['classes']!r}; expected a list.")
        classes = []
        for entry in value["classes"]:
            _expect_keys(entry, {"id", "name", "color", "thing"}, "A class of a label space")
            color = entry["color"]
            color = tuple(color) if isinstance(color, list) else color
            classes.append(LabelClass(entry["id"], entry["name"], color, entry["thing"]))
        return cls(value["name"], tuple(classes), value["dont_care"])

    @classmethod
    def load(cls, name: str) -> LabelSpace:
        """A label space that comes with the package: ``camvid``, ``cityscapes`` or ``ade20k``.

        The first class of kind ``void`` becomes the don't-care class.

        Raises:
            LabelError: there is no label space of that name.
        """
        palettes = {
            entry.name.removesuffix(".csv"): entry
            for entry in resources.files("scumble").joinpath("palettes").iterdir()
            if entry.name.endswith(".csv")
        }
        if name not in palettes:
            raise LabelError(f"There is no label space {name!r}; {nearest(name, sorted(palettes))}")
        rows = list(csv.DictReader(palettes[name].read_text(encoding="utf-8").splitlines()))
        classes = tuple(
            LabelClass(
                id=int(row["id"]),
                name=row["name"],
                color=(int(row["r"]), int(row["g"]), int(row["b"])),
                thing=row["kind"] == "thing",
            )
            for row in rows
        )
        dont_care = next((int(row["id"]) for row in rows if row["kind"] == "void"), None)
        return cls(name, classes, dont_care)


def _expect_keys(value: Any, keys: set[str], what: str) -> None:
    if not isinstance(value, dict) or set(value) != keys:
        found = sorted(map(str, value)) if isinstance(value, dict) else repr(value)
        raise LabelError(f"{what} is written as {found}; expected the keys {', '.join(sorted(keys))}.")


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

    Raises:
        InputError: a type is wrong or the sizes differ.
        LabelError: a label is outside the label space.
    """

    image: ImageArray
    labels: IdArray
    instances: IdArray
    label_space: LabelSpace

    def __post_init__(self) -> None:
        image = np.asarray(self.image)
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            raise InputError(
                f"The image is an array {image.shape} of {image.dtype}; expected [H, W, 3] of uint8."
            )
        for name in ("labels", "instances"):
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
        instances = np.asarray(self.instances)
        if instances.min() < 0 or instances.max() > np.iinfo(np.int32).max:
            raise InputError(
                f"The map of instances has values {instances.min()}..{instances.max()}; "
                "expected 0..2147483647."
            )
        object.__setattr__(self, "image", _read_only(image, np.uint8))
        object.__setattr__(self, "labels", _read_only(self.labels, np.int32))
        object.__setattr__(self, "instances", _read_only(self.instances, np.int32))

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
    label_space.check(labels)
    instances = labels.astype(np.int32)
    present = np.flatnonzero(np.bincount(labels.ravel()))
    for class_id in sorted(label_space.things.intersection(present.tolist())):
        of_class = labels == class_id
        components, count = ndimage.label(of_class, structure=np.ones((3, 3)))
        area = np.bincount(components.ravel(), minlength=count + 1)[1:]
        ids = instance_ids(class_id, label_space)
        order = np.argsort(-area, kind="stable")
        order = order[area[order] >= SMALLEST_INSTANCE][: len(ids)]
        id_of_component = np.full(count + 1, class_id, dtype=np.int32)
        id_of_component[order + 1] = ids[: len(order)]
        instances[of_class] = id_of_component[components[of_class]]
    return instances
