"""What a run will take: measured on a few steps of the real thing, which leave nothing behind."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import torch
from torch import nn

from scumble.training.config import TrainingConfig
from scumble.training.loop import samples_of, start_state
from scumble.training.step import NotFiniteError, Stepper
from scumble.training.task import Task
from scumble.training.world import World


@dataclass(frozen=True)
class Plan:
    """What a run will take.

    Attributes:
        parameters: of each network.
        trained: those that are not frozen.
        images_per_second: of all processes, in the first phase, samples included.
        seconds: for the whole run; steps of later phases count by the pixels of their samples.
        memory: peak of this process in bytes: on the GPU, or of the process on a CPU.
        state_bytes: size of one saved state.
        checkpoint_bytes: size of the checkpoint's weights.
    """

    parameters: Mapping[str, int]
    trained: int
    images_per_second: float
    seconds: float
    memory: int
    state_bytes: int
    checkpoint_bytes: int


def plan(task: Task, config: TrainingConfig, world: World, measured: int = 3) -> Plan:
    """Make a few steps and say what the run will take. The task's networks are changed.

    Args:
        task: what is to be trained.
        config: how long and on what.
        world: the processes.
        measured: steps that are timed, after one that warms up.
    """
    state = start_state(task, config, world)
    stepper = Stepper(task, config, state, world, config.accumulate)
    phase, _ = config.phase_at(0)
    times = []
    for collated in islice(samples_of(task, phase, config, world, 0, measured + 1), measured + 1):
        # A step that is left out takes as long: float16 begins with a loss that is scaled too high.
        with suppress(NotFiniteError):
            stepper.step(collated)
        if world.device.type == "cuda":
            torch.cuda.synchronize(world.device)
        times.append(time.perf_counter())
    rate = phase.batch_size * measured / (times[-1] - times[0])
    generator = _count(state.networks["generator"])
    trained = [p for o in state.optimizers.values() for g in o.param_groups for p in g["params"]]
    learnt = sum(p.numel() for p in trained if p.requires_grad)
    everything = _count(state.networks)
    # Weights, two moments of Adam, and the average.
    entries = everything + 2 * learnt + (generator if state.ema else 0)
    return Plan(
        {name: _count(network) for name, network in state.networks.items()},
        learnt,
        rate,
        _duration(config, rate),
        _peak(world.device),
        4 * entries,
        config.stored_type.itemsize * generator,
    )


def _count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def _duration(config: TrainingConfig, rate: float) -> float:
    """Seconds for all phases, from the images a second in the first one."""
    images, seconds, first = 0, 0.0, config.phases[0].size
    while images < config.total_images:
        phase, end = config.phase_at(images)
        seconds += (end - images) / rate * (phase.size / first) ** 2
        images = end
    return seconds


def _peak(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    # Kilobytes on Linux, bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
