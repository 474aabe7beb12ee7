"""Losses and update steps of OASIS, which iPOSE shares (``oasis`` spec, sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from scumble.errors import ConfigError
from scumble.losses.augmentation import Augmentation, Policy
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
        parts: of every pixel, int64 ``[B, H, W]`` 0..8, in place of those that PartNet infers; None for them.
    """

    image: Tensor
    labels: Tensor
    codes: Tensor
    boxes: Tensor
    counts: Tensor
    numbers: tuple[int, ...]
    parts: Tensor | None = None

    def to(self, device: torch.device) -> SynthesisBatch:
        """The batch on another device."""
        image, labels, codes, boxes, counts = (
            t.to(device) for t in (self.image, self.labels, self.codes, self.boxes, self.counts)
        )
        parts = None if self.parts is None else self.parts.to(device)
        return SynthesisBatch(image, labels, codes, boxes, counts, self.numbers, parts)


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
    augment: tuple[Policy, ...] = ()
    """How pictures are changed before the discriminator sees them, for sets of few photographs."""


Draws = Sequence[np.random.Generator]
"""A source of randomness for each picture of a batch, so that no picture depends on those beside it."""
Painter = Callable[[SynthesisBatch, Draws], Tensor]
"""Paints a batch with noise of its own: ``[B, 3, H, W]``."""
Variation = Callable[[SynthesisBatch], SynthesisBatch]
"""Changes a batch before it is trained on."""
StyleTerm = Callable[[Tensor, SynthesisBatch, np.random.Generator, Draws], Tensor]
"""How far painted pictures are in style from those of the batch: a scalar. Takes a source of randomness for
the step besides those of the pictures."""
PerceptualTerm = Callable[[Tensor, Tensor], Tensor]
"""How far painted pictures are from photographs, both ``[B, 3, H, W]`` in [-1, 1]: a scalar."""


class _View(NamedTuple):
    """A batch as the discriminator sees it: pictures are changed, and their maps with them."""

    change: Augmentation
    labels: Tensor
    weights: Tensor | None
    """What the pixels of real pictures count, ``[B, H, W]``; None if alike."""
    shown: Tensor | None
    """What other pixels count: nothing where there is no picture."""


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
        vary: changes batches before they are trained on; by default nothing does.

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
        vary: Variation = lambda batch: batch,
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
        self.label_channels, self.paint, self.losses, self.vary = label_channels, paint, losses, vary
        self.seed, self.style, self.perceptual, self.dont_care = seed, style, perceptual, dont_care
        self.networks = nn.ModuleDict({"generator": generator, "discriminator": discriminator})
        self.optimized = {
            "generator": Optimized(generator, losses.generator_rate, losses.betas),
            "discriminator": Optimized(discriminator, losses.discriminator_rate, losses.betas),
        }

    def updates(self, batch: SynthesisBatch, step: int, *, lean: bool = False) -> Iterator[Update]:
        """Both steps; each paints anew."""
        batch = self.vary(batch)
        draws = self._draws(batch)
        rng = np.random.default_rng([self.seed, _STEP, step])
        fake = self.paint(batch, draws)
        yield self.generator_update(batch, fake, rng, draws)
        with torch.no_grad():
            fake = self.paint(batch, draws)
        coins = torch.from_numpy(rng.integers(2, size=self.label_channels))
        yield self.discriminator_update(batch, fake, coins, draws)

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
        view = self._view(batch, draws)
        judged: Judgement = self.networks["discriminator"](view.change.pictures(fake))
        terms = {"segmented": real_loss(judged.classes, view.labels, view.weights)}
        if judged.whole is not None:
            terms["whole"] = hinge_generator(judged.whole)
        if self.style is not None:
            terms["style"] = self.losses.style * self.style(fake, batch, rng, draws)
        if self.perceptual is not None:
            terms["perceptual"] = self.losses.perceptual * self.perceptual(fake, batch.image)
        return Update("generator", torch.stack(list(terms.values())).sum(), terms)

    def discriminator_update(
        self, batch: SynthesisBatch, fake: Tensor, coins: Tensor, draws: Draws = ()
    ) -> Update:
        """Painted pictures are fake, photographs what their maps say, mixed ones both, each in its place.

        Args:
            batch: the photographs.
            fake: painted pictures, without gradient.
            coins: of LabelMix, 0 or 1 for each class.
            draws: of the pictures, where they are augmented.
        """
        discriminator = self.networks["discriminator"]
        view = self._view(batch, draws)
        # Alike, so that they can be mixed.
        fake, image = view.change.pictures(fake), view.change.pictures(batch.image)
        painted: Judgement = discriminator(fake)
        real: Judgement = discriminator(image)
        terms = {
            "d_fake": fake_loss(painted.classes, view.shown),
            "d_real": real_loss(real.classes, view.labels, view.weights),
        }
        if painted.whole is not None and real.whole is not None:
            terms["d_fake"] = terms["d_fake"] + hinge_discriminator_fake(painted.whole)
            terms["d_real"] = terms["d_real"] + hinge_discriminator_real(real.whole)
        if self.losses.labelmix:
            collision = self.losses.labelmix_collision
            mask = label_mask(view.labels, coins.to(view.labels.device), collision=collision)
            mixed: Judgement = discriminator(mix(image, fake, mask))
            difference = consistency(mixed.classes, real.classes, painted.classes, mask, view.shown)
            terms["d_labelmix"] = self.losses.labelmix * difference
        return Update("discriminator", torch.stack(list(terms.values())).sum(), terms)

    def scores(self, batch: SynthesisBatch) -> tuple[Tensor, Tensor]:
        """Mean log-odds of "not fake" for photographs and for what is painted in their place; scalars."""
        painted = self.paint(batch, self._draws(batch))
        judged = [self.networks["discriminator"](p).classes.float() for p in (batch.image, painted)]
        real, fake = ((c[:, 1:].logsumexp(1) - c[:, 0]).mean() for c in judged)
        return real, fake

    def _draws(self, batch: SynthesisBatch) -> Draws:
        return [np.random.default_rng([self.seed, _PICTURE, number]) for number in batch.numbers]

    def _view(self, batch: SynthesisBatch, draws: Draws) -> _View:
        change = Augmentation.draw(self.losses.augment, draws, *batch.labels.shape[-2:])
        labels, shown = change.maps(batch.labels, 0), change.shown(batch.labels)
        weights = alike = None
        if shown is not None:
            weights = alike = pixel_weights(torch.zeros_like(labels), 1, dont_care=None, shown=shown)
        if self.losses.balance:
            ignored = self.dont_care if self.losses.dont_care else None
            weights = pixel_weights(labels, self.label_channels, dont_care=ignored, shown=shown)
        return _View(change, labels, weights, alike)
