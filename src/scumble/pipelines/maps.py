"""A label map as a batch of one, as the networks that paint from maps take it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np
import torch

from scumble.data.boxes import object_boxes, object_codes, pad_boxes
from scumble.errors import InputError
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.scene import IdArray

_SMALLEST = 2 * REDUCTION
"""Side that a map is padded to at least, in pixels; an instance norm needs more than one pixel."""


def map_batch(labels: IdArray, instances: IdArray, categories: Mapping[int, int]) -> SynthesisBatch:
    """The map, padded to multiples of 32 pixels, with its objects.

    Args:
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``, in scumble's numbering.
        categories: class id -> part category, of the classes whose objects have parts.

    Raises:
        InputError: the maps differ in size.
    """
    if labels.shape != instances.shape:
        raise InputError(
            f"The label map is {labels.shape[1]} x {labels.shape[0]} pixels, the instance map "
            f"{instances.shape[1]} x {instances.shape[0]}; expected the same size."
        )
    codes = padded(object_codes(labels, instances, categories))
    table, counts = pad_boxes([object_boxes(codes, dict.fromkeys(categories.values()))])
    return SynthesisBatch(
        torch.zeros(0),
        torch.from_numpy(padded(labels)).long()[None],
        torch.from_numpy(codes).long()[None],
        torch.from_numpy(table),
        torch.from_numpy(counts),
        0,
    )


def padded(values: IdArray) -> IdArray:
    """A map ``[H, W]`` whose last row and column are repeated up to a multiple of 32."""
    missing = [max(_SMALLEST, ceil(side / REDUCTION) * REDUCTION) - side for side in values.shape]
    return np.pad(values, [(0, missing[0]), (0, missing[1])], mode="edge")
