"""Maps as runs: the stretches of a row within which nothing changes.

A map of 131,072 pixels has a few thousand runs, and all that boxes ask of it can be read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.errors import InputError
from scumble.scene import IdArray

MapArray = NDArray[np.integer[Any]]
"""A label map or an instance map of any integer type, ``[H, W]``."""
Int64Array = NDArray[np.int64]

_LARGEST_ID = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of one map, or those that several maps have in common.

    Attributes:
        shape: height and width of the maps.
        starts: ``[R]``, positions in the flattened map at which a run begins; every row begins one.
        values: ``[M, R]``, what each of the M maps holds there, 0..2147483647.
    """

    shape: tuple[int, int]
    starts: Int64Array
    values: Int64Array

    def spread(self, values: Int64Array) -> IdArray:
        """A map ``[H, W]`` with one of ``[R]`` values in every run."""
        lengths = np.diff(self.starts, append=self.shape[0] * self.shape[1])
        return np.repeat(values.astype(np.int32), lengths).reshape(self.shape)


def find_runs(**maps: MapArray) -> Runs:
    """The runs in which none of the maps changes.

    Args:
        **maps: maps of one size, by the names that messages give them.

    Raises:
        InputError: a map is not a matrix of integers, is empty or has ids outside 0..2147483647, or the
            sizes differ.
    """
    shape = next(iter(maps.values())).shape
    for name, ids in maps.items():
        if ids.dtype.kind not in "iu" or ids.ndim != 2 or ids.size == 0:
            raise InputError(
                f"The map of {name} is an array {ids.shape} of {ids.dtype}; expected [H, W] of integers, at "
                "least one pixel large; read it from a single-channel PNG."
            )
        if ids.shape != shape:
            raise InputError(
                f"The map of {name} is {ids.shape[1]} x {ids.shape[0]} pixels, another map of the picture "
                f"{shape[1]} x {shape[0]} (width x height); expected the same size; export them alike."
            )
    flat = [ids.ravel() for ids in maps.values()]
    changes = np.zeros(flat[0].size, dtype=np.bool_)
    for ids in flat:
        changes[1:] |= ids[1:] != ids[:-1]
    changes[:: shape[1]] = True
    starts = np.flatnonzero(changes)
    # Looked at in the runs alone, which hold every id of the map.
    values = [ids[starts] for ids in flat]
    for name, found in zip(maps, values, strict=True):
        if found.min() < 0 or found.max() > _LARGEST_ID:
            raise InputError(
                f"The map of {name} has ids {found.min()}..{found.max()}; expected 0..{_LARGEST_ID}; use 0 "
                "where there is nothing."
            )
    return Runs((shape[0], shape[1]), starts, np.stack([found.astype(np.int64) for found in values]))


def look_up(values: Int64Array, table: Mapping[int, int]) -> Int64Array:
    """The entry of a table for each value, 0 for those that it does not have."""
    if not table:
        return np.zeros_like(values)
    keys = np.array(sorted(table), dtype=np.int64)
    entries = np.array([table[key] for key in keys.tolist()], dtype=np.int64)
    position = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return np.where(keys[position] == values, entries[position], 0)
