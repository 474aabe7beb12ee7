"""The hinge form of the adversarial loss (Lim and Ye, arXiv 1705.02894), averaged over all scores."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def hinge_discriminator_real(scores: Tensor) -> Tensor:
    """The discriminator's loss on real pictures, mean of max(0, 1 - score).

    Args:
        scores: any shape and floating-point precision.

    Returns:
        A float32 scalar >= 0.
    """
    return F.relu(1 - scores.float()).mean()


def hinge_discriminator_fake(scores: Tensor) -> Tensor:
    """The discriminator's loss on generated pictures, mean of max(0, 1 + score).

    Args:
        scores: any shape and floating-point precision.

    Returns:
        A float32 scalar >= 0.
    """
    return F.relu(1 + scores.float()).mean()


def hinge_generator(scores: Tensor) -> Tensor:
    """The generator's loss, minus the mean of the scores of its pictures.

    Args:
        scores: any shape and floating-point precision.

    Returns:
        A float32 scalar of either sign.
    """
    return -scores.float().mean()
