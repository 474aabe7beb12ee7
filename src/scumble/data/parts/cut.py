"""Cutting objects out of maps of whole pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from scumble.data.parts.part_set import PartArray, PartShape, Split
from scumble.errors import ConfigError
from scumble.scene import IdArray, MaskArray

OBJECTS_PER_CATEGORY = 1000
"""Ids of objects are ``category * 1000 + k``."""
MARGIN = 2
"""Pixels around an object where it is padded to a square, as iPOSE does."""

Value = TypeVar("Value", np.bool_, np.uint8)


@dataclass(frozen=True, eq=False)
class ObjectMaps:
    """The objects of a picture and their parts.

    Attributes:
        split: which split of a part set they belong to.
        name: of the picture.
        objects: ``[H, W]``, ``category * 1000 + k`` in object k of a category, 0 elsewhere.
        parts: ``[H, W]``, 0 for none, 1..8.
    """

    split: Split
    name: str
    objects: IdArray
    parts: PartArray


@dataclass(frozen=True)
class Cut:
    """How objects are cut out.

    Attributes:
        longest: the longer side of what is cut out is made smaller to this, in pixels; never larger.
        smallest: objects whose box has no side of this many pixels are left out.
        square: zero-padded to a square with 2 pixels around the object, which is how iPOSE cuts objects
            out of a label map, instead of the object's box as it is.

    Raises:
        ConfigError: a number is not possible.
    """

    longest: int = 128
    smallest: int = 16
    square: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.smallest <= self.longest:
            raise ConfigError(
                f"Objects of {self.smallest} to {self.longest} pixels cannot be cut out; expected a smallest "
                "side of at least 1 and a longest side of at least that."
            )


def cut_objects(maps: ObjectMaps, cut: Cut) -> list[tuple[int, PartShape]]:
    """Cut every object out that is large enough and shows a part.

    The shape is kept, and pixels are only taken over, never mixed.

    Args:
        maps: of a picture.
        cut: how.

    Returns:
        Pairs of a category and an object named ``PICTURE_ID``, by ascending id.
    """
    found = []
    ids = np.unique(maps.objects)
    boxes = ndimage.find_objects(np.searchsorted(ids, maps.objects) + 1)
    for number, box in zip(ids.tolist(), boxes, strict=True):
        height, width = (side.stop - side.start for side in box)
        if number == 0 or max(height, width) < cut.smallest:
            continue
        if cut.square:
            box = tuple(slice(max(0, side.start - MARGIN), side.stop + MARGIN) for side in box)
        silhouette: MaskArray = maps.objects[box] == number
        parts = np.where(silhouette, maps.parts[box], 0).astype(np.uint8)
        if cut.square:
            silhouette, parts = _to_square(silhouette), _to_square(parts)
        silhouette, parts = _shrink(silhouette, cut.longest), _shrink(parts, cut.longest)
        if parts.any():
            shape = PartShape(f"{maps.name}_{number}", silhouette, parts)
            found.append((number // OBJECTS_PER_CATEGORY, shape))
    return found


def resize(values: NDArray[Value], width: int, height: int) -> NDArray[Value]:
    """Resize a mask or part map by nearest neighbor."""
    picture = Image.fromarray(values.astype(np.uint8)).resize((width, height), Image.Resampling.NEAREST)
    return np.asarray(picture).astype(values.dtype)


def _to_square(values: NDArray[Value]) -> NDArray[Value]:
    height, width = values.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return np.pad(values, ((top, side - height - top), (left, side - width - left)))


def _shrink(values: NDArray[Value], longest: int) -> NDArray[Value]:
    height, width = values.shape
    scale = longest / max(height, width)
    if scale >= 1:
        return values
    return resize(values, max(1, round(width * scale)), max(1, round(height * scale)))
