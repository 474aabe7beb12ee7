"""The training loop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Sampler

from scumble.errors import ConfigError
from scumble.files import write_image
from scumble.models.recipe import Update
from scumble.training.config import TrainingConfig
from scumble.training.ema import EMA
from scumble.training.logs import Log
from scumble.training.state import TrainingState
from scumble.training.task import Task

STATE = "state.pt"
"""The file of a run that it is continued from."""


class _Counting(Sampler[int]):
    """The numbers start, start + 1, ..., stop - 1."""

    def __init__(self, start: int, stop: int) -> None:
        self.numbers = range(start, stop)

    def __iter__(self) -> Iterator[int]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


def train(task: Task, config: TrainingConfig, folder: Path, device: torch.device) -> None:
    """Train until ``config.total_images``; a folder with a saved state continues from there.

    The folder gets ``stats.jsonl``, ``grids/``, ``state.pt`` and, at every save, ``checkpoint/``.

    Args:
        task: what is trained.
        config: how long and on what.
        folder: the run.
        device: where the networks are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = _start(task, config, device)
    if (folder / STATE).is_file():
        state.load(folder / STATE, device)
    with Log(folder / "stats.jsonl", config.total_images, state.images) as log:
        while state.images < config.total_images:
            _run_phase(task, config, state, folder, device, log)
        log.write(state.images)
    _save(task, state, folder, last=True)


def _start(task: Task, config: TrainingConfig, device: torch.device) -> TrainingState:
    networks = task.recipe.networks.to(device).train()
    optimizers = {
        name: torch.optim.Adam(part.networks.parameters(), part.learning_rate, part.betas, fused=True)
        for name, part in task.recipe.optimized.items()
    }
    ema = EMA(networks["generator"], 0.0) if config.ema_half_life else None
    return TrainingState(networks, optimizers, ema)


def _run_phase(
    task: Task, config: TrainingConfig, state: TrainingState, folder: Path, device: torch.device, log: Log
) -> None:
    phase, end = config.phase_at(state.images)
    if state.ema and config.ema_half_life:
        state.ema.decay = 0.5 ** (phase.batch_size / config.ema_half_life)
    loader = DataLoader(
        task.samples(phase),
        phase.batch_size,
        sampler=_Counting(state.images, end),
        num_workers=config.workers,
    )
    for collated in loader:
        autocast = torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bfloat16")
        _step(task.recipe.updates(task.batch(collated, device), state.images), state, autocast, log)
        before, state.images = state.images, state.images + len(next(iter(collated.values())))
        if before // config.log_every != state.images // config.log_every:
            log.write(state.images)
        if before // config.save_every != state.images // config.save_every:
            _save(task, state, folder, last=False)


def _step(updates: Iterator[Update], state: TrainingState, autocast: torch.autocast, log: Log) -> None:
    while True:
        # Left after every loss: autocast keeps casts of the weights, which the optimiser makes obsolete.
        with autocast:
            update = next(updates, None)
        if update is None:
            break
        optimizer = state.optimizers[update.name]
        optimizer.zero_grad(set_to_none=True)
        loss = float(update.loss.detach())
        if not math.isfinite(loss):
            raise ConfigError(
                f"The loss of {update.name} is {loss} after {state.images} images; "
                "the last saved state is intact: lower the learning rate or check the data."
            )
        torch.autograd.backward(update.loss)
        optimizer.step()
        log.add(update.terms)
    if state.ema:
        state.ema.update(state.networks["generator"])


def _save(task: Task, state: TrainingState, folder: Path, *, last: bool) -> None:
    generator = state.ema.average if state.ema else state.networks["generator"]
    training = generator.training
    generator.eval()
    with torch.no_grad():
        task.save(generator, folder / "checkpoint", state.images, last=last)
        (folder / "grids").mkdir(exist_ok=True)
        write_image(folder / "grids" / f"{state.images:08d}.png", task.grid(generator))
    generator.train(training)
    # Last, because a checkpoint of weights that are not finite is refused: then the old state stays.
    state.save(folder / STATE)
