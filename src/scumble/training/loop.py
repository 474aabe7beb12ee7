"""The training loop: one for every system, which gives it a `Task`."""

from __future__ import annotations

import copy
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import ceil
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch.utils.data import DataLoader, Sampler

from scumble.allocator import has_painted
from scumble.errors import CheckpointError, ConfigError
from scumble.files import write_image
from scumble.nn.distributed import alone
from scumble.training.board import Board
from scumble.training.config import Phase, TrainingConfig
from scumble.training.ema import EMA
from scumble.training.keeper import Keeper
from scumble.training.logs import Log
from scumble.training.overfit import OverfitAlarm
from scumble.training.state import TrainingState
from scumble.training.step import Collated, NotFiniteError, Stepper
from scumble.training.stop import StopRequest, leave, leave_signals_to_the_parent, stop_requests
from scumble.training.task import Task
from scumble.training.world import World

_MOST_REWINDS = 3
"""Times that a run goes back to the same saved state before it gives up."""


class _Share(Sampler[int]):
    """The numbers of the samples that one of several processes learns from, step by step.

    Args:
        start: number of the first sample of all.
        steps: how many steps.
        batch_size: samples of a step, of all processes.
        world: this process.
    """

    def __init__(self, start: int, steps: int, batch_size: int, world: World) -> None:
        self.start, self.steps, self.batch_size, self.world = start, steps, batch_size, world

    def __iter__(self) -> Iterator[int]:
        own = self.batch_size // self.world.size
        for step in range(self.steps):
            first = self.start + step * self.batch_size + self.world.rank * own
            yield from range(first, first + own)

    def __len__(self) -> int:
        return self.steps * self.batch_size // self.world.size


def train(
    task: Task,
    config: TrainingConfig,
    folder: Path,
    world: World,
    *,
    tell: Callable[[str], None] = lambda _: None,
    tensorboard: bool = False,
) -> None:
    """Train until ``config.total_images``; a folder with a saved state continues from there.

    The folder gets ``stats.jsonl``, ``grids/``, ``state.pt`` and, at every save, ``checkpoint/``. SIGINT and
    SIGTERM save and end, SIGUSR1 saves and goes on.

    Args:
        task: what is trained.
        config: how long and on what.
        folder: the run.
        world: the processes that train together; the batch sizes are those of all.
        tell: takes a sentence for the user, when something out of the ordinary happens.
        tensorboard: show numbers and grids in ``tensorboard/`` too, with the extra of that name.

    Raises:
        ConfigError: losses or gradients are not finite time and again, memory is too small, or a batch size
            is no multiple of the number of processes.
        CheckpointError: no saved state continues this run, or nothing can be saved.
        KeyboardInterrupt, SystemExit: a signal asked for the end; everything is saved.
    """
    for phase in config.phases:
        if phase.batch_size % world.size:
            raise ConfigError(
                f"training.phases has the batch size {phase.batch_size}, but {world.size} processes train; "
                "give a multiple, which all of them share."
            )
    state = start_state(task, config, world)
    keeper = Keeper(folder, config.keep)
    keeper.load(state, world.device, tell)
    shown = folder / "tensorboard" if tensorboard and world.first else None
    with stop_requests() as request, Board(shown, state.images) as board:
        run = _Run(task, config, folder, world, state, keeper, request, tell, board)
        path, total = folder / "stats.jsonl", config.total_images
        with Log(path, total, state.images, writes=world.first, watch=board.numbers) as log:
            stopped = None
            while state.images < config.total_images and stopped is None:
                stopped = run.phase(log)
            with _writing(folder):
                log.write(state.images)
        if stopped is None:
            run.save(kept=True)
        else:
            tell(f"stopped after {state.images} images; the same command continues.")
            leave(stopped)


def start_state(task: Task, config: TrainingConfig, world: World) -> TrainingState:
    """Networks, optimisers and average as they are before the first step.

    Raises:
        ConfigError: networks are to be compiled for a CPU.
    """
    networks = task.recipe.networks.to(world.device).train()
    if config.channels_last:
        networks.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizers = {
        name: torch.optim.Adam(part.networks.parameters(), part.learning_rate, part.betas, fused=True)
        for name, part in task.recipe.optimized.items()
    }
    ema = EMA(networks["generator"], 0.0) if config.ema_half_life else None
    if config.compile:
        if world.device.type == "cpu":
            raise ConfigError(
                "training.compile: what torch.compile makes of these networks for a CPU cannot be built or "
                "run (torch 2.13); leave it out, or train on an accelerator."
            )
        for network in networks.values():
            for module in network if isinstance(network, torch.nn.ModuleList) else [network]:
                module.compile()
    scaler = torch.amp.GradScaler(world.device.type, enabled=config.precision == "float16")
    return TrainingState(networks, optimizers, ema, scaler)


def samples_of(
    task: Task, phase: Phase, config: TrainingConfig, world: World, start: int, steps: int
) -> DataLoader[Collated]:
    """The batches of this process.

    Args:
        task: gives the samples.
        phase: their size, and the samples of a step.
        config: how many workers read them.
        world: the processes.
        start: number of the first sample.
        steps: how many steps.
    """
    share = _Share(start, steps, phase.batch_size, world)
    own = phase.batch_size // world.size
    return DataLoader(
        task.samples(phase),
        own,
        sampler=share,
        num_workers=config.workers,
        worker_init_fn=leave_signals_to_the_parent,
    )


def _passed(before: int, after: int, every: int | None) -> bool:
    """Whether a multiple lies behind one number of images, and up to another."""
    return every is not None and before // every != after // every


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{folder} cannot be written ({error}); the last saved state is intact: make room there, and the "
            "same command continues."
        ) from error


class _Run:
    """A run that is under way."""

    def __init__(
        self,
        task: Task,
        config: TrainingConfig,
        folder: Path,
        world: World,
        state: TrainingState,
        keeper: Keeper,
        request: StopRequest,
        tell: Callable[[str], None],
        board: Board,
    ) -> None:
        self.task, self.config, self.folder, self.world = task, config, folder, world
        self.state, self.keeper, self.request, self.tell = state, keeper, request, tell
        self.board = board
        self.stepper = Stepper(task, config, state, world, config.accumulate)
        # What is saved and shown: tasks may refresh its batch statistics, but what is trained must not depend
        # on when it is saved. Copied now, because spectral norm cannot be copied after a forward pass.
        self.shown = copy.deepcopy(state.networks["generator"]).eval().requires_grad_(False)
        self.alarm = OverfitAlarm(folder / "stats.jsonl", state.images, tell)
        self.failures, self.rewinds = 0, 0
        self.sound = False  # whether there was a sound step since the run went back

    def phase(self, log: Log) -> int | None:
        """Train to the end of the present phase, or until a signal asks a process for the end.

        Returns:
            The signal, after which everything is saved; None without one.
        """
        state, config = self.state, self.config
        phase, end = config.phase_at(state.images)
        steps = ceil((end - state.images) / phase.batch_size)
        for collated in samples_of(self.task, phase, config, self.world, state.images, steps):
            if state.ema:
                state.ema.decay = config.ema_decay(state.images, phase.batch_size)
            self._step(collated, log)
            before, state.images = state.images, state.images + phase.batch_size
            due = partial(_passed, before, state.images)
            if due(config.overfit_every):
                self._watch(phase, log)
            if due(config.log_every):
                with _writing(self.folder):
                    log.write(state.images)
            milestone = due(config.milestone_every)
            stop = self._save_if(milestone or due(config.save_every), milestone=milestone)
            if stop is not None:
                return stop
        return self._save_if(False)  # a signal may have come since the last step

    def _save_if(self, due: bool, *, milestone: bool = False) -> int | None:
        """Save if it is due, or if a signal asks a process for it; the signal that asks for the end, too."""
        stop = self.world.any(self.request.stop is not None)
        if due or stop or self.world.any(self.request.save):
            self.request.save = False
            self.save(milestone=milestone)
        return (self.request.stop or signal.SIGTERM) if stop else None

    def _step(self, collated: Collated, log: Log) -> None:
        pieces = self.stepper.pieces
        try:
            log.add(self.stepper.step(collated))
            self.failures, self.sound = 0, True
            has_painted()
        except NotFiniteError as error:
            log.count("skipped")
            self.failures += 1
            with _writing(self.folder):
                self.keeper.keep_batch(collated, self.state.images, self.world)
            if self.failures >= self.config.patience:
                self._rewind(error)
        if self.stepper.pieces != pieces:
            self.tell(f"memory ran out: every batch is cut into {self.stepper.pieces} pieces from now on.")

    def _watch(self, phase: Phase, log: Log) -> None:
        """Look whether the discriminator knows the training photographs by heart."""
        if self.world.first:
            with alone():
                scores = self.task.discriminator_scores(phase)
            if scores is not None:
                self.alarm.note(scores, log)

    def _rewind(self, error: NotFiniteError) -> None:
        """Go back to the weights of the last saved state, and on with the samples that come next."""
        images = self.state.images
        self.rewinds += 1
        if self.rewinds > _MOST_REWINDS or not self.keeper.saved():
            raise ConfigError(
                f"The {error.what} of {error.name} is not finite after {images} images, "
                f"{self.failures} steps in a row; the last saved state is intact, and "
                f"{self.folder / 'not_finite'} holds the samples: lower the learning rate or check the data."
            )
        self.keeper.load(self.state, self.world.device, self.tell)
        self.tell(
            f"{error}, {self.failures} steps in a row up to {images} images; the weights are those of "
            f"{self.state.images} images again."
        )
        self.state.images = images
        self.failures, self.sound = 0, False

    def save(self, *, kept: bool = False, milestone: bool = False) -> None:
        """Write state, checkpoint and grid; the first process does it for all.

        Args:
            kept: the checkpoint is the last one.
            milestone: it stays besides.
        """
        if self.world.first:
            with alone(), _writing(self.folder):
                self._write(kept=kept, milestone=milestone)
        self.world.wait()
        if self.sound:
            self.rewinds = 0

    def _write(self, *, kept: bool, milestone: bool) -> None:
        state, images = self.state, self.state.images
        trained = state.ema.average if state.ema else state.networks["generator"]
        generator = self.shown
        generator.load_state_dict(trained.state_dict())
        with torch.no_grad():
            self.task.refresh(generator)
            score = self.task.score(generator)
            best = self.keeper.is_best(score)
            self.task.save(generator, self.folder / "checkpoint", images, kept=kept or milestone or best)
            (self.folder / "grids").mkdir(exist_ok=True)
            grid = self.task.grid(generator)
            write_image(self.folder / "grids" / f"{images:08d}.png", grid)
            self.board.picture(images, grid)
        if best and score is not None:
            self.keeper.best(score, images)
        if milestone:
            self.keeper.milestone(images)
        # Last, because a checkpoint of weights that are not finite is refused: then the old state stays.
        self.keeper.save(state)
