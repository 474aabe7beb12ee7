"""Edit operations as JSON-able values and back, strictly: nothing that is read is trusted.

Fields of the operations may be ``int``, ``str``, a mask or a dataclass of such fields, each optionally
``| None``. Fields that are None are left out. Masks are run-length coded.
"""

from __future__ import annotations

import dataclasses
import reprlib
from typing import Any, get_args, get_type_hints

import numpy as np

from scumble import files
from scumble.errors import InputError, nearest
from scumble.scene import MaskArray

LARGEST_INT = 2**31 - 1
"""Bound of the size of numbers, so that no arithmetic on pixels overflows."""


def encode(value: Any) -> dict[str, Any]:
    """The fields of a dataclass as JSON-able values.

    Args:
        value: an instance of a dataclass with fields of the kinds above.
    """
    encoded: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if dataclasses.is_dataclass(item):
            item = encode(item)
        elif isinstance(item, np.ndarray):
            item = encode_mask(item)
        if item is not None:
            encoded[field.name] = item
    return encoded


def decode(kind: type[Any], value: Any, place: str) -> Any:
    """An instance of a dataclass from what `encode` wrote.

    Args:
        kind: the dataclass.
        value: anything that a JSON file may hold.
        place: where the value stands; begins the message of errors.

    Raises:
        InputError: a key is unknown or missing, or a value has the wrong type or is refused by the dataclass.
    """
    if not isinstance(value, dict):
        raise InputError(f"{place} is {short(value)}; expected keys and values.")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in value:
        if key not in fields:
            raise InputError(f"{place} has the unknown key {short(key)}; {nearest(str(key), fields)}")
    for name, field in fields.items():
        if name not in value and field.default is dataclasses.MISSING:
            raise InputError(f"{place} lacks the key {name!r}; add it.")
    hints = get_type_hints(kind)
    items = {key: _decode_item(hints[key], item, f"{place}: {key}") for key, item in value.items()}
    try:
        return kind(**items)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def _decode_item(hint: Any, value: Any, place: str) -> Any:
    if hint == MaskArray:
        return decode_mask(value, place)
    if type(None) in get_args(hint):
        if value is None:
            return None
        (hint,) = (option for option in get_args(hint) if option is not type(None))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return decode(hint, value, place)
    if hint is int:
        if type(value) is not int or abs(value) > LARGEST_INT:
            raise InputError(f"{place} is {short(value)}; expected a whole number up to {LARGEST_INT}.")
    elif type(value) is not str:
        raise InputError(f"{place} is {short(value)}; expected a text.")
    return value


def encode_mask(mask: MaskArray) -> dict[str, Any]:
    """A mask as its size and the lengths of its runs.

    Args:
        mask: ``[H, W]``, at least one pixel large.

    Returns:
        ``{"size": [H, W], "runs": [...]}``: lengths of runs of equal values in row-major order; the first
        run is False (and 0 long if the mask begins with True).
    """
    flat = mask.ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=False))
    return {"size": list(mask.shape), "runs": np.diff(starts, prepend=0, append=flat.size).tolist()}


def decode_mask(value: Any, place: str) -> MaskArray:
    """The mask that `encode_mask` wrote.

    Args:
        value: anything that a JSON file may hold.
        place: where the value stands; begins the message of errors.

    Raises:
        InputError: it is not a run-length coded mask, is too large, or the runs do not fill the size.
    """
    if not isinstance(value, dict) or set(value) != {"size", "runs"}:
        raise InputError(f"{place} is {short(value)}; expected a mask as the keys 'size' and 'runs'.")
    size, runs = value["size"], value["runs"]
    if not isinstance(size, list) or len(size) != 2 or any(type(n) is not int or n < 1 for n in size):
        raise InputError(f"{place}: size is {short(size)}; expected [height, width] in whole pixels.")
    area = size[0] * size[1]
    if area > files.MAX_PIXELS:
        raise InputError(f"{place}: size is {short(size)}; expected at most {files.MAX_PIXELS:,} pixels.")
    if not isinstance(runs, list) or any(type(n) is not int or n < 0 for n in runs) or 0 in runs[1:]:
        raise InputError(
            f"{place}: runs is {short(runs)}; expected whole numbers above 0 (the first may be 0)."
        )
    if sum(runs) != area:
        raise InputError(f"{place}: the runs add up to {short(sum(runs))}; expected height x width = {area}.")
    mask: MaskArray = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(size)
    return mask


def short(value: Any) -> str:
    """The beginning of a value, on one line, for a message."""
    try:
        return reprlib.repr(value)
    except ValueError:
        return "a number of thousands of digits"  # which Python refuses to print
