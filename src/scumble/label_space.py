"""Label spaces: the classes of a data set, and under which numbers they are in label maps."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.errors import LabelError, nearest


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

    def colorize(self, labels: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
        """A label map as a picture.

        Args:
            labels: ``[H, W]``, ids of this label space.

        Returns:
            ``[H, W, 3]`` RGB, 0..255.

        Raises:
            LabelError: an id is outside the label space.
        """
        self.check(labels)
        picture: NDArray[np.uint8] = self.palette[labels]
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
        """A label space that comes with the package.

        ``camvid``, ``cityscapes``, ``ade20k`` (0 is unlabelled), or ``ade20k-from-0`` (wall is 0, as in the
        landscapes of DivSem, and 150 is unlabelled). The first class of kind ``void`` becomes the
        don't-care class.

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
