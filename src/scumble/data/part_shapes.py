"""Training samples of PartNet: outlines of objects and their parts (``ipose`` spec, section 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from scumble.data.draws import draw
from scumble.data.part_categories import MERGED_PARTS, PART_CATEGORIES
from scumble.data.parts.part_set import PartArray, PartSet, Split, supports
from scumble.scene import MAX_PARTS

SIZE = 64
"""Side of a sample in pixels."""
POOL = 101
"""Part maps of a category that supports are drawn from in training, at most."""
_ENLARGED = 72
_ANGLES = (-15, 16)
"""Degrees by which some objects are turned; the published range leaves out 16 on one side only."""


def resize_parts(parts: PartArray, side: int = SIZE) -> PartArray:
    """A part map ``[H, W]`` at ``side`` x ``side``, by the nearest pixel."""
    return np.asarray(Image.fromarray(parts).resize((side, side), Image.Resampling.NEAREST))


def support_maps(root: Path, category: int, k: int) -> list[PartArray]:
    """The k supports of a category, then training objects that show as many parts as the first.

    Args:
        root: a part set.
        category: number of the folder that they are taken from.
        k: supports.

    Returns:
        Part maps of any size, at most 101; sorted, where the published order is that of the disk.
    """
    fixed = supports(root, category, k)
    values = len(np.unique(fixed[0]))
    pool = list(fixed)
    shapes = PartSet(root, category, "train")
    for index in range(len(shapes)):
        if len(pool) >= POOL:
            break
        parts = shapes[index].parts
        if len(np.unique(parts)) == values:
            pool.append(parts)
    return pool


def published_supports(root: Path, category: int, k: int) -> list[PartArray]:
    """The k supports that the released iPOSE shows PartNet for a category (``ipose``, section 2.3).

    Some categories borrow those of another, and of some the parts are merged; sets of one's own have a
    folder for every category instead (`supports`).
    """
    folder = PART_CATEGORIES[category].supports
    merged = np.arange(MAX_PARTS + 1, dtype=np.uint8)
    for part, instead in MERGED_PARTS.get(folder, {}).items():
        merged[part] = instead
    return [merged[parts] for parts in supports(root, folder, k)]


def augmented(parts: PartArray, inside: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Part map and outline ``[2, 64, 64]``, half of the time cut from a larger and perhaps turned one."""
    both = [Image.fromarray(parts), Image.fromarray(inside.astype(np.uint8))]
    if rng.random() < 0.5:
        both = [one.resize((_ENLARGED, _ENLARGED), Image.Resampling.NEAREST) for one in both]
        if rng.random() < 0.5:
            angle = int(rng.integers(*_ANGLES))
            both = [one.rotate(angle, Image.Resampling.NEAREST) for one in both]
        x, y = rng.integers(_ENLARGED - SIZE + 1, size=2).tolist()
        both = [one.crop((x, y, x + SIZE, y + SIZE)) for one in both]
    else:
        both = [one.resize((SIZE, SIZE), Image.Resampling.NEAREST) for one in both]
    maps = np.stack([np.asarray(one) for one in both])
    return maps[:, :, ::-1] if rng.random() < 0.5 else maps


class PartSamples(torch.utils.data.Dataset[dict[str, Tensor]]):
    """Objects of some categories, changed as the published code does.

    Args:
        root: a part set.
        categories: their numbers.
        split: ``train`` or ``val``.
        seed: of everything that is random; None changes nothing and takes the objects in order.
    """

    def __init__(self, root: Path, categories: Sequence[int], split: Split, seed: int | None) -> None:
        self.objects = [
            (category, shape.parts, shape.silhouette)
            for category in categories
            for shape in PartSet(root, category, split)
        ]
        self.seed = seed

    def __len__(self) -> int:
        return len(self.objects)

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Sample ``number`` of an endless stream, or object ``number`` where nothing is random.

        Returns:
            ``parts`` uint8 [64, 64], ``shape`` uint8 [64, 64] of 0 and 1, ``category`` and ``number`` int64.
        """
        if self.seed is None:
            category, parts, inside = self.objects[number]
            maps = np.stack([resize_parts(parts), resize_parts(inside.astype(np.uint8))])
        else:
            index, rng = draw(len(self.objects), self.seed, number)
            category, parts, inside = self.objects[index]
            maps = augmented(parts, inside, rng)
        return {
            "parts": torch.from_numpy(maps[0].copy()),
            "shape": torch.from_numpy(maps[1].copy()),
            "category": torch.tensor(category),
            "number": torch.tensor(number),
        }
