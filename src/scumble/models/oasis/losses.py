"""The N + 1 class cross-entropy of OASIS (``oasis`` spec, section 4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.distributed import total


def pixel_weights(
    labels: Tensor, label_channels: int, *, dont_care: int | None = 0, shown: Tensor | None = None
) -> Tensor:
    """What every pixel counts, so that every class of the batch (of all processes) counts alike.

    Args:
        labels: int64 ``[B, H, W]``.
        label_channels: classes.
        dont_care: the class that counts nothing, 0 in the published sets; None if all count.
        shown: bool ``[B, H, W]``, where there is a picture, see `Augmentation.shown`; other pixels count
            nothing. None if it is everywhere.

    Returns:
        float32 ``[B, H, W]``: pixels of the batch over (classes that occur times pixels of this class).
    """
    if shown is not None:
        labels = labels.masked_fill(~shown, label_channels)  # a class of its own
    counts = total(torch.bincount(labels.flatten(), minlength=label_channels + 1).float())
    pixels = counts.sum()
    counts[label_channels] = 0
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


def fake_loss(logits: Tensor, weights: Tensor | None = None) -> Tensor:
    """How far pictures are from being seen as fake; don't-care pixels count.

    Args:
        logits: ``[B, N + 1, H, W]``.
        weights: float32 ``[B, H, W]``, what every pixel counts; None weighs all alike.

    Returns:
        Scalar; the mean is over all pixels, those that count nothing included.
    """
    target = torch.zeros(logits.shape[0], *logits.shape[2:], dtype=torch.int64, device=logits.device)
    if weights is None:
        return F.cross_entropy(logits.float(), target)
    return (F.cross_entropy(logits.float(), target, reduction="none") * weights).mean()
