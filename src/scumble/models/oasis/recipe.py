"""Losses and update steps of OASIS, which iPOSE shares (``oasis`` spec, sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from scumble.errors import ConfigError
from scumble.losses.gan import hinge_discriminator_fake, hinge_discriminator_real, hinge_generator
from scumble.models.oasis.discriminator import Judgement
from scumble.models.oasis.labelmix import consistency, label_mask, mix
from scumble.models.oasis.losses import fake_loss, pixel_weights, real_loss
from scumble.models.recipe import Optimized, Update

_PICTURE, _STEP = 0, 1
"""What a source of randomness is for."""


@dataclass(frozen=True)
class SynthesisBatch:
    """Pictures with their maps.

    Attributes:
        image: ``[B, 3, H, W]`` in [-1, 1].
        labels: int64 ``[B, H, W]``.
        codes: objects with parts, part category * 1000 + k, int64 ``[B, H, W]``; 0 for none.
        boxes: their records, int64 ``[B, K, 7]``.
        counts: how many records count, ``[B]``.
        numbers: number of each picture in the training, which its noise follows from; B of them.
    """

    image: Tensor
    labels: Tensor
    codes: Tensor
    boxes: Tensor
    counts: Tensor
    numbers: tuple[int, ...]

    def to(self, device: torch.device) -> SynthesisBatch:
        """The batch on another device."""
        image, labels, codes, boxes, counts = (
            t.to(device) for t in (self.image, self.labels, self.codes, self.boxes, self.counts)
        )
        return SynthesisBatch(image, labels, codes, boxes, counts, self.numbers)


@dataclass(frozen=True)
class SynthesisLosses:
    """Terms and rates; the defaults are those of the released OASIS for Cityscapes."""

    labelmix: float = 5.0
    """Weight of LabelMix."""
    balance: bool = True
    """Whether classes count alike, whatever their pixels."""
    dont_care: bool = True
    """Whether the don't-care class counts nothing; without, it is a class as any other."""
    labelmix_collision: bool = False
    """LabelMix as released: class 0 may take the coin of class 1 (see `label_mask`)."""
    style: float = 0.0
    """Weight of the style term (``ipose``, section 6); 0 leaves it out."""
    perceptual: float = 0.0
    """Weight of the optional perceptual term (``oasis``, section 4), which is off in the published models; 10
    where it is on. Small models need it to come to sensible colours in few steps."""
    spectral_gain: float = 0.02
    """Scale of the first weights under spectral norm. From so small ones Adam's first steps lead so far that
    the norms lag behind and the discriminator's outputs explode, from which it takes thousands of steps to
    recover; 1 prevents that."""
    generator_rate: float = 4e-4
    """Of Adam."""
    discriminator_rate: float = 4e-4
    """Of Adam."""
    betas: tuple[float, float] = (0.0, 0.999)
    """Adam's decay rates."""


Draws = Sequence[np.random.Generator]
"""A source of randomness for each picture of a batch, so that no picture depends on those beside it."""
Painter = Callable[[SynthesisBatch, Draws], Tensor]
"""Paints a batch with noise of its own: ``[B, 3, H, W]``."""
StyleTerm = Callable[[Tensor, SynthesisBatch, np.random.Generator, Draws], Tensor]
"""How far painted pictures are in style from those of the batch: a scalar. Takes a source of randomness for
the step besides those of the pictures."""
PerceptualTerm = Callable[[Tensor, Tensor], Tensor]
"""How far painted pictures are from photographs, both ``[B, 3, H, W]`` in [-1, 1]: a scalar."""


class SynthesisRecipe:
    """One step of the generator, then one of the discriminator, each with fresh noise.

    Args:
        generator: what is trained and averaged.
        discriminator: from pictures to a `Judgement`.
        label_channels: classes.
        paint: how the generator paints a batch.
        losses: terms and rates.
        seed: of noise and coins.
        style: the style term; needed where its weight is not 0, and only there.
        perceptual: the perceptual term, likewise.
        dont_care: the class that counts nothing, 0 in the published sets; None if there is none.

    Raises:
        ConfigError: a term is weighed and not given, or the reverse.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        label_channels: int,
        paint: Painter,
        losses: SynthesisLosses,
        seed: int,
        style: StyleTerm | None = None,
        perceptual: PerceptualTerm | None = None,
        dont_care: int | None = 0,
    ) -> None:
        for name, weight, term in (
            ("style", losses.style, style),
            ("perceptual", losses.perceptual, perceptual),
        ):
            if bool(weight) != (term is not None):
                raise ConfigError(
                    f"losses.{name} is {weight}, but the {name} term is {'not ' * (term is None)}given; "
                    "weigh it if and only if it is there."
                )
        self.label_channels, self.paint, self.losses = label_channels, paint, losses
        self.seed, self.style, self.perceptual, self.dont_care = seed, style, perceptual, dont_care
        self.networks = nn.ModuleDict({"generator": generator, "discriminator": discriminator})
        self.optimized = {
            "generator": Optimized(generator, losses.generator_rate, losses.betas),
            "discriminator": Optimized(discriminator, losses.discriminator_rate, losses.betas),
        }

    def updates(self, batch: SynthesisBatch, step: int) -> Iterator[Update]:
        """Both steps."""
        draws = [np.random.default_rng([self.seed, _PICTURE, number]) for number in batch.numbers]
        rng = np.random.default_rng([self.seed, _STEP, step])
        fake = self.paint(batch, draws)
        yield self.generator_update(batch, fake, rng, draws)
        with torch.no_grad():
            fake = self.paint(batch, draws)
        coins = torch.from_numpy(rng.integers(2, size=self.label_channels))
        yield self.discriminator_update(batch, fake, coins)

    def generator_update(
        self, batch: SynthesisBatch, fake: Tensor, rng: np.random.Generator, draws: Draws
    ) -> Update:
        """Painted pictures must be seen as what their maps say, and as real.

        Args:
            batch: the photographs.
            fake: painted pictures.
            rng: of the step.
            draws: of the pictures.
        """
        judged: Judgement = self.networks["discriminator"](fake)
        terms = {"segmented": real_loss(judged.classes, batch.labels, self._weights(batch))}
        if judged.whole is not None:
            terms["whole"] = hinge_generator(judged.whole)
        if self.style is not None:
            terms["style"] = self.losses.style * self.style(fake, batch, rng, draws)
        if self.perceptual is not None:
            terms["perceptual"] = self.losses.perceptual * self.perceptual(fake, batch.image)
        return Update("generator", torch.stack(list(terms.values())).sum(), terms)

    def discriminator_update(self, batch: SynthesisBatch, fake: Tensor, coins: Tensor) -> Update:
        """Painted pictures are fake, photographs what their maps say, mixed ones both, each in its place.

        Args:
            batch: the photographs.
            fake: painted pictures, without gradient.
            coins: of LabelMix, 0 or 1 for each class.
        """
        discriminator = self.networks["discriminator"]
        painted: Judgement = discriminator(fake)
        real: Judgement = discriminator(batch.image)
        terms = {
            "d_fake": fake_loss(painted.classes),
            "d_real": real_loss(real.classes, batch.labels, self._weights(batch)),
        }
        if painted.whole is not None and real.whole is not None:
            terms["d_fake"] = terms["d_fake"] + hinge_discriminator_fake(painted.whole)
            terms["d_real"] = terms["d_real"] + hinge_discriminator_real(real.whole)
        if self.losses.labelmix:
            collision = self.losses.labelmix_collision
            mask = label_mask(batch.labels, coins.to(batch.labels.device), collision=collision)
            mixed: Judgement = discriminator(mix(batch.image, fake, mask))
            difference = consistency(mixed.classes, real.classes, painted.classes, mask)
            terms["d_labelmix"] = self.losses.labelmix * difference
        return Update("discriminator", torch.stack(list(terms.values())).sum(), terms)

    def _weights(self, batch: SynthesisBatch) -> Tensor | None:
        if not self.losses.balance:
            return None
        ignored = self.dont_care if self.losses.dont_care else None
        return pixel_weights(batch.labels, self.label_channels, dont_care=ignored)
