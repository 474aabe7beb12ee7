"""DivSem is trained as SPMPGAN is: same losses, same discriminators, same order of updates."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.spmpgan.config import DiscriminatorConfig
from scumble.models.spmpgan.recipe import EditingLosses, EditingRecipe


def divsem_recipe(
    config: DivSemConfig,
    discriminators: DiscriminatorConfig,
    perceptual: Callable[[Tensor, Tensor], Tensor],
    losses: EditingLosses,
) -> EditingRecipe:
    """The recipe of DivSem (section 4: no further loss is configured)."""
    generator = DivSemGenerator(config)
    return EditingRecipe(generator, config.pyramid.label_channels, discriminators, perceptual, losses)
