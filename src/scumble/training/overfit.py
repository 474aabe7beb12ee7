"""Whether a discriminator has begun to know the training photographs by heart.

With few photographs the discriminator learns them one by one; its scores of photographs that it has not seen
then drift from those of the training set towards those of fakes, and the pictures become worse though the
losses look fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scumble.errors import ConfigError


@dataclass(frozen=True)
class Scores:
    """Mean scores of a discriminator over enough pictures of each kind, at one point of a training.

    The scale does not matter as long as real pictures score higher: the output of a patch discriminator, or
    minus the logit of "fake" of a segmenting one.

    Attributes:
        train: of photographs that it is trained on.
        held_out: of photographs that it is never trained on.
        fake: of generated pictures.
    """

    train: float
    held_out: float
    fake: float

    @property
    def ratio(self) -> float:
        """How much of the way from training photographs to fakes the held-out ones have gone.

        ``r_v = (E[D_train] - E[D_validation]) / (E[D_train] - E[D_generated])`` (Karras et al., arXiv
        2006.06676, equation 1): 0 means no overfitting, 1 that unseen photographs look like fakes. 0 as well
        where training photographs do not score above fakes, for then nothing has been learnt by heart.
        """
        gap = self.train - self.fake
        return (self.train - self.held_out) / gap if gap > 0 else 0.0


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


def watch_overfitting(
    measurements: Sequence[Scores], *, threshold: float = 0.6, patience: int = 3
) -> Overfitting:
    """Judge the measurements of a training so far.

    Args:
        measurements: from the first to the last, at least one.
        threshold: of r_v.
        patience: how many measurements in a row must lie above it before the user is told.

    Raises:
        ConfigError: there is no measurement, or ``patience`` is below 1.
    """
    if not measurements or patience < 1:
        raise ConfigError(
            f"There are {len(measurements)} measurements and patience is {patience}; both must be at least 1."
        )
    ratios = [scores.ratio for scores in measurements]
    above = next((n for n, ratio in enumerate(reversed(ratios)) if not ratio > threshold), len(ratios))
    warning = None
    if above >= patience:
        last = "measurement" if above == 1 else f"{above} measurements"
        warning = (
            f"The discriminator knows the training photographs by heart: r_v is {ratios[-1]:.2f} and was "
            f"above {threshold:g} in the last {last}; stop here, add photographs, or train "
            "with more augmentation."
        )
    return Overfitting(ratios[-1], above, warning)
