"""Recipes: what in an annotated set is an object, and which of its classes is which part.

A recipe is a TOML file; those in ``recipes/`` are examples for four public sets.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from scumble.codec import from_plain
from scumble.errors import ConfigError, nearest
from scumble.scene import MAX_PARTS

_MAX_BYTES = 100_000


@dataclass(frozen=True)
class RecipePart:
    """A part; its place in the list, from 1, is its number.

    Attributes:
        name: of the part.
        classes: classes of the set that are this part; may be empty, to keep a number free.
    """

    name: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Band:
    """What a class is in a range of heights.

    Attributes:
        part: name of the part.
        to: lower end, from 0 (top of the object's box) to 1 (bottom).
    """

    part: str
    to: float


@dataclass(frozen=True)
class ByHeight:
    """Classes, such as bare skin, that are another part in another height of the object.

    A connected patch is the part at its middle; one that is longer than ``longest`` is cut at the borders of
    the bands.

    Attributes:
        classes: which.
        bands: from top to bottom; the last ends at 1.
        longest: height of a patch, as a share of the object's.
    """

    classes: tuple[str, ...]
    bands: tuple[Band, ...]
    longest: float = 1.0

    def __post_init__(self) -> None:
        ends = [band.to for band in self.bands]
        if not ends or ends[0] <= 0 or ends[-1] != 1 or ends != sorted(set(ends)):
            raise ConfigError(f"The bands end at {ends}; expected rising numbers above 0, the last 1.")
        if not 0 < self.longest <= 1:
            raise ConfigError(f"longest is {self.longest}; expected a share above 0 and up to 1.")


@dataclass(frozen=True)
class Outline:
    """How an object of whose surface only parts are annotated gets an outline.

    Gaps are closed by a disk, and holes filled; what is gained is part of the object.

    Attributes:
        closing: radius of the disk, as a share of the longer side of the object's box.
        part: name of the part that the gained pixels are.
    """

    closing: float
    part: str

    def __post_init__(self) -> None:
        if not 0 < self.closing <= 1:
            raise ConfigError(f"closing is {self.closing}; expected a share above 0 and up to 1.")


@dataclass(frozen=True)
class Pieces:
    """How often an object must show a part.

    Attributes:
        part: name of the part.
        at_least: connected pieces.
    """

    part: str
    at_least: int = 1


@dataclass(frozen=True)
class Keep:
    """Which objects are kept; by default all.

    Attributes:
        share: least area, as a share of the picture.
        height: least height of the box, as a multiple of its width.
        coverage: least share of the object that was annotated and not gained by the outline.
        solidity: least area, as a share of the convex hull's.
        pieces: parts that must be seen.
    """

    share: float = 0.0
    height: float = 0.0
    coverage: float = 0.0
    solidity: float = 0.0
    pieces: tuple[Pieces, ...] = ()

    def __post_init__(self) -> None:
        for name in ("share", "coverage", "solidity"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} is {getattr(self, name)}; expected 0..1.")
        if not 0 <= self.height < float("inf"):
            raise ConfigError(f"height is {self.height}; expected 0 or more.")


@dataclass(frozen=True)
class Recipe:
    """How a part set is made from annotated pictures.

    Attributes:
        category: number of the category in the part set, 1..999.
        objects: ``picture`` takes all pixels of the named classes for one object, ``largest`` the largest
            connected piece of them, ``components`` every connected piece, ``instances`` every instance of
            ``instance_class`` in ``annotations_instance/``.
        parts: at most eight.
        instance_class: with ``instances``, the class of the objects.
        touching: classes, such as jewelry, that are the part that lies nearest.
        by_height: classes that are another part in another height, or None.
        outline: None takes the annotated pixels alone for the object.
        keep: which objects are kept.
    """

    category: int
    objects: Literal["picture", "largest", "components", "instances"]
    parts: tuple[RecipePart, ...]
    instance_class: str | None = None
    touching: tuple[str, ...] = ()
    by_height: ByHeight | None = None
    outline: Outline | None = None
    keep: Keep = Keep()

    def __post_init__(self) -> None:
        if not 1 <= self.category <= 999:
            raise ConfigError(f"category is {self.category}; expected 1..999.")
        if not 1 <= len(self.parts) <= MAX_PARTS:
            raise ConfigError(f"There are {len(self.parts)} parts; expected 1 to {MAX_PARTS}.")
        if (self.objects == "instances") != (self.instance_class is not None):
            raise ConfigError(
                f"objects is {self.objects!r} and instance_class {self.instance_class!r}; expected "
                "instance_class with 'instances' and only there."
            )
        if not self.classes:
            raise ConfigError("No part has classes; name at least one class of the set.")
        for what, names in (("part", self.part_names), ("class", self.classes)):
            name, times = Counter(names).most_common(1)[0]
            if times > 1:
                raise ConfigError(f"The {what} {name!r} is named {times} times; expected once.")
        for name in self._parts_referred_to():
            self.number(name)

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of the parts, in the order of their numbers."""
        return tuple(part.name for part in self.parts)

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes that belong to objects."""
        of_parts = tuple(name for part in self.parts for name in part.classes)
        return (*of_parts, *self.touching, *(self.by_height.classes if self.by_height else ()))

    def number(self, part: str) -> int:
        """The number of a part.

        Raises:
            ConfigError: there is no such part.
        """
        if part not in self.part_names:
            raise ConfigError(f"There is no part {part!r}; {nearest(part, self.part_names)}")
        return self.part_names.index(part) + 1

    def _parts_referred_to(self) -> list[str]:
        bands = [band.part for band in self.by_height.bands] if self.by_height else []
        outline = [self.outline.part] if self.outline else []
        return [*bands, *outline, *(pieces.part for pieces in self.keep.pieces)]


def load_recipe(name: str) -> Recipe:
    """Read a recipe.

    Args:
        name: of one that comes with scumble, or the path of a TOML file.

    Raises:
        ConfigError: there is no such file, it is no TOML, or a key or value is wrong; names the place.
    """
    known = shipped_recipes()
    source: Traversable = known[name] if name in known else Path(name)
    try:
        if not source.is_file():
            raise ConfigError(
                f"{name} is no file and no recipe that comes with scumble; {nearest(name, sorted(known))}"
            )
        with source.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ConfigError(f"{name} has more than {_MAX_BYTES:,} bytes; expected a short recipe.")
        value = tomllib.loads(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{name} is no readable TOML ({error}); mend it.") from None
    return from_plain(Recipe, value, name)


def shipped_recipes() -> dict[str, Traversable]:
    """The recipes that come with scumble, by name."""
    folder = resources.files("scumble.data.parts").joinpath("recipes")
    return {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}
