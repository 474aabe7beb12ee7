"""What a system gives to the training loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from torch import Tensor, nn

Batch = TypeVar("Batch", contravariant=True)


@dataclass(frozen=True)
class Update:
    """One optimiser step that the loop is to make.

    Attributes:
        name: the optimiser, a key of ``Recipe.optimized``.
        loss: scalar to differentiate.
        terms: weighted terms of the loss, for the log.
    """

    name: str
    loss: Tensor
    terms: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimized:
    """Networks that one Adam optimiser trains."""

    networks: nn.Module
    learning_rate: float
    betas: tuple[float, float]


class Recipe(Protocol[Batch]):
    """One system's networks, losses and update steps.

    The loop moves ``networks`` to the device, draws batches, and for each batch runs ``updates``:
    after every ``Update`` that is yielded it makes the backward pass and the optimiser step before it
    asks for the next one, so that a later loss sees the updated networks.
    """

    @property
    def networks(self) -> nn.ModuleDict:
        """Everything with state; the entry ``generator`` is what is averaged, saved and used."""
        ...

    @property
    def optimized(self) -> Mapping[str, Optimized]:
        """The optimisers by name."""
        ...

    def updates(self, batch: Batch, step: int, *, lean: bool = False) -> Iterator[Update]:
        """The steps of one batch, in order.

        Args:
            batch: what is learnt from.
            step: samples that the whole training has seen before; the same in all processes. Random choices
                that concern a whole batch follow from it.
            lean: rather compute something again than keep its graph from one update to the next, because
                other pieces of the batch have their turn between them.
        """
        ...
