"""The N + 1 class cross-entropy of OASIS (``oasis`` spec, section 4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.distributed import total


def pixel_weights(labels: Tensor, label_channels: int, *, dont_care: int | None = 0) -> Tensor:
    """What every pixel counts, so that every class of the batch (of all processes) counts alike.

    Args:
        labels: int64 ``[B, H, W]``.
        label_channels: classes.
        dont_care: the class that counts nothing, 0 in the published sets; None if all count.

    Returns:
        float32 ``[B, H, W]``: pixels of the batch over (classes that occur times pixels of this class).
    """
    counts = total(torch.bincount(labels.flatten(), minlength=label_channels).float())
    pixels = counts.sum()
    if dont_care is not None:
        counts[dont_care] = 0
    present = counts > 0
    weights = torch.where(present, pixels / (present.sum() * counts.clamp_min(1)), 0)
    return weights[labels]


def real_loss(logits: Tensor, labels: Tensor, weights: Tensor | None) -> Tensor:
    """How far pictures are from being seen as what their maps say.

    Args:
        logits: ``[B, N + 1, H, W]``.
        labels: int64 ``[B, H, W]``.
        weights: see `pixel_weights`; None weighs all pixels alike.

    Returns:
        Scalar; the mean is over all pixels, those that count nothing included.
    """
    entropy = F.cross_entropy(logits.float(), labels + 1, reduction="none")
    return (entropy if weights is None else entropy * weights).mean()


def fake_loss(logits: Tensor) -> Tensor:
    """How far pictures ``[B, N + 1, H, W]`` are from being seen as fake; don't-care pixels count."""
    target = torch.zeros(logits.shape[0], *logits.shape[2:], dtype=torch.int64, device=logits.device)
    return F.cross_entropy(logits.float(), target)
