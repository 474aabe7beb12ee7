"""Outlines of objects, gathered from training scenes, for people who add an object by drawing a box."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.spatial import ConvexHull

from scumble.edit import Box, Edit
from scumble.errors import CheckpointError
from scumble.files import MAX_PIXELS
from scumble.instances import INSTANCES_PER_CLASS
from scumble.scene import MaskArray, Scene

OUTLINE_SIZE = 64
"""Outlines are kept at this height and width, whatever their proportions."""
MAX_OUTLINES = 48
"""Outlines a class."""
_SMALLEST_SIDE = 20
_NEAREST = 6


class OutlineBank:
    """Outlines by class name.

    Args:
        masks: bool ``[N, 64, 64]`` of each class, True inside, filling the square from side to side.
        aspects: float ``[N]`` of each class, width divided by height.

    Raises:
        CheckpointError: shapes do not fit, or an outline is empty.
    """

    def __init__(
        self, masks: Mapping[str, NDArray[np.bool_]], aspects: Mapping[str, NDArray[np.floating]]
    ) -> None:
        if not masks or masks.keys() != aspects.keys():
            raise CheckpointError("A bank of outlines has outlines and proportions of the same classes.")
        for name, group in masks.items():
            shape = (len(group), OUTLINE_SIZE, OUTLINE_SIZE)
            right = group.dtype == np.bool_ and group.shape == shape and aspects[name].shape == shape[:1]
            if not right or not len(group) or not group.any((1, 2)).all() or not (aspects[name] > 0).all():
                raise CheckpointError(
                    f"The outlines of {name!r} have shape {group.shape}, their proportions "
                    f"{aspects[name].shape}; expected bool [N, 64, 64], none empty, and [N] above 0."
                )
        self.masks = dict(masks)
        self.aspects = dict(aspects)

    def draw(self, class_name: str, width: int, height: int, rng: np.random.Generator) -> MaskArray | None:
        """An outline that fits a box: drawn from those of the class with the most similar proportions.

        Args:
            class_name: of the object.
            width: of the box in pixels.
            height: of the box in pixels.
            rng: source of randomness.

        Returns:
            ``[height, width]``, True inside; None if the bank has no such class.
        """
        if class_name not in self.masks:
            return None
        off = np.abs(np.log(self.aspects[class_name] * height / width))
        chosen = int(rng.choice(np.argsort(off, kind="stable")[:_NEAREST]))
        outline = Image.fromarray(self.masks[class_name][chosen].astype(np.float32))
        fitted = np.asarray(outline.resize((width, height), Image.Resampling.BILINEAR)) >= 0.5
        return fitted if fitted.any() else np.ones_like(fitted)

    def tensors(self) -> dict[str, NDArray[np.uint8] | NDArray[np.float32]]:
        """What a file of the bank holds: packed bits ``[N, 64, 8]`` and proportions of each class."""
        packed = {f"{name}.masks": np.packbits(group, axis=2) for name, group in self.masks.items()}
        aspects = {f"{name}.aspects": group.astype(np.float32) for name, group in self.aspects.items()}
        return {**packed, **aspects}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[np.generic]]) -> OutlineBank:
        """The bank of such a file.

        Raises:
            CheckpointError: it holds something else.
        """
        masks, aspects = {}, {}
        for key, array in tensors.items():
            name, _, what = key.rpartition(".")
            if what == "masks" and array.dtype == np.uint8 and array.ndim == 3:
                masks[name] = np.unpackbits(array.astype(np.uint8), axis=2).astype(np.bool_)
            elif what == "aspects" and array.dtype == np.float32:
                aspects[name] = array.astype(np.float32)
            else:
                raise CheckpointError(f"The entry {key!r} does not belong into a bank of outlines.")
        return cls(masks, aspects)


def outlined(edit: Edit, bank: OutlineBank | None, seed: int) -> Edit:
    """The edit with an outline in every box that adds an object of a class that the bank knows.

    Args:
        edit: boxes that have an outline already keep it.
        bank: where outlines are drawn; without one the edit stays as it is.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    operations = []
    for operation in edit.operations:
        if isinstance(operation, Box) and operation.class_name and bank and operation.outline is None:
            width, height = operation.x1 - operation.x0, operation.y1 - operation.y0
            # An impossible box is refused when the edit is carried out, with a better message.
            if min(width, height) > 0 and width * height <= MAX_PIXELS:
                outline = bank.draw(operation.class_name, width, height, rng)
                operation = dataclasses.replace(operation, outline=outline)
        operations.append(operation)
    return Edit(tuple(operations))


def gather_outlines(scenes: Iterable[Scene]) -> OutlineBank | None:
    """The outlines of objects that are seen whole, as far as a map can tell.

    An object counts if it is at least 20 pixels high and wide, does not touch the border of the picture,
    is in one piece (up to 5 % of its area), and fills its convex hull better than two thirds of its class:
    what stands in front of an object takes a bite out of it. The largest are kept.

    Args:
        scenes: pictures with instance maps.

    Returns:
        The bank; None if no object counts.
    """
    found: dict[str, list[tuple[float, int, float, NDArray[np.bool_]]]] = {}
    for scene in scenes:
        for item in scene.instance_table():
            x0, y0, x1, y1 = item.box
            at_border = x0 == 0 or y0 == 0 or (x1, y1) == scene.size or x1 == scene.size[0]
            if item.id < INSTANCES_PER_CLASS or at_border or min(x1 - x0, y1 - y0) < _SMALLEST_SIDE:
                continue
            outline = _one_piece(scene.instances[y0:y1, x0:x1] == item.id)
            if outline is not None:
                name = scene.label_space.names[item.class_id]
                entry = _solidity(outline), item.area, outline.shape[1] / outline.shape[0], _square(outline)
                found.setdefault(name, []).append(entry)
    if not found:
        return None
    masks, aspects = {}, {}
    for name, entries in sorted(found.items()):
        least = float(np.quantile([entry[0] for entry in entries], 2 / 3))
        whole = sorted((e for e in entries if e[0] >= least), key=lambda e: -e[1])[:MAX_OUTLINES]
        masks[name] = np.stack([entry[3] for entry in whole])
        aspects[name] = np.array([entry[2] for entry in whole], np.float32)
    return OutlineBank(masks, aspects)


def _one_piece(region: MaskArray) -> MaskArray | None:
    """The largest 8-connected piece, holes filled; None if it is not nearly everything."""
    pieces, _ = ndimage.label(region, structure=np.ones((3, 3)))
    largest = pieces == np.argmax(np.bincount(pieces.ravel())[1:]) + 1
    if largest.sum() < 0.95 * region.sum():
        return None
    rows, columns = np.nonzero(largest)
    cut = largest[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    filled: MaskArray = ndimage.binary_fill_holes(cut)
    return filled


def _solidity(outline: MaskArray) -> float:
    """Share of the convex hull that is inside."""
    rows, columns = np.nonzero(outline)
    corners = np.concatenate([np.stack([rows + dy, columns + dx], 1) for dy in (0, 1) for dx in (0, 1)])
    return float(outline.sum() / ConvexHull(corners).volume)


def _square(outline: MaskArray) -> MaskArray:
    scaled = Image.fromarray(outline.astype(np.float32)).resize(
        (OUTLINE_SIZE, OUTLINE_SIZE), Image.Resampling.BILINEAR
    )
    return np.asarray(scaled) >= 0.5
