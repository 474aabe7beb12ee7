"""One step of training: forward, backward and the optimisers, in as many pieces as memory asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from scumble.errors import ConfigError
from scumble.models.recipe import Update
from scumble.training.config import TrainingConfig
from scumble.training.state import TrainingState
from scumble.training.task import Task
from scumble.training.world import World

Collated = dict[str, Tensor]
"""Stacked samples."""


class NotFiniteError(Exception):
    """A loss or a gradient is not finite.

    Attributes:
        name: of the optimiser.
        what: ``loss`` or ``gradient``.
    """

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"the {what} of {name} is not finite")
        self.name, self.what = name, what


@dataclass
class Stepper:
    """Makes the steps of a run.

    Attributes:
        task: what is trained.
        config: precision and accumulation.
        state: networks, optimisers and average, which a step changes.
        world: the processes.
        pieces: into how many pieces the batch of a process is cut; doubled when memory runs out.
    """

    task: Task
    config: TrainingConfig
    state: TrainingState
    world: World
    pieces: int

    def step(self, collated: Collated) -> dict[str, Tensor]:
        """Learn from the batch of this process; the state counts the batches of all.

        Returns:
            The mean terms of all losses, for the log.

        Raises:
            NotFiniteError: nothing of the update that failed was taken over.
            ConfigError: memory does not suffice for a single sample, or one of several processes ran out of
                it.
        """
        terms: dict[str, Tensor] = {}
        made: list[str] = []
        while True:
            try:
                self._attempt(collated, made, terms)
                break
            except RuntimeError as error:
                if not _out_of_memory(error):
                    raise
            self._smaller(_count(collated))
        if self.state.ema:
            self.state.ema.update(self.state.networks["generator"])
        return terms

    def _attempt(self, collated: Collated, made: list[str], terms: dict[str, Tensor]) -> None:
        """Make the updates of a batch but for those that were made before memory ran out, and note them."""
        parts = list(_pieces(collated, self.pieces))
        shares = [_count(part) / _count(collated) for part in parts]
        runs = [
            self.task.recipe.updates(
                self.task.batch(part, self.world.device), self.state.images, lean=len(parts) > 1
            )
            for part in parts
        ]
        for _ in made:
            for run in runs:
                with self._autocast():
                    next(run)
        while True:
            found: dict[str, Tensor] = {}
            before = [buffer.clone() for buffer in self.state.networks.buffers()]
            try:
                name = self._gradients(list(zip(runs, shares, strict=True)), found)
                if name is None:
                    return
                self._apply(name, self.state.optimizers[name])
            except NotFiniteError:
                # Batch statistics that are not finite would stay so.
                for buffer, value in zip(self.state.networks.buffers(), before, strict=True):
                    buffer.copy_(value)
                raise
            made.append(name)
            for term, value in found.items():
                terms[term] = terms.get(term, 0) + value

    def _gradients(self, runs: list[tuple[Iterator[Update], float]], terms: dict[str, Tensor]) -> str | None:
        """Go on to the next update in all pieces and add up its gradients; its name, or None at the end."""
        name: str | None = None
        finite = True
        for run, share in runs:
            # Left after every loss: autocast keeps casts of the weights, which the optimiser makes obsolete.
            with self._autocast():
                update = next(run, None)
            if update is None:
                return None
            if name is None:
                name = update.name
                self.state.optimizers[name].zero_grad(set_to_none=True)
            finite &= math.isfinite(float(update.loss.detach()))
            torch.autograd.backward(self.state.scaler.scale(update.loss * share))
            for term, value in update.terms.items():
                terms[term] = terms.get(term, 0) + value.detach() * share
        assert name is not None
        if self.world.any(not finite):
            raise NotFiniteError(name, "loss")
        return name

    def _apply(self, name: str, optimizer: Optimizer) -> None:
        parameters = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
        if self.world.size > 1:
            # A parameter may lie idle in one process only: without objects PartNet's branch has no gradient.
            for parameter in parameters:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
        gradients = [p.grad for p in parameters if p.grad is not None]
        self.world.average(gradients)
        self.state.scaler.unscale_(optimizer)
        norms = torch._foreach_norm(gradients)
        if not bool(torch.stack(norms).isfinite().all()):
            self.state.scaler.update()
            raise NotFiniteError(name, "gradient")
        self.state.scaler.step(optimizer)
        self.state.scaler.update()

    def _autocast(self) -> torch.autocast:
        narrow = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(self.config.precision)
        return torch.autocast(self.world.device.type, narrow, enabled=narrow is not None)

    def _smaller(self, count: int) -> None:
        """Cut the batch into twice as many pieces, after memory ran out."""
        if self.pieces >= count:
            raise ConfigError(
                "The memory of the device does not suffice for a single sample; train smaller pictures, a "
                "narrower network, or on another device."
            )
        if self.world.size > 1:
            # The others wait for sums over all processes that are under way, which cannot begin anew.
            raise ConfigError(
                f"The memory of process {self.world.rank} ran out; the same command with "
                f"--training.accumulate {2 * self.pieces} continues from the last saved state."
            )
        self.pieces = min(2 * self.pieces, count)
        for optimizer in self.state.optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        if self.world.device.type == "cuda":
            torch.cuda.empty_cache()


def _count(collated: Collated) -> int:
    return len(next(iter(collated.values())))


def _pieces(collated: Collated, pieces: int) -> Iterator[Collated]:
    for indices in torch.arange(_count(collated)).chunk(pieces):
        first, last = int(indices[0]), int(indices[-1]) + 1
        yield {name: values[first:last] for name, values in collated.items()}


def _out_of_memory(error: RuntimeError) -> bool:
    """Also true of the CPU's allocator, whose error has no type of its own."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
