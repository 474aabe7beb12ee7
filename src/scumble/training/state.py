"""The state of a run, written atomically, so that the same command continues it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from scumble.errors import CheckpointError
from scumble.training.ema import EMA


class TrainingState:
    """Everything that changes while a run goes on.

    Attributes:
        networks: all networks of the recipe.
        optimizers: by name.
        ema: averaged generator, if there is one.
        images: samples seen.
    """

    def __init__(self, networks: nn.ModuleDict, optimizers: Mapping[str, Optimizer], ema: EMA | None) -> None:
        self.networks = networks
        self.optimizers = optimizers
        self.ema = ema
        self.images = 0

    def save(self, path: Path) -> None:
        """Write to a temporary file in the same folder, flush it to the disk, and rename it."""
        state = {
            "images": self.images,
            "networks": self.networks.state_dict(),
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "ema": self.ema.average.state_dict() if self.ema else None,
        }
        temporary = path.with_name(f".{path.name}.tmp")
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def load(self, path: Path, device: torch.device) -> None:
        """Continue from a saved state.

        Raises:
            CheckpointError: the file is damaged or belongs to another configuration.
        """
        try:
            _check_sums(path)
            state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
            self.networks.load_state_dict(state["networks"])
            for name, optimizer in self.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
            if self.ema:
                self.ema.average.load_state_dict(state["ema"])
            self.images = state["images"]
        except Exception as error:
            raise CheckpointError(
                f"{path} does not continue this run ({type(error).__name__}: {error}); "
                "give the options that the run was started with, or another run folder."
            ) from error


def _check_sums(path: Path) -> None:
    """Compare the check sums inside a file of ``torch.save``, which ``torch.load`` does not look at."""
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        raise ValueError(f"the part {damaged!r} is damaged")
