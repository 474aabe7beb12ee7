"""Masks as the lengths of their runs, so that an edit with masks is a short text."""

from __future__ import annotations

from typing import Any

import numpy as np

from scumble import files
from scumble.errors import InputError, short
from scumble.scene import MaskArray


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


def decode_mask(value: Any, where: str) -> MaskArray:
    """The mask that `encode_mask` wrote.

    Args:
        value: anything that a JSON file may hold.
        where: how messages call the place.

    Raises:
        InputError: it is not a run-length coded mask, is too large, or the runs do not fill the size.
    """
    if not isinstance(value, dict) or set(value) != {"size", "runs"}:
        raise InputError(f"{where} is {short(value)}, expected a mask as the keys 'size' and 'runs'.")
    size, runs = value["size"], value["runs"]
    if not isinstance(size, list) or len(size) != 2 or any(type(n) is not int or n < 1 for n in size):
        raise InputError(f"{where}.size is {short(size)}, expected [height, width] in whole pixels.")
    area = size[0] * size[1]
    if area > files.MAX_PIXELS:
        raise InputError(f"{where}.size is {short(size)}, expected at most {files.MAX_PIXELS:,} pixels.")
    if not isinstance(runs, list) or any(type(n) is not int or n < 0 for n in runs) or 0 in runs[1:]:
        raise InputError(
            f"{where}.runs is {short(runs)}, expected whole numbers above 0 (the first may be 0)."
        )
    if sum(runs) != area:
        raise InputError(
            f"{where}.runs is {short(runs)}, which adds up to {short(sum(runs))}, expected "
            f"height x width = {area}."
        )
    mask: MaskArray = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(size)
    return mask
