"""Is a part set what it claims to be, and what is in it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np

from scumble.data.check.report import printable
from scumble.data.parts.part_set import SUPPORTS, PartSet, Split, categories, supports
from scumble.errors import DataError, ScumbleError
from scumble.scene import MAX_PARTS


def is_part_set(root: Path) -> bool:
    """Whether a folder looks like the layout ``Full_Parts``."""
    splits = get_args(Split)
    return any((root / str(c) / split).is_dir() for c in categories(root) for split in splits)


def check_part_set(root: Path) -> dict[str, Any]:
    """Read every object and every support map.

    Returns:
        JSON-able: ``set``, ``layout``, ``ok``, and ``splits``, for each category and split its objects, how
        many show each part, and the errors.

    Raises:
        DataError: the folder holds no category.
    """
    if not is_part_set(root):
        raise DataError(
            f"{root} holds no part set; expected folders CATEGORY/train/ or CATEGORY/val/ such as 26/train/; "
            "give the folder that holds them."
        )
    found = [
        _split(root, category, split)
        for category in categories(root)
        for split in get_args(Split)
        if (root / str(category) / split).is_dir()
    ]
    numbered = sorted(folder for folder in (root / SUPPORTS).glob("*") if folder.name.isdecimal())
    found += [_supports(root, folder) for folder in numbered]
    return {
        "set": printable(str(root)),
        "layout": "full-parts",
        "ok": not any(split["errors"] for split in found),
        "shared": [],
        "splits": found,
    }


def _split(root: Path, category: int, split: Split) -> dict[str, Any]:
    errors: list[str] = []
    showing = np.zeros(MAX_PARTS + 1, dtype=np.int64)
    objects = 0
    try:
        shapes = PartSet(root, category, split)
        objects = len(shapes)
        for index in range(objects):
            try:
                showing[np.unique(shapes[index].parts)] += 1
            except ScumbleError as error:
                errors.append(printable(str(error)))
    except ScumbleError as error:
        errors.append(printable(str(error)))
    parts = {str(part): int(showing[part]) for part in range(1, MAX_PARTS + 1) if showing[part]}
    return {"split": f"{category}/{split}", "objects": objects, "parts": parts, "errors": errors}


def _supports(root: Path, folder: Path) -> dict[str, Any]:
    """The supports of one number of examples, of all categories that have any."""
    errors = []
    maps = 0
    for category in categories(folder):
        try:
            maps += len(supports(root, category, int(folder.name)))
        except ScumbleError as error:
            errors.append(printable(str(error)))
    return {"split": f"{SUPPORTS}/{folder.name}", "objects": maps, "parts": {}, "errors": errors}
