"""A process of a distributed run; started by `test_distributed`.

Adam divides by the size of a gradient, so that one which is 0 but for rounding (of a bias in front of a norm)
would move weights as far as any other, in a direction that hangs on the order of sums. Here such gradients
count as what they are: the term in the denominator is 1e-3.

Words: ``divsem`` or ``ipose``, perhaps with ``-augmented`` behind it, the folder of the run, and for
``ipose`` a checkpoint of PartNet.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from scumble.losses.augmentation import Policy
from scumble.models.partnet.network import PartNet
from scumble.nn.init import xavier_normal
from scumble.presets.divsem import divsem_streets_tiny
from scumble.presets.ipose import ipose_streets_tiny
from scumble.training import loop
from scumble.training.config import TrainingConfig
from scumble.training.editing import EditingTask
from scumble.training.loop import start_state
from scumble.training.state import TrainingState
from scumble.training.synthesis import PartNetSource, SynthesisTask
from scumble.training.task import Task
from scumble.training.world import joined
from tests.miniature import MeanDifference

STEPS, BATCH = 5, 4
ALL: tuple[Policy, ...] = ("translation", "color", "cutout")


def build(kind: str, partnet: str) -> tuple[Task, TrainingConfig]:
    """The task and how long it is trained."""
    system, _, augmented = kind.partition("-")
    preset: Any = divsem_streets_tiny() if system == "divsem" else ipose_streets_tiny()
    phase = replace(preset.training.phases[0], batch_size=BATCH)
    training = replace(
        preset.training, total_images=STEPS * BATCH, phases=(phase,), save_every=STEPS * BATCH, workers=0
    )
    # Small steps, because single precision would let rounding errors grow tenfold in each of them.
    losses = replace(
        preset.losses,
        generator_rate=1e-5,
        discriminator_rate=1e-5,
        augment=ALL if augmented else (),
    )
    preset = replace(preset, training=training, losses=losses)
    task: Any
    if system == "divsem":
        task = EditingTask(preset, MeanDifference())
    else:
        task = SynthesisTask(replace(preset, parts=PartNetSource(partnet)))
        # The published start is so small that instance norms enlarge rounding errors a hundredfold a layer.
        trained = [task.recipe.networks["discriminator"], *task.recipe.networks["generator"].children()]
        generator = torch.Generator().manual_seed(0)
        for network in trained:
            if not isinstance(network, PartNet):
                xavier_normal(network, generator, gain=1)
    return task, training


def start(*given: Any) -> TrainingState:
    """`start_state` with that denominator."""
    state = start_state(*given)
    for optimizer in state.optimizers.values():
        for group in optimizer.param_groups:
            group["eps"] = 1e-3
    return state


def main() -> None:
    """Join, train, leave the state."""
    kind, folder, partnet = sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    torch.set_num_threads(1)
    with joined("cpu") as world:
        task, training = build(kind, partnet)
        loop.start_state = start  # type: ignore[assignment]
        loop.train(task, training, folder, world)


if __name__ == "__main__":
    main()
