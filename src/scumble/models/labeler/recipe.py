"""Loss and update step of the labeler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.errors import ConfigError
from scumble.models.recipe import Optimized, Update
from scumble.nn.distributed import total, world_size


@dataclass(frozen=True)
class LabelBatch:
    """A batch of labelled pictures.

    Attributes:
        image: RGB ``[B, 3, H, W]`` in [-1, 1].
        labels: int64 ``[B, H, W]``, 0 <= label < classes.
    """

    image: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> LabelBatch:
        """The batch on another device."""
        return LabelBatch(self.image.to(device), self.labels.to(device))


@dataclass(frozen=True)
class LabelerLosses:
    """How classes are weighed, and how the network learns."""

    balance: float = 0.5
    """A class weighs its share of the pixels to the power of minus this; 0 weighs all alike."""
    learning_rate: float = 1e-3
    """Of Adam."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates."""

    def __post_init__(self) -> None:
        if self.balance < 0 or self.learning_rate <= 0:
            raise ConfigError(f"{self} is not possible: balance is at least 0, learning_rate above 0.")


def class_weights(counts: NDArray[np.int64], balance: float, dont_care: int | None) -> Tensor:
    """What a pixel of each class counts in the loss.

    Args:
        counts: pixels of each class in the training set, ``[classes]``.
        balance: exponent, see `LabelerLosses`.
        dont_care: class that is ignored.

    Returns:
        float32 ``[classes]``: 0 for the ignored class, ``share ** -balance`` for the others; a class that
        does not occur is taken for one of a single pixel.
    """
    counts = np.maximum(counts, 1)
    weights = (counts / counts.sum()) ** -balance
    if dont_care is not None:
        weights[dont_care] = 0
    return torch.from_numpy(weights).float()


class LabelerRecipe:
    """Weighted cross entropy.

    Args:
        labeler: from pictures ``[B, 3, H, W]`` to logits ``[B, classes, H, W]``.
        weights: of the classes, ``[classes]``; 0 ignores the pixels of a class.
        losses: learning rate and decay rates.
    """

    def __init__(self, labeler: nn.Module, weights: Tensor, losses: LabelerLosses) -> None:
        self.weights = weights
        self.networks = nn.ModuleDict({"generator": labeler})
        self.optimized = {"generator": Optimized(labeler, losses.learning_rate, losses.betas)}

    def updates(self, batch: LabelBatch, step: int = 0, *, lean: bool = False) -> Iterator[Update]:
        """One step."""
        loss = self.cross_entropy(self.networks["generator"](batch.image), batch.labels)
        yield Update("generator", loss, {"cross_entropy": loss})

    def cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The weighted mean over the pixels of ``[B, H, W]`` of all processes; 0 if all are ignored.

        A process gives its own pixels' share, times the number of processes, because their mean is learned.
        """
        weights = self.weights.to(logits.device)
        entropy = F.cross_entropy(logits.float(), labels, weights, reduction="sum")
        whole = total(weights[labels].sum()).clamp_min(torch.finfo(weights.dtype).tiny)
        return entropy * world_size() / whole
