"""The state of a run, from which the same command continues it."""

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
        scaler: of the losses, for float16.
        images: samples seen.
    """

    def __init__(
        self,
        networks: nn.ModuleDict,
        optimizers: Mapping[str, Optimizer],
        ema: EMA | None,
        scaler: torch.amp.GradScaler | None = None,
    ) -> None:
        self.networks = networks
        self.optimizers = optimizers
        self.ema = ema
        self.scaler = scaler or torch.amp.GradScaler("cpu", enabled=False)
        self.images = 0

    def save(self, path: Path) -> None:
        """Write a file, flush it to the disk, and read it again to see that it is whole.

        Raises:
            CheckpointError: a weight is not finite, or what was written cannot be read.
            OSError: the file cannot be written.
        """
        for name, value in self.networks.state_dict().items():
            if value.is_floating_point() and not bool(value.isfinite().all()):
                raise CheckpointError(
                    f"The weights {name} are not finite after {self.images} images; nothing was saved: start "
                    "again from the saved state with a lower learning rate."
                )
        state = {
            "images": self.images,
            "networks": self.networks.state_dict(),
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "ema": self.ema.average.state_dict() if self.ema else None,
            "scaler": self.scaler.state_dict(),
        }
        with path.open("wb") as file:
            try:
                torch.save(state, file)
            except RuntimeError as error:
                # When a disk is full, torch hides the system's error behind one of its own.
                if isinstance(error.__context__, OSError):
                    raise error.__context__ from None
                raise
            file.flush()
            os.fsync(file.fileno())
        try:
            _check_sums(path)
        except (ValueError, zipfile.BadZipFile) as error:
            raise CheckpointError(
                f"{path} is damaged right after it was written ({error}); check the disk."
            ) from error

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
            if self.scaler.is_enabled():
                self.scaler.load_state_dict(state["scaler"])
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
