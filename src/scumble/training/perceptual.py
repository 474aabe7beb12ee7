"""The perceptual term of a training."""

from __future__ import annotations

from scumble.errors import CheckpointError
from scumble.losses.perceptual import PerceptualLoss, PerceptualName


def perceptual_term(name: PerceptualName) -> PerceptualLoss:
    """The term that a preset names.

    Raises:
        ConfigError: the name is not known.
        CheckpointError: the weights are missing or do not fit the network.
    """
    try:
        return PerceptualLoss(name)
    except CheckpointError as error:
        others = "" if name == "vgg19" else ", and --perceptual vgg19 downloads its own"
        raise CheckpointError(f"{error} --losses.perceptual 0 needs none{others}.") from None
