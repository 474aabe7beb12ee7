"""Whether a discriminator has begun to know the training photographs by heart.

With few photographs the discriminator learns them one by one; its scores of photographs that it has not seen
then drift from those of the training set towards those of fakes, and the pictures become worse though the
losses look fine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, default_collate

from scumble.errors import ConfigError
from scumble.training.logs import Log
from scumble.training.series import Line, is_number, parse_lines

_PICTURES = 16
"""Photographs of either kind in one measurement."""


@dataclass(frozen=True)
class Scores:
    """Mean scores of a discriminator over enough pictures of each kind, at one point of a training.

    The scale does not matter as long as real pictures score higher: the output of a patch discriminator, or
    the log-odds of "not fake" of a segmenting one.

    Attributes:
        train: of photographs that it is trained on.
        held_out: of photographs that it is never trained on.
        fake: of generated pictures.
        error: standard error of ``train`` - ``held_out``.
    """

    train: float
    held_out: float
    fake: float
    error: float = 0.0

    @property
    def ratio(self) -> float:
        """How much of the way from training photographs to fakes the held-out ones have gone.

        ``r_v = (E[D_train] - E[D_validation]) / (E[D_train] - E[D_generated])`` (Karras et al., arXiv
        2006.06676, equation 1): 0 means no overfitting, 1 that unseen photographs look like fakes. 0 as well
        where training photographs do not score above fakes, for then nothing has been learnt by heart. Two
        standard errors are taken off the way, so that a few odd photographs are no overfitting.
        """
        gap = self.train - self.fake
        return (self.train - self.held_out - 2 * self.error) / gap if gap > 0 else 0.0


@dataclass(frozen=True)
class Overfitting:
    """What measurements say.

    Attributes:
        ratio: r_v of the last one.
        above: how many in a row, up to the last one, lie above the threshold.
        warning: a sentence for the user once these are enough; before that None.
    """

    ratio: float
    above: int
    warning: str | None


@torch.no_grad()
def measure(
    networks: nn.Module,
    scores: Callable[[dict[str, Tensor]], tuple[Tensor, Tensor]],
    train: Dataset[dict[str, Tensor]],
    held_out: Dataset[dict[str, Tensor]],
) -> Scores:
    """Score the first samples of two streams one by one; the networks stay as they are.

    Args:
        networks: what is trained, in training mode.
        scores: mean scores of a photograph and of what is painted in its place, from a stacked sample.
        train: samples of the photographs that are trained on.
        held_out: samples of others.
    """
    networks.eval()
    try:
        found = [
            torch.tensor([scores(default_collate([samples[n]])) for n in range(_PICTURES)]).double()
            for samples in (train, held_out)
        ]
    finally:
        networks.train()
    (real, other), fake = (f[:, 0] for f in found), torch.cat(found)[:, 1]
    error = ((real.var() + other.var()) / _PICTURES).sqrt()
    return Scores(real.mean().item(), other.mean().item(), fake.mean().item(), error.item())


def watch_overfitting(ratios: Sequence[float], *, threshold: float = 0.6, patience: int = 3) -> Overfitting:
    """Judge the measurements of a training so far.

    Args:
        ratios: `Scores.ratio` from the first to the last, at least one.
        threshold: of r_v.
        patience: how many measurements in a row must lie above it before the user is told.

    Raises:
        ConfigError: there is no measurement, or ``patience`` is below 1.
    """
    if not ratios or patience < 1:
        raise ConfigError(
            f"There are {len(ratios)} measurements and patience is {patience}; both must be at least 1."
        )
    above = next((n for n, ratio in enumerate(reversed(ratios)) if not ratio > threshold), len(ratios))
    warning = None
    if above >= patience:
        last = "measurement" if above == 1 else f"{above} measurements"
        warning = (
            f"The discriminator knows the training photographs by heart: r_v is {ratios[-1]:.2f} and was "
            f"above {threshold:g} in the last {last}; stop here, add photographs, or begin anew with "
            "--losses.augment translation color cutout."
        )
    return Overfitting(ratios[-1], above, warning)


def alarm_of(lines: Sequence[Line]) -> tuple[int, str] | None:
    """After how many images a run was warned, and how; None if it was not.

    Args:
        lines: of ``stats.jsonl``, see `parse_lines`.
    """
    for number, line in enumerate(lines):
        ratios = _ratios(lines[: number + 1])
        if "overfit_alarm" in line and ratios and (warning := watch_overfitting(ratios).warning):
            return line["images"], warning
    return None


class OverfitAlarm:
    """Notes the measurements of a run in its statistics, and warns once.

    Args:
        stats: ``stats.jsonl``, which tells what was measured before; it need not exist.
        images: after how many the run goes on.
        tell: takes the warning.
    """

    def __init__(self, stats: Path, images: int, tell: Callable[[str], None]) -> None:
        text = stats.read_text(encoding="utf-8", errors="replace") if stats.is_file() else ""
        lines = [line for line in parse_lines(text) if line["images"] <= images]
        self.ratios, self.given, self.tell = _ratios(lines), alarm_of(lines) is not None, tell

    def note(self, scores: Scores, log: Log) -> None:
        """Take one more measurement."""
        if not math.isfinite(scores.ratio):
            return
        self.ratios.append(scores.ratio)
        log.add({"overfit": torch.tensor(scores.ratio)})
        warning = watch_overfitting(self.ratios).warning
        if warning and not self.given:
            self.given = True
            log.count("overfit_alarm")
            self.tell(warning)


def _ratios(lines: Sequence[Line]) -> list[float]:
    return [line["overfit"] for line in lines if is_number(line.get("overfit"))]
