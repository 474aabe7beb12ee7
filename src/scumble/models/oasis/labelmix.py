"""LabelMix: pictures mixed along class borders must be judged piece by piece (``oasis`` spec, section 4)."""

from __future__ import annotations

import torch
from torch import Tensor


def label_mask(labels: Tensor, coins: Tensor, *, collision: bool = False) -> Tensor:
    """Where the mixed picture is real.

    Args:
        labels: int64 ``[B, H, W]``.
        coins: bool or 0 / 1 for every class, ``[N]``; those of classes that do not occur are not used.
        collision: as the released code, which writes the coins into the label map class by class, so that
            class 0 takes the coin of class 1 if its own was 1 and class 1 occurs.

    Returns:
        float32 ``[B, 1, H, W]``, 1 for real.
    """
    table = coins.to(torch.float32).clone()
    if collision and len(coins) > 1 and bool(coins[0]) and bool((labels == 1).any()):
        table[0] = table[1]
    return table[labels][:, None]


def mix(real: Tensor, fake: Tensor, mask: Tensor) -> Tensor:
    """The mixed pictures ``[B, 3, H, W]``."""
    return mask * real + (1 - mask) * fake


def consistency(
    mixed: Tensor, real: Tensor, fake: Tensor, mask: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Mean square of the mixed picture's judgement less the mixed judgements.

    Args:
        mixed: judgement of the mixed pictures, ``[B, N + 1, H, W]``.
        real: of the real ones.
        fake: of the painted ones.
        mask: see `label_mask`.
        weights: float32 ``[B, H, W]``, what every pixel counts; None weighs all alike.
    """
    squares = (mixed.float() - mix(real, fake, mask).float()).square()
    return (squares if weights is None else squares * weights[:, None]).mean()
