"""How long, on what, and with which averages a system is trained; progress is counted in images."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import torch

from scumble.errors import ConfigError


@dataclass(frozen=True)
class Phase:
    """A part of the training with one size of pictures."""

    share: float
    """Share of all images that belong to this phase."""
    size: int
    """Height and width of a sample."""
    batch_size: int
    """Samples in one step."""
    smallest_window: int
    """Smallest side of the square that is cut from a photograph before it is resized."""
    largest_window: int | None = None
    """Largest side of that square; None for the shorter side of the photograph."""

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or min(self.size, self.batch_size, self.smallest_window) < 1:
            raise ConfigError(f"{self} is not possible: share is in (0, 1] and the other values at least 1.")
        if self.largest_window is not None and self.largest_window < self.smallest_window:
            raise ConfigError(f"{self} is not possible: largest_window is at least smallest_window.")


@dataclass(frozen=True)
class TrainingConfig:
    """The run as a whole."""

    total_images: int
    """Images (samples, with repetition) to train on."""
    phases: tuple[Phase, ...]
    """One after the other."""
    seed: int = 0
    """Of the first weights and of every sample."""
    ema_half_life: int | None = None
    """Images after which an averaged weight keeps half of its old value; None saves the last weights."""
    ema_ramp: float | None = None
    """The half-life is at most this share of the images so far, so that short runs forget the first weights
    (as in StyleGAN2-ADA, arXiv 2006.06676, whose released code has 0.05); None for no such bound."""
    save_every: int = 2_000
    """Images between two saved states; a sample grid is drawn as often."""
    log_every: int = 100
    """Images between two lines of statistics."""
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    """The narrow types compute under autocast, on hardware that has them; ``float16`` scales the loss."""
    accumulate: int = 1
    """Pieces that a process cuts its batch into, one after the other, to need less memory. Batch norm sees
    the pieces one by one."""
    channels_last: bool = False
    """Keep pictures and weights with the channels last in memory."""
    compile: bool = False
    """Let ``torch.compile`` translate the networks; on accelerators."""
    patience: int = 10
    """Steps in a row that may be left out because a loss or gradient is not finite, before the run goes back
    to the last saved state."""
    overfit_every: int | None = 1_000
    """Images between two measurements of whether the discriminator knows the training photographs by heart;
    None for no measurement."""
    keep: int = 2
    """Saved states that are kept."""
    milestone_every: int | None = None
    """Images between two checkpoints that stay for good."""
    stored: Literal["float32", "float16"] = "float32"
    """Type of the weights in the checkpoint."""
    workers: int = 1
    """Processes that read samples; the samples do not depend on it."""

    def __post_init__(self) -> None:
        lowest = {
            "total_images": 1,
            "ema_half_life": 1,
            "save_every": 1,
            "log_every": 1,
            "seed": 0,
            "workers": 0,
            "accumulate": 1,
            "patience": 1,
            "keep": 1,
            "overfit_every": 1,
            "milestone_every": 1,
        }
        for name, least in lowest.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"training.{name} is {value}, but must be at least {least}.")
        if self.ema_ramp is not None and not self.ema_ramp > 0:
            raise ConfigError(f"training.ema_ramp is {self.ema_ramp}, but must be above 0.")
        if abs(sum(phase.share for phase in self.phases) - 1) > 1e-6:
            raise ConfigError(
                f"The shares of the phases are {[phase.share for phase in self.phases]}; they must sum to 1."
            )

    def ema_decay(self, images: int, batch_size: int) -> float:
        """Share of the average that stays in a step of ``batch_size`` images, after ``images`` so far."""
        assert self.ema_half_life is not None
        half_life: float = self.ema_half_life
        if self.ema_ramp is not None:
            half_life = min(half_life, max(1.0, self.ema_ramp * images))
        decay: float = 0.5 ** (batch_size / half_life)
        return decay

    @property
    def stored_type(self) -> torch.dtype:
        """``stored`` as torch calls it."""
        return torch.float16 if self.stored == "float16" else torch.float32

    def phase_at(self, images: int) -> tuple[Phase, int]:
        """The phase that the next image belongs to, and the count of images at which it ends.

        The last phase may end up to a batch beyond ``total_images``.
        """
        start, end = 0, 0.0
        for phase in self.phases:
            end += phase.share * self.total_images
            # A phase ends with a whole batch, so that all processes have samples in every step.
            last = start + ceil((round(end) - start) / phase.batch_size) * phase.batch_size
            if images < last:
                return phase, last
            start = last
        return self.phases[-1], start
