"""Losses and update steps of SPMPGAN, which DivSem trains with too (spmpgan section 5, divsem section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from scumble.losses.augmentation import Augmentation, Policy
from scumble.losses.gan import hinge_discriminator_fake, hinge_discriminator_real, hinge_generator
from scumble.models.recipe import Optimized, Update
from scumble.models.spmpgan.conditioning import EditBatch, masked_classes
from scumble.models.spmpgan.config import DiscriminatorConfig
from scumble.models.spmpgan.generator import GeneratorOutput
from scumble.models.spmpgan.networks import PatchDiscriminator
from scumble.nn.regions import RegionMap, nearest_resize

Draws = Sequence[np.random.Generator]
"""A source of randomness for each picture of a batch."""


@dataclass(frozen=True)
class EditingLosses:
    """Weights of the generator's terms and the two learning rates."""

    l1: float = 1.0
    """Mean absolute difference between raw output and picture, known pixels included."""
    gan: float = 1.0
    """Hinge term on the composite."""
    perceptual: float = 10.0
    """Distance of features between raw output and picture."""
    generator_rate: float = 1e-4
    """Learning rate of Adam for the generator, style encoder included."""
    discriminator_rate: float = 4e-4
    """Learning rate of Adam for the discriminators."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Adam's decay rates."""
    augment: tuple[Policy, ...] = ()
    """How pictures are changed before the discriminators see them, for sets of few photographs."""


def published_init(module: nn.Module, generator: torch.Generator | None = None) -> None:
    """Draw every convolution and linear weight from N(0, 0.02), set biases to 0 (spmpgan section 6)."""
    for name, parameter in module.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
        else:
            nn.init.normal_(parameter, 0.0, 0.02, generator=generator)


class EditingRecipe:
    """Three terms a stage for the generator, one patch discriminator a stage.

    Args:
        generator: a module from ``EditBatch`` to ``GeneratorOutput``.
        label_channels: classes of the map.
        discriminators: their configuration, one number of layers a stage.
        perceptual: distance of two pictures ``[B, 3, H, W]`` in [-1, 1].
        losses: weights and learning rates.
        seed: of the augmentation.
    """

    def __init__(
        self,
        generator: nn.Module,
        label_channels: int,
        discriminators: DiscriminatorConfig,
        perceptual: Callable[[Tensor, Tensor], Tensor],
        losses: EditingLosses,
        seed: int = 0,
    ) -> None:
        self.label_channels, self.losses, self.seed = label_channels, losses, seed
        self.perceptual = perceptual
        critics = nn.ModuleList(
            PatchDiscriminator(label_channels, discriminators.width, n) for n in discriminators.layers
        )
        self.networks = nn.ModuleDict({"generator": generator, "discriminators": critics})
        self.optimized = {
            "discriminators": Optimized(critics, losses.discriminator_rate, losses.betas),
            "generator": Optimized(generator, losses.generator_rate, losses.betas),
        }

    def updates(self, batch: EditBatch, step: int = 0, *, lean: bool = False) -> Iterator[Update]:
        """Forward of the generator, step of the discriminators, then of the generator against them."""
        with torch.set_grad_enabled(not lean):
            output: GeneratorOutput = self.networks["generator"](batch)
        classes = masked_classes(batch, self.label_channels)
        draws = [np.random.default_rng([self.seed, number]) for number in batch.numbers]
        terms = self.discriminator_terms(classes, output, draws)
        yield Update("discriminators", _total(terms), terms)
        if lean:
            output = self.networks["generator"](batch)
        critics = self.networks["discriminators"].requires_grad_(False)
        try:
            terms = self.generator_terms(classes, output, draws)
        finally:
            critics.requires_grad_(True)
        yield Update("generator", _total(terms), terms)

    def discriminator_terms(
        self, classes: RegionMap, output: GeneratorOutput, draws: Draws = ()
    ) -> dict[str, Tensor]:
        """Hinge terms of every stage: generated first, then real, as the released trainer calls them."""
        terms = {}
        for i, critic in enumerate(self._critics()):
            real, fake = output.scaled[i].image, output.composites[i].detach()
            change, seen = self._view(classes, real, draws)
            terms[f"d_fake_{i + 1}"] = hinge_discriminator_fake(critic(seen, change.pictures(fake)))
            terms[f"d_real_{i + 1}"] = hinge_discriminator_real(critic(seen, change.pictures(real)))
        return terms

    def generator_terms(
        self, classes: RegionMap, output: GeneratorOutput, draws: Draws = ()
    ) -> dict[str, Tensor]:
        """Weighted L1, adversarial and perceptual terms of every stage."""
        terms = {}
        for i, critic in enumerate(self._critics()):
            raw, image = output.raw[i], output.scaled[i].image
            change, seen = self._view(classes, image, draws)
            terms[f"l1_{i + 1}"] = self.losses.l1 * (raw.float() - image).abs().mean()
            scores = critic(seen, change.pictures(output.composites[i]))
            terms[f"gan_{i + 1}"] = self.losses.gan * hinge_generator(scores)
            terms[f"perceptual_{i + 1}"] = self.losses.perceptual * self.perceptual(raw, image)
        return terms

    def scores(self, batch: EditBatch) -> tuple[Tensor, Tensor]:
        """Mean scores of all stages for photographs and for what is painted in their place; scalars."""
        output: GeneratorOutput = self.networks["generator"](batch)
        classes = masked_classes(batch, self.label_channels)
        real = [critic(classes, s.image) for critic, s in zip(self._critics(), output.scaled, strict=True)]
        fake = [critic(classes, c) for critic, c in zip(self._critics(), output.composites, strict=True)]
        return _mean(real), _mean(fake)

    def _view(self, classes: RegionMap, image: Tensor, draws: Draws) -> tuple[Augmentation, RegionMap]:
        """How pictures of a stage are changed for its discriminator, and the map that changes with them."""
        size = image.shape[-2:]
        change = Augmentation.draw(self.losses.augment, draws, *size)
        if self.losses.augment:
            # What moves in counts as known, as what stands around it may be.
            index = change.maps(nearest_resize(classes.index, *size), 0)
            classes = RegionMap(index, classes.table)
        return change, classes

    def _critics(self) -> nn.ModuleList:
        critics = self.networks["discriminators"]
        assert isinstance(critics, nn.ModuleList)
        return critics


def _mean(scores: list[Tensor]) -> Tensor:
    return torch.stack([s.float().mean() for s in scores]).mean()


def _total(terms: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(terms.values())).sum()
