"""Label spaces: the classes of a data set, and under which numbers they are in label maps."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.errors import LabelError, nearest
from scumble.label_colors import close_pairs, ids_of_colors
from scumble.label_refusals import refused_colors, refused_values
from scumble.label_tables import UNKNOWN_NAMES, TableRow, parse_table, read_table, voc_color


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
        dont_care = None
        if self.dont_care is not None:
            dont_care = f"{self.dont_care} ({self.classes[self.dont_care].name!r})"
        raise refused_values(
            f"{source} has ids outside label space {self.name!r}",
            labels,
            (labels < 0) | (labels >= len(self)),
            f"0..{len(self) - 1}",
            dont_care,
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

    def ids_of(self, picture: NDArray[np.uint8], source: str = "The picture") -> NDArray[np.int32]:
        """The label map that `colorize` made a picture of.

        A color that several classes share means the don't-care class if that is among them.

        Args:
            picture: ``[H, W, 3]`` RGB, 0..255.
            source: where the picture comes from; begins the message.

        Returns:
            ``[H, W]`` class ids.

        Raises:
            LabelError: a color is not exactly that of a class, or that of several; the message tells what the
                picture looks like instead.
        """
        ids = ids_of_colors(picture, self.palette.tobytes(), self.dont_care)
        if ids.min() < 0:
            raise refused_colors(source, picture, ids, self)
        return ids

    def close_colors(self, distance: float) -> list[tuple[LabelClass, LabelClass]]:
        """Pairs of classes whose colors are hard to tell apart.

        Args:
            distance: pairs closer than this are returned; Euclidean distance of red, green and blue, 0..442.
                Any distance above 0 returns the classes that share a color, which `ids_of` cannot tell apart.

        Returns:
            The pairs in the order of their ids, the smaller id first.
        """
        return [(self.classes[i], self.classes[j]) for i, j in close_pairs(self.palette, distance)]

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

        ``ade20k`` (0 is unlabelled), ``ade20k-from-0`` (wall is 0, as in the landscapes of DivSem, and 150 is
        unlabelled), ``camvid`` (11 classes and void), ``camvid-32`` (all classes of its colored maps),
        ``cityscapes`` (34 label ids), ``cityscapes-train`` (19 train ids and unlabelled), ``coco-stuff`` (182
        is unlabelled) or ``coco-stuff-from-1`` (0 is unlabelled). The first class of kind ``void`` is the
        don't-care class. `LabelCoding.named` knows how the files of these data sets write the ids.

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
        return cls._of_rows(name, parse_table(palettes[name].read_text(encoding="utf-8"), f"{name}.csv"))

    @classmethod
    def from_table(cls, path: str | os.PathLike[str], things: Collection[str] = ()) -> LabelSpace:
        """The label space that a user's table of classes describes; its name is that of the file.

        Args:
            path: CSV with the header ``id,name[,kind][,r,g,b]``, kind being thing, stuff or void, or a text
                with lines ``ID NAME``. Classes without a color get that of PASCAL VOC for their id. The
                don't-care class is the first of kind void; without kinds, the first that is called void,
                unlabeled, unlabelled, unknown, other, various, null, ignore or ignored.
            things: names of classes whose instances can be counted, besides those of kind thing.

        Raises:
            LabelError: the table cannot be read or understood; names the file and the line. Or one of
                ``things`` is not in it.
        """
        return cls._of_rows(Path(path).stem, read_table(path), things)

    @classmethod
    def from_names(cls, name: str, names: Sequence[str], things: Collection[str] = ()) -> LabelSpace:
        """A label space of classes in the order of their ids; colors and don't-care class as in `from_table`.

        Args:
            name: of the label space.
            names: of the classes.
            things: names of classes whose instances can be counted.

        Raises:
            LabelError: a name is empty or there twice, or one of ``things`` is not among the names.
        """
        rows = [TableRow(i + 1, i, class_name, None, voc_color(i)) for i, class_name in enumerate(names)]
        return cls._of_rows(name, rows, things)

    @classmethod
    def _of_rows(cls, name: str, rows: Sequence[TableRow], things: Collection[str] = ()) -> LabelSpace:
        classes = (LabelClass(row.id, row.name, row.color, row.kind == "thing") for row in rows)
        space = cls(name, tuple(classes), None)
        countable = {space.index(thing) for thing in things} | space.things
        by_kind = any(row.kind for row in rows)
        void = (r.id for r in rows if (r.kind == "void" if by_kind else r.name.lower() in UNKNOWN_NAMES))
        classes = (replace(c, thing=c.id in countable) for c in space.classes)
        return cls(name, tuple(classes), next(void, None))


def _expect_keys(value: Any, keys: set[str], what: str) -> None:
    if not isinstance(value, dict) or set(value) != keys:
        found = sorted(map(str, value)) if isinstance(value, dict) else repr(value)
        raise LabelError(f"{what} is written as {found}; expected the keys {', '.join(sorted(keys))}.")
