"""The example part maps of PartNet's categories, and how training draws from them (section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.data.parts.part_set import PartArray
from scumble.errors import DataError
from scumble.models.partnet.config import PART_CHANNELS, SHAPE_SIZE

FIXED_SHARE = 5 / 8
"""Share of the training passes that see the supports that are used later."""


@dataclass(frozen=True)
class SupportStore:
    """Part maps by category, all 64x64; the first of each are its supports.

    Attributes:
        maps: category id to ``[n, 64, 64]`` uint8, n at least the number of supports.
    """

    maps: Mapping[int, PartArray]

    @classmethod
    def of(cls, maps: Mapping[int, Sequence[PartArray]], supports: int) -> SupportStore:
        """Shrink part maps of any size by the nearest pixel and check them.

        Args:
            maps: part maps ``[H, W]`` by category id.
            supports: how many a category must have.

        Raises:
            DataError: a category has fewer maps, a map shows no part, or holds a part beyond 8.
        """
        for category, given in maps.items():
            _refuse_few(category, len(given), supports)
            for number, one in enumerate(given):
                if not one.any() or one.max() >= PART_CHANNELS:
                    raise DataError(
                        f"Support {number} of category {category} has the parts 0..{one.max()}; expected at "
                        f"least one part, and numbers up to {PART_CHANNELS - 1}; mend or remove it."
                    )
        return cls({category: np.stack([shrink(one) for one in given]) for category, given in maps.items()})

    def tensors(self) -> dict[str, Tensor]:
        """The maps by category, for a file; `from_tensors` gives the store back."""
        return {str(category): torch.from_numpy(maps) for category, maps in sorted(self.maps.items())}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> SupportStore:
        """The store that `tensors` wrote.

        Raises:
            DataError: an entry is not a category with part maps.
        """
        for name, maps in tensors.items():
            shaped = (
                maps.dtype == torch.uint8 and maps.ndim == 3 and maps.shape[1:] == (SHAPE_SIZE, SHAPE_SIZE)
            )
            if not name.isdecimal() or not shaped or not len(maps) or int(maps.max()) >= PART_CHANNELS:
                raise DataError(
                    f"The entry {name!r} has {list(maps.shape)} of {maps.dtype}; expected the number of a "
                    "category with part maps [k, 64, 64] of 0..8; the file holds no supports."
                )
        return cls({int(name): maps.numpy() for name, maps in tensors.items()})

    def fixed(self, categories: Sequence[int], supports: int) -> Tensor:
        """The one-hot supports of categories, ``[len(categories), k, 9, 64, 64]`` float32.

        Raises:
            DataError: as `check`.
        """
        self.check(categories, supports)
        return one_hot(np.stack([self.maps[category][:supports] for category in categories]))

    def drawn(self, categories: Sequence[int], supports: int, rng: np.random.Generator) -> Tensor:
        """As `fixed`, in three of eight passes with others of the same categories.

        The list that is drawn from holds the fixed ones and twice as many from the whole pool, so that one
        may come twice, as published.

        Raises:
            DataError: as `check`.
        """
        self.check(categories, supports)
        if rng.random() < FIXED_SHARE:
            return self.fixed(categories, supports)
        chosen = []
        for category in categories:
            pool = self.maps[category]
            others = rng.permutation(np.arange(1, len(pool)))[: 2 * supports]
            listed = np.concatenate([np.arange(supports), others])
            chosen.append(pool[rng.permutation(listed)[:supports]])
        return one_hot(np.stack(chosen))

    def check(self, categories: Sequence[int], supports: int = 1) -> None:
        """Refuse categories without supports, or with fewer than PartNet looks at.

        Raises:
            DataError: names the first, and what there is.
        """
        missing = sorted(set(categories) - set(self.maps))
        if missing:
            raise DataError(
                f"There are no support maps of category {missing[0]}; there are some of "
                f"{', '.join(map(str, sorted(self.maps)))}; add a folder support_shape/K/{missing[0]}."
            )
        for category in categories:
            _refuse_few(category, len(self.maps[category]), supports)


def _refuse_few(category: int, found: int, supports: int) -> None:
    if found < supports:
        raise DataError(
            f"Category {category} has {found} support maps, PartNet looks at {supports}; add part maps of "
            "that category."
        )


def shrink(values: PartArray) -> PartArray:
    """A map ``[H, W]`` at 64x64; the nearest pixel is ``floor(i * size / 64)``, as in the published code."""
    rows, columns = ((np.arange(SHAPE_SIZE) * side // SHAPE_SIZE) for side in values.shape)
    shrunk: PartArray = values[rows[:, None], columns]
    return shrunk


def one_hot(parts: PartArray) -> Tensor:
    """Part numbers ``[..., H, W]`` as float32 channels ``[..., 9, H, W]``."""
    return F.one_hot(torch.from_numpy(parts).long(), PART_CHANNELS).movedim(-1, -3).float()
