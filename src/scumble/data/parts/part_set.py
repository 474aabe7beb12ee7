"""Part sets in the layout ``Full_Parts`` of iPOSE.

``CATEGORY/SPLIT/NAME_label.png`` is the silhouette of an object (0 or 255), ``CATEGORY/SPLIT/NAME_part.png``
its parts (0 = none, 1..8), ``support_shape/K/CATEGORY/*part.png`` the K examples of a category.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scumble.errors import DataError
from scumble.files import read_image, read_instances
from scumble.scene import MAX_PARTS, UNKNOWN_PART, MaskArray

Split = Literal["train", "val"]
PartArray = NDArray[np.uint8]
"""A part map, ``[H, W]``, 0 for no part, 1..8."""

SILHOUETTE_ENDING = "_label.png"
"""How the names of silhouettes end."""
PART_ENDING = "_part.png"
"""How the names of part maps end."""
SUPPORTS = "support_shape"
"""The folder of the examples."""


@dataclass(frozen=True, eq=False)
class PartShape:
    """An object, cut out.

    Attributes:
        name: its files without their endings.
        silhouette: ``[H, W]``, True inside the object.
        parts: ``[H, W]``, 0..8; 0 outside the silhouette, and inside where no part is known.
    """

    name: str
    silhouette: MaskArray
    parts: PartArray


class PartSet:
    """The objects of one category and split, sorted by name.

    Silhouettes and part maps are paired by the name in front of ``_label.png`` and ``_part.png``. (To pair
    two sorted listings, as the published loader does, goes wrong for the names ``1`` and ``1_m``:
    ``1_label.png`` comes before ``1_m_label.png``, but ``1_part.png`` after ``1_m_part.png``.) Other files
    are passed over.

    Args:
        root: the folder that holds the categories.
        category: number of the category.
        split: ``train`` or ``val``.

    Raises:
        DataError: there are no objects, or a file has no partner.
    """

    def __init__(self, root: Path, category: int, split: Split) -> None:
        self.folder = root / str(category) / split
        silhouettes = _stems(self.folder, SILHOUETTE_ENDING)
        parts = _stems(self.folder, PART_ENDING)
        if not silhouettes | parts:
            known = ", ".join(map(str, categories(root))) or "none"
            raise DataError(
                f"{self.folder} holds no *{SILHOUETTE_ENDING} with *{PART_ENDING}; the categories of {root} "
                f"are: {known}; give the folder of a part set and one of its categories."
            )
        for name in sorted(silhouettes ^ parts):
            found, absent = PART_ENDING, SILHOUETTE_ENDING
            if name in silhouettes:
                found, absent = absent, found
            raise DataError(
                f"{self.folder / name}{found} has no partner {name}{absent}; add it or remove the file."
            )
        self.names = sorted(parts)

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[PartShape]:
        """Read all objects, one after the other."""
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> PartShape:
        """Read one object.

        Raises:
            InputError: a file is no picture, or a part map is not single-channel.
            DataError: the sizes differ, a silhouette has other values than 0 and 255, a part is over 8 or
                lies outside the silhouette; names the file and the first pixel.
        """
        name = self.names[index]
        silhouette_file = self.folder / f"{name}{SILHOUETTE_ENDING}"
        part_file = self.folder / f"{name}{PART_ENDING}"
        silhouette = _read_silhouette(silhouette_file)
        parts = read_part_map(part_file)
        if parts.shape != silhouette.shape:
            raise DataError(
                f"{part_file} is {parts.shape[1]} x {parts.shape[0]} pixels (width x height), its silhouette "
                f"{silhouette.shape[1]} x {silhouette.shape[0]}; expected the same size; export both again."
            )
        outside = (parts > 0) & ~silhouette
        if outside.any():
            y, x = _first(outside)
            raise DataError(
                f"{part_file} has part {parts[y, x]} at x={x}, y={y}, outside the silhouette "
                f"{silhouette_file.name} ({np.count_nonzero(outside)} such pixels); expected 0 there; "
                "enlarge the silhouette or clear these pixels."
            )
        return PartShape(name, silhouette, parts)


def categories(root: Path) -> list[int]:
    """The numbers of the categories of a part set, ascending."""
    return sorted(int(path.name) for path in root.glob("*") if path.is_dir() and path.name.isdecimal())


def supports(root: Path, category: int, k: int) -> list[PartArray]:
    """The first k examples of a category, in the order of their file names.

    They may be of different sizes and show different numbers of parts: the channel of a part that an
    example does not show is empty.

    Args:
        root: the folder of the part set.
        category: whose folder is read; some categories borrow the examples of others
            (`scumble.data.part_categories`).
        k: how many, at least 1.

    Raises:
        DataError: there are fewer than k, a part is over 8, or one shows no part at all.
        InputError: a file is no single-channel picture.
    """
    folder = root / SUPPORTS / str(k) / str(category)
    files = sorted(p for p in folder.glob("*part.png") if not p.name.startswith("."))
    if len(files) < k:
        raise DataError(
            f"{folder} holds {len(files)} *part.png; expected at least {k}; copy part maps of typical "
            f"objects of category {category} there, or take a number of supports that there are files for."
        )
    maps = [read_part_map(file) for file in files[:k]]
    for file, parts in zip(files, maps, strict=False):
        if not parts.any():
            raise DataError(f"{file} shows no part; expected parts 1..{MAX_PARTS}; replace it.")
    return maps


def read_part_map(path: Path, *, unknown: bool = False) -> PartArray:
    """Read a part map.

    Args:
        path: a single-channel picture.
        unknown: whether `UNKNOWN_PART` may occur.

    Raises:
        InputError: the file is no single-channel picture.
        DataError: a part is over 8; names the first pixel.
    """
    values = read_instances(path)
    wrong = values > MAX_PARTS
    if unknown:
        wrong &= values != UNKNOWN_PART
    if wrong.any():
        y, x = _first(wrong)
        raise DataError(
            f"{path} has part {values[y, x]} at x={x}, y={y}; expected 0 for none or 1..{MAX_PARTS}; merge "
            "the parts of the category into at most eight."
        )
    return values.astype(np.uint8)


def _read_silhouette(path: Path) -> MaskArray:
    values = read_image(path)
    wrong = ((values != 0) & (values != 255)).any(2) | (values != values[..., :1]).any(2)
    if wrong.any():
        y, x = _first(wrong)
        raise DataError(
            f"{path} has {tuple(values[y, x].tolist())} at x={x}, y={y} ({np.count_nonzero(wrong)} such "
            "pixels); expected black (0) or white (255); save the silhouette without gray edges, as PNG."
        )
    return np.asarray(values[..., 0] == 255)


def _stems(folder: Path, ending: str) -> set[str]:
    files = folder.glob(f"*{ending}")
    return {path.name.removesuffix(ending) for path in files if not path.name.startswith(".")}


def _first(wrong: MaskArray) -> tuple[int, int]:
    """Row and column of the first True."""
    y, x = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    return int(y), int(x)
