"""Differentiable augmentation (Zhao et al., arXiv 2006.10738): discriminators see changed pictures only.

Both photographs and generated pictures are changed before the discriminator sees them, and gradients pass
through the change to the generator; with few photographs the discriminator then takes longer to know them by
heart. The ranges are those of the paper.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.errors import ConfigError, nearest

Policy = Literal["translation", "color", "cutout"]
"""What is done: move, change brightness, saturation and contrast, erase a rectangle."""

_REACH = 8
"""A picture moves by at most its side divided by this."""


@dataclass(frozen=True)
class Augmentation:
    """One random change for every picture of a batch, and for the maps that belong to it.

    First colors change, then the picture moves, then a rectangle is erased. Attributes are None where their
    policy was not asked for.

    Attributes:
        height: rows of the pictures.
        width: columns.
        color: float32 ``[B, 3]``: what is added for brightness, in [-0.5, 0.5); factors of saturation, in
            [0, 2), and of contrast, in [0.5, 1.5).
        shift: int64 ``[B, 2]``: rows and columns that the picture moves down and right, in +-1/8 of its size.
        center: int64 ``[B, 2]``: row and column around which half the height and half the width are
            erased; what lies outside the picture is lost.
    """

    height: int
    width: int
    color: Tensor | None = None
    shift: Tensor | None = None
    center: Tensor | None = None

    @classmethod
    def draw(
        cls, policies: Collection[Policy], draws: Sequence[np.random.Generator], height: int, width: int
    ) -> Augmentation:
        """Choose at random.

        Args:
            policies: what is asked for; nothing is drawn if that is nothing.
            draws: a source of randomness for each picture, so that no picture depends on those beside it. A
                policy's choice does not depend on which others are asked for.
            height: rows of the pictures.
            width: columns.

        Raises:
            ConfigError: there is no such policy.
        """
        for policy in policies:
            if policy not in get_args(Policy):
                raise ConfigError(f"There is no augmentation {policy!r}; {nearest(policy, get_args(Policy))}")
        if not policies:
            return cls(height, width)
        reach = _reach(height, width)
        colors, shifts, centers = [], [], []
        for draw in draws:
            colors.append(draw.uniform((-0.5, 0.0, 0.5), (0.5, 2.0, 1.5)))
            shifts.append(draw.integers(-reach, reach + 1))
            centers.append(draw.integers((height, width)))
        return cls(
            height,
            width,
            torch.from_numpy(np.stack(colors)).float() if "color" in policies else None,
            torch.from_numpy(np.stack(shifts)) if "translation" in policies else None,
            torch.from_numpy(np.stack(centers)) if "cutout" in policies else None,
        )

    def pictures(self, x: Tensor) -> Tensor:
        """Change pictures.

        Args:
            x: ``[B, 3, H, W]`` in [-1, 1]; gradients flow to it.

        Returns:
            The same shape and type, possibly beyond [-1, 1]; 0, mid grey, where nothing moved in and where
            the picture is erased. ``x`` itself if nothing was asked for.

        Raises:
            ValueError: another number of pictures or another size than was drawn for.
        """
        self._check(x)
        return self._geometry(x if self.color is None else _colored(x, self.color.to(x)), 0)

    def maps(self, m: Tensor, fill: int) -> Tensor:
        """Change maps as the pictures that they belong to; colors have no part in it.

        Args:
            m: integer ``[B, H, W]``: labels, instances or rows of a table.
            fill: id where nothing moved in and where the picture is erased, such as that of don't care.

        Returns:
            The same shape and type; ``m`` itself if no change of geometry was asked for.

        Raises:
            ValueError: as for `pictures`.
        """
        self._check(m)
        return self._geometry(m[:, None], fill)[:, 0] if self._moves else m

    def shown(self, m: Tensor) -> Tensor | None:
        """Where changed pictures show something.

        Args:
            m: maps of the pictures, integer ``[B, H, W]``.

        Returns:
            bool ``[B, H, W]``; None if that is everywhere, because no change of geometry was asked for.
        """
        return self.maps(torch.ones_like(m, dtype=torch.bool), False) if self._moves else None

    @property
    def _moves(self) -> bool:
        return self.shift is not None or self.center is not None

    def _check(self, values: Tensor) -> None:
        drawn = [len(t) for t in (self.color, self.shift, self.center) if t is not None]
        if values.shape[-2:] != (self.height, self.width) or any(n != len(values) for n in drawn):
            raise ValueError(
                f"The batch is {list(values.shape)}, but the augmentation was drawn for "
                f"{drawn[0] if drawn else 'any number of'} pictures of {self.height}x{self.width}."
            )

    def _geometry(self, values: Tensor, fill: int) -> Tensor:
        """``[B, C, H, W]`` moved and erased."""
        if self.shift is not None:
            values = _translated(values, self.shift.to(values.device), fill)
        if self.center is not None:
            values = values.masked_fill(self._erased(self.center.to(values.device)), fill)
        return values

    def _erased(self, center: Tensor) -> Tensor:
        """Where the rectangles lie, bool ``[B, 1, H, W]``."""
        inside = []
        for place, size in zip(center.unbind(1), (self.height, self.width), strict=True):
            first = place[:, None] - (size // 2) // 2
            steps = torch.arange(size, device=center.device) - first
            inside.append((steps >= 0) & (steps < size // 2))
        return (inside[0][:, :, None] & inside[1][:, None, :])[:, None]


def _reach(height: int, width: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([height // _REACH, width // _REACH], dtype=np.int64)


def _colored(x: Tensor, color: Tensor) -> Tensor:
    """Brightness is added; saturation scales about the grey of a pixel, contrast about that of a picture."""
    brightness, saturation, contrast = color[:, :, None, None, None].unbind(1)
    x = x + brightness
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * saturation
    grey = x.mean((1, 2, 3), keepdim=True)
    return grey + (x - grey) * contrast


def _translated(values: Tensor, shift: Tensor, fill: int) -> Tensor:
    """``[B, C, H, W]`` moved down and right by ``shift [B, 2]``, in which ``fill`` moves in."""
    height, width = values.shape[-2:]
    down, across = (int(reach) for reach in _reach(height, width))
    padded = F.pad(values, (across, across, down, down), value=fill)
    rows = torch.arange(height, device=values.device) + down - shift[:, :1]
    columns = torch.arange(width, device=values.device) + across - shift[:, 1:]
    channels = values.shape[1]
    padded = padded.gather(2, rows[:, None, :, None].expand(-1, channels, -1, padded.shape[3]))
    return padded.gather(3, columns[:, None, None, :].expand(-1, channels, height, -1))
