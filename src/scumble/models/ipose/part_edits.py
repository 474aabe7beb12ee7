"""Objects with edited parts, for training (ours; the paper shows edited parts, but trains without any).

An outline nearly always tells which parts are there and where. A generator that has seen nothing else need
not look at them, and paints a wheel where such a car has one, whatever the part map says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from torch import Tensor

from scumble.edit.parts import without_part
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.scene import IdArray

_PURPOSE = 2
"""What the source of randomness is for; the recipe has the others."""
_RADII = (0.15, 0.6)
"""Radii of what is painted over, in sides of the object's box."""


class PartEdits:
    """Edits the parts of some objects of a batch, in the photograph and in the part map alike.

    As with `scumble.edit.RemovePart` and `scumble.edit.PaintPart`, half of these objects lose a part, in
    whose place the nearest other one continues; in the others an ellipse becomes a part that the object has.
    In the photograph the changed pixels get the median colour of the part that they have become.

    Args:
        parts_of: the part of every pixel, int64 ``[B, H, W]`` 0..8.
        share: of the objects with several parts, 0..1, that are edited.
        seed: of the choice.
    """

    def __init__(self, parts_of: Callable[[SynthesisBatch], Tensor], share: float, seed: int) -> None:
        self.parts_of, self.share, self.seed = parts_of, share, seed

    def __call__(self, batch: SynthesisBatch) -> SynthesisBatch:
        """The batch with other pictures, and with the parts that they show."""
        image, parts = batch.image.cpu().numpy().copy(), self.parts_of(batch).cpu().numpy().astype(np.int32)
        codes = batch.codes.cpu().numpy()
        for picture, number in enumerate(batch.numbers):
            rng = np.random.default_rng([self.seed, _PURPOSE, number])
            values, objects = np.unique(codes[picture], return_inverse=True)
            found = find_objects(objects.reshape(codes[picture].shape) + int(values[0] > 0))
            for value, place in zip(values[values > 0], found, strict=True):
                if rng.random() < self.share:
                    inside = codes[picture][place] == value
                    _edit(image[picture][:, *place], parts[picture][place], inside, rng)
        device = batch.image.device
        return replace(
            batch, image=torch.from_numpy(image).to(device), parts=torch.from_numpy(parts).long().to(device)
        )


def _edit(
    image: NDArray[np.float32],
    parts: IdArray,
    inside: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """Edit the parts of an object; ``[3, H, W]`` and ``[H, W]`` are changed in place."""
    seen = inside & (parts > 0)
    present = np.unique(parts[seen])
    if len(present) < 2:
        return
    part = rng.choice(present)
    if rng.random() < 0.5:
        changed = seen & (parts == part)
        new = without_part(parts, inside, part)[changed]
    else:
        changed = seen & (parts != part) & _ellipse(seen, rng)
        new = np.full(np.count_nonzero(changed), part, np.int32)
    for became in np.unique(new):
        color = np.median(image[:, seen & (parts == became)], axis=1)
        where = np.zeros_like(changed)
        where[changed] = new == became
        image[:, where] = color[:, None]
    parts[changed] = new


def _ellipse(seen: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """An ellipse around some pixel of an object; ``[H, W]``."""
    height, width = seen.shape
    rows, columns = np.nonzero(seen)
    center = rng.integers(len(rows))
    y, x = np.ogrid[:height, :width]
    ry, rx = rng.uniform(*_RADII, size=2) * seen.shape
    inside: NDArray[np.bool_] = ((y - rows[center]) / ry) ** 2 + ((x - columns[center]) / rx) ** 2 <= 1
    return inside
