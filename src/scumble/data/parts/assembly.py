"""Making one object with parts of the classes that are annotated on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from scumble.data.parts.part_set import PartArray
from scumble.data.parts.recipe import ByHeight, Keep, Recipe
from scumble.scene import MAX_PARTS, MaskArray

# Codes of pixels whose part depends on the place; the others are numbers of parts, or 0.
_TOUCHING, _BY_HEIGHT = MAX_PARTS + 1, MAX_PARTS + 2


def class_codes(recipe: Recipe, class_ids: Mapping[str, int]) -> PartArray:
    """What a recipe says of every class.

    Args:
        recipe: names classes of the set only.
        class_ids: of the set, by name.

    Returns:
        By class id, the number of a part, 0 for classes that belong to no object, or a code that `assemble`
        replaces by a part.
    """
    codes = np.zeros(max(class_ids.values()) + 1, dtype=np.uint8)
    for number, part in enumerate(recipe.parts, 1):
        codes[[class_ids[name] for name in part.classes]] = number
    codes[[class_ids[name] for name in recipe.touching]] = _TOUCHING
    if recipe.by_height:
        codes[[class_ids[name] for name in recipe.by_height.classes]] = _BY_HEIGHT
    return codes


def assemble(silhouette: MaskArray, codes: PartArray, recipe: Recipe) -> tuple[MaskArray, PartArray]:
    """Give every pixel of an object its part.

    Args:
        silhouette: ``[h, w]``, the annotated pixels, touching all four sides.
        codes: ``[h, w]``, of `class_codes`.
        recipe: where parts depend on the place, and whether the outline is completed.

    Returns:
        The silhouette, perhaps larger, and the parts, ``[h, w]``, 0..8.
    """
    parts = np.where(silhouette, codes, 0).astype(np.uint8)
    if recipe.by_height:
        numbers = [recipe.number(band.part) for band in recipe.by_height.bands]
        _set_by_height(parts, recipe.by_height, numbers)
    small = parts == _TOUCHING
    parts[small] = 0
    if small.any() and parts.any():
        row, column = ndimage.distance_transform_edt(parts == 0, return_distances=False, return_indices=True)
        parts[small] = parts[row[small], column[small]]
    if recipe.outline:
        closed = _close(silhouette, round(recipe.outline.closing * max(silhouette.shape)))
        parts[closed & ~silhouette] = recipe.number(recipe.outline.part)
        silhouette = closed
    return silhouette, parts


def is_kept(silhouette: MaskArray, parts: PartArray, annotated: int, recipe: Recipe, pixels: int) -> bool:
    """Whether a recipe wants an object.

    Args:
        silhouette: of the object, ``[h, w]``.
        parts: of the object, ``[h, w]``.
        annotated: pixels of the object before its outline was completed.
        recipe: says what is kept.
        pixels: of the picture.
    """
    keep: Keep = recipe.keep
    height, width = silhouette.shape
    area = int(np.count_nonzero(silhouette))
    if area < keep.share * pixels or height < keep.height * width or annotated < keep.coverage * area:
        return False
    for pieces in keep.pieces:
        if ndimage.label(parts == recipe.number(pieces.part))[1] < pieces.at_least:
            return False
    return keep.solidity == 0 or area >= keep.solidity * _hull_area(silhouette)


def _set_by_height(parts: PartArray, rule: ByHeight, numbers: list[int]) -> None:
    """Replace the pixels whose part depends on the height, in place."""
    ends = [band.to for band in rule.bands[:-1]]
    height = len(parts)
    # The centers of the rows, from 0 to 1.
    band_of_row = np.digitize((np.arange(height) + 0.5) / height, ends)
    patches = ndimage.label(parts == _BY_HEIGHT)[0]
    for patch, box in enumerate(ndimage.find_objects(patches), 1):
        inside = patches[box] == patch
        rows = np.nonzero(inside)[0] + box[0].start
        if box[0].stop - box[0].start > rule.longest * height:
            parts[box][inside] = np.array(numbers)[band_of_row[rows]]
        else:
            parts[box][inside] = numbers[int(np.digitize((rows.mean() + 0.5) / height, ends))]


def _close(silhouette: MaskArray, radius: int) -> MaskArray:
    """Close gaps by a disk, and fill holes; by distances, because large disks would be slow."""
    padded = np.pad(silhouette, radius + 1)
    grown = ndimage.distance_transform_edt(~padded) <= radius
    closed = ndimage.distance_transform_edt(grown) > radius
    background = ndimage.label(~closed)[0]
    inner = slice(radius + 1, -radius - 1)
    # Background that does not hang together with the margin is a hole.
    return np.asarray(background[inner, inner] != background[0, 0])


def _hull_area(silhouette: MaskArray) -> float:
    """Area of the convex hull of all pixels, taken as squares."""
    pixels = np.argwhere(silhouette & ~ndimage.binary_erosion(silhouette))
    corners = np.concatenate([pixels + offset for offset in ((0, 0), (0, 1), (1, 0), (1, 1))])
    return float(ConvexHull(corners).volume)  # of a plane hull, the volume is the area
