"""The parts of an array that a case stores: slices in Python's notation and reductions in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Index = slice | int | EllipsisType


def parse_sample(text: str) -> tuple[Index, ...]:
    """``[:, 4::8, -24:]`` and the like as an index.

    Raises:
        ValueError: the text is not an index of slices, integers and dots.
    """
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError(f"not a sample: {text!r}")
    return tuple(_axis(part.strip()) for part in text[1:-1].split(","))


def reduce(array: Array, phrase: str) -> Array:
    """Reduce as ``sum over axis 1``, ``mean over rows and columns`` and the like say.

    Rows and columns are the last two axes.

    Raises:
        ValueError: the phrase is not known.
    """
    match = re.fullmatch(r"(sum|mean|argmax|L2 norm) over (.+)", phrase)
    if match is None:
        raise ValueError(f"unknown reduction: {phrase!r}")
    axes: dict[str, int | tuple[int, ...]] = {
        **{f"axis {axis}": axis for axis in range(array.ndim)},
        "rows": -2,
        "columns": -1,
        "rows and columns": (-2, -1),
        "all axes but the first": tuple(range(1, array.ndim)),
        "all axes": tuple(range(array.ndim)),
    }
    if match[2] not in axes:
        raise ValueError(f"unknown reduction: {phrase!r}")
    exact = array.astype(np.float64) if array.dtype.kind == "f" else array
    reduced = np.asarray(_OPERATIONS[match[1]](exact, axes[match[2]]))
    return reduced.astype(array.dtype) if reduced.dtype == np.float64 else reduced


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "sum": np.sum,
    "mean": np.mean,
    "argmax": np.argmax,
    "L2 norm": lambda array, axis: np.sqrt(np.square(array).sum(axis)),
}


def _axis(text: str) -> Index:
    if text == "...":
        return ...
    numbers = [int(number) if number.strip() else None for number in text.split(":")]
    if len(numbers) == 1 and numbers[0] is not None:
        return numbers[0]
    if not 2 <= len(numbers) <= 3:
        raise ValueError(f"not a slice: {text!r}")
    return slice(*numbers)
