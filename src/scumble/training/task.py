"""What the loop needs to know of the thing that is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from scumble.label_space import LabelSpace
from scumble.models.recipe import Recipe
from scumble.scene import ImageArray
from scumble.training.config import Phase
from scumble.training.overfit import Scores


class Task(Protocol):
    """A recipe with its data, its sample grids, and its checkpoint."""

    @property
    def label_space(self) -> LabelSpace:
        """The classes that it learns."""
        ...

    @property
    def recipe(self) -> Recipe[Any]:
        """Networks, losses and update steps."""
        ...

    def samples(self, phase: Phase) -> Dataset[dict[str, Tensor]]:
        """An endless stream: sample ``n`` for every n >= 0, the same whenever it is asked for."""
        ...

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> Any:
        """Stacked samples as the recipe takes them."""
        ...

    def grid(self, generator: nn.Module) -> ImageArray:
        """A picture of fixed samples, drawn with this generator."""
        ...

    def score(self, generator: nn.Module) -> float | None:
        """How far this generator is from its goal on held-out samples, lower is better; None if unknown."""
        ...

    def discriminator_scores(self, phase: Phase) -> Scores | None:
        """What the discriminator says of training and of held-out photographs; None if it has not both."""
        ...

    def refresh(self, generator: nn.Module) -> None:
        """Make an average of weights ready to be looked at and saved; most need nothing."""
        ...

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Write a checkpoint folder; one that is ``kept`` for good has to have all that painting needs."""
        ...
