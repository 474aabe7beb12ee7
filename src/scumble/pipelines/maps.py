"""A label map as a batch of one, as the networks that paint from maps take it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np
import torch
from PIL import Image

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
    expect_same_size(labels, instances)
    codes = padded(object_codes(labels, instances, categories))
    table, counts = pad_boxes([object_boxes(codes, dict.fromkeys(categories.values()))])
    return SynthesisBatch(
        torch.zeros(0),
        torch.from_numpy(padded(labels)).long()[None],
        torch.from_numpy(codes).long()[None],
        torch.from_numpy(table),
        torch.from_numpy(counts),
        (0,),
    )


def expect_same_size(labels: IdArray, instances: IdArray) -> None:
    """Refuse an instance map that does not have the size of the label map.

    Raises:
        InputError: gives both sizes.
    """
    if labels.shape != instances.shape:
        raise InputError(
            f"The label map is {labels.shape[1]} x {labels.shape[0]} pixels, the instance map "
            f"{instances.shape[1]} x {instances.shape[0]}; expected the same size."
        )


def working_size(shorter_side: int, height: int, width: int) -> tuple[int, int]:
    """Height and width at which a map is painted: shrunk to the scale that the network knows, never enlarged.

    Args:
        shorter_side: of the pictures that the network was trained on.
        height: of the map.
        width: of the map.
    """
    scale = min(1.0, shorter_side / min(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(ids: IdArray, size: tuple[int, int]) -> IdArray:
    """A map ``[H, W]`` at another height and width, by the nearest pixel."""
    if ids.shape == size:
        return ids
    small = Image.fromarray(ids).resize((size[1], size[0]), Image.Resampling.NEAREST)
    return np.asarray(small, dtype=np.int32)


def padded(values: IdArray) -> IdArray:
    """A map ``[H, W]`` whose last row and column are repeated up to a multiple of 32."""
    missing = [max(_SMALLEST, ceil(side / REDUCTION) * REDUCTION) - side for side in values.shape]
    return np.pad(values, [(0, missing[0]), (0, missing[1])], mode="edge")
