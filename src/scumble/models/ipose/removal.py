"""Objects that lack a part, for training (ours; the paper shows edited parts, but trains without any).

An outline nearly always tells which parts are there and where. A generator that has seen nothing else need
not look at them, and paints a wheel where such a car has one, whatever the part map says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects

from scumble.models.oasis.recipe import SynthesisBatch

_PURPOSE = 2
"""What the source of randomness is for; the recipe has the others."""


class PartRemoval:
    """Takes a part away from some objects of a batch, from the photograph and from the part map.

    The nearest other part of the object continues in its place, as in `scumble.edit.RemovePart`, and in the
    photograph the median colour of that part.

    Args:
        parts_of: the part of every pixel, int64 ``[B, H, W]`` 0..8.
        share: of the objects with several parts that lose one, 0..1.
        seed: of the choice.
    """

    def __init__(self, parts_of: Callable[[SynthesisBatch], torch.Tensor], share: float, seed: int) -> None:
        self.parts_of, self.share, self.seed = parts_of, share, seed

    def __call__(self, batch: SynthesisBatch) -> SynthesisBatch:
        """The batch with other pictures, and with the parts that they show."""
        image, parts = batch.image.cpu().numpy().copy(), self.parts_of(batch).cpu().numpy().copy()
        codes = batch.codes.cpu().numpy()
        for picture, number in enumerate(batch.numbers):
            rng = np.random.default_rng([self.seed, _PURPOSE, number])
            values, objects = np.unique(codes[picture], return_inverse=True)
            found = find_objects(objects.reshape(codes[picture].shape) + int(values[0] > 0))
            for value, place in zip(values[values > 0], found, strict=True):
                if place is not None and rng.random() < self.share:
                    inside = codes[picture][place] == value
                    _take_away(image[picture][:, *place], parts[picture][place], inside, rng)
        device = batch.image.device
        return replace(
            batch, image=torch.from_numpy(image).to(device), parts=torch.from_numpy(parts).to(device)
        )


def _take_away(
    image: NDArray[np.float32],
    parts: NDArray[np.int64],
    inside: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """Let an object lose a part; ``[3, H, W]`` and ``[H, W]`` are changed in place."""
    seen = inside & (parts > 0)
    present = np.unique(parts[seen])
    if len(present) < 2:
        return
    gone = seen & (parts == rng.choice(present))
    left = seen & ~gone
    nearest = distance_transform_edt(~left, return_distances=False, return_indices=True)
    parts[gone] = parts[tuple(nearest[:, gone])]
    for part in np.unique(parts[gone]):
        color = np.median(image[:, left & (parts == part)], axis=1)
        image[:, gone & (parts == part)] = color[:, None]
