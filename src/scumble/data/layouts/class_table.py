"""The classes of a set that brings its own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from scumble.errors import InputError
from scumble.files import ADE_CATEGORY_STEP, AnyFile, read_instances
from scumble.label_space import LabelSpace

TABLE = "classes.txt"
_LOOKED_AT = 50
"""Instance maps from which the thing classes are taken."""


def own_classes(root: Path, instances: Sequence[AnyFile]) -> LabelSpace | None:
    """The label space that ``classes.txt`` describes, or None if there is none.

    Such a table does not say which classes are things. The classes that 50 evenly spaced colored instance
    maps have instances of (red = class, green = number) are taken for things.

    Args:
        root: the folder of the set.
        instances: its instance maps.

    Raises:
        LabelError: the table cannot be understood.
    """
    table = root / TABLE
    if not table.is_file():
        return None
    space = LabelSpace.from_table(table)
    step = max(1, len(instances) // _LOOKED_AT)
    seen: set[int] = set()
    for path in instances[::step]:
        try:
            ids = np.unique(read_instances(path))
        except InputError:
            continue  # the reader of the set reports it
        numbered = ids[(ids >= ADE_CATEGORY_STEP) & (ids % ADE_CATEGORY_STEP > 0)]
        seen.update((numbered // ADE_CATEGORY_STEP).tolist())
    things = [name for class_id, name in enumerate(space.names) if class_id in seen]
    return replace(LabelSpace.from_table(table, things=things), name=root.resolve().name)


def find_label_space(name_or_path: str) -> LabelSpace:
    """The label space that a word means: one that comes with scumble, or a file with a class table.

    Raises:
        LabelError: it is neither.
    """
    path = Path(name_or_path)
    return LabelSpace.from_table(path) if path.is_file() else LabelSpace.load(name_or_path)
