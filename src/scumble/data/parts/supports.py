"""Choosing the examples (supports) from which PartNet learns what the parts of a category look like."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scumble.data.parts.cut import resize
from scumble.data.parts.part_set import PART_ENDING, SUPPORTS, PartSet
from scumble.scene import MaskArray

NUMBERS = (1, 3, 5)
"""How many supports the folders of a part set hold."""

_SIDE = 64
"""Pixels at which silhouettes are compared, PartNet's own."""
_SMALLEST = 32
"""Longer side from which on an object is a good example; smaller ones are taken where there are too few."""
_MOST_CANDIDATES = 2000
"""Objects that are compared with each other, so that the table of pairs stays small."""


def write_supports(root: Path, category: int) -> list[int]:
    """Copy the supports of a category from its training objects to ``support_shape/K/CATEGORY``.

    They are what `choose_supports` chooses; objects of which no side has 32 pixels come last.

    Args:
        root: the folder of the part set.
        category: has training objects.

    Returns:
        The K that there are enough training objects for.
    """
    objects = PartSet(root, category, "train")
    # Evenly spaced, so that no part of the set is passed over.
    candidates = np.unique(np.linspace(0, len(objects) - 1, min(len(objects), _MOST_CANDIDATES)).astype(int))
    silhouettes, shown = [], []
    for index in candidates.tolist():
        shape = objects[index]
        silhouettes.append(resize(shape.silhouette, _SIDE, _SIDE))
        large_enough = max(shape.parts.shape) >= _SMALLEST
        shown.append(np.count_nonzero(np.unique(shape.parts)) if large_enough else 0)
    chosen = choose_supports(np.stack(silhouettes), np.array(shown), max(NUMBERS))
    written = [k for k in NUMBERS if k <= len(chosen)]
    for k in written:
        folder = root / SUPPORTS / str(k) / str(category)
        folder.mkdir(parents=True)
        for place, number in enumerate(chosen[:k]):
            name = f"{objects.names[candidates[number]]}{PART_ENDING}"
            shutil.copyfile(objects.folder / name, folder / f"{place}_{name}")
    return written


def choose_supports(silhouettes: MaskArray, shown: NDArray[np.integer], count: int) -> list[int]:
    """Choose objects that stand for a category.

    Those that show the most parts come before all others. The first is the most typical of them: its
    silhouette overlaps best with theirs (mean intersection over union). Each further one is that which
    is least like those already chosen, of their more typical half, so that odd shapes do not become examples;
    the other half, and objects that show fewer parts, follow only where there are too few.

    Args:
        silhouettes: ``[N, H, W]``, not empty.
        shown: ``[N]``, how many parts each object shows.
        count: how many to choose.

    Returns:
        At most ``count`` indices, in the order of choice; fewer chosen are the first of these.
    """
    flat = silhouettes.reshape(len(silhouettes), -1).astype(np.float32)
    area, common = flat.sum(1), flat @ flat.T
    overlap = common / np.maximum(area[:, None] + area - common, 1)
    chosen: list[int] = []
    for number in np.unique(shown)[::-1]:
        objects = np.flatnonzero(shown == number)
        typical = overlap[np.ix_(objects, objects)].mean(1)
        objects = objects[np.argsort(-typical, kind="stable")]
        for half in np.array_split(objects, 2):
            left = half.tolist()
            while left and len(chosen) < count:
                likeness = overlap[np.ix_(left, chosen)].max(1, initial=0)
                chosen.append(left.pop(int(np.argmin(likeness))))
    return chosen
