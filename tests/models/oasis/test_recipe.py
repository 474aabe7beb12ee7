"""The terms of a training step of OASIS and iPOSE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from scumble.errors import ConfigError
from scumble.losses.augmentation import Augmentation, Policy
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.oasis.discriminator import Judgement, Segmenter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.painting import oasis_painter
from scumble.models.oasis.recipe import Draws, SynthesisBatch, SynthesisLosses, SynthesisRecipe
from tests.models.synthesis_fixture import CLASSES, label_maps, noise, oasis_config, settled

BATCH = SynthesisBatch(
    noise(2, 3, 64, 64).clamp(-1, 1),
    label_maps(),
    torch.zeros(2, 64, 64, dtype=torch.int64),
    torch.zeros(2, 1, 7, dtype=torch.int64),
    torch.zeros(2, dtype=torch.int64),
    (0, 1),
)


def style(fake: Tensor, batch: SynthesisBatch, rng: np.random.Generator, draws: Draws) -> Tensor:
    """In place of the style term: 0.25."""
    del batch, rng, draws
    return fake.mean() * 0 + 0.25


def distance(fake: Tensor, real: Tensor) -> Tensor:
    """In place of the perceptual term: the mean absolute difference."""
    return (fake - real).abs().mean()


def recipe(losses: SynthesisLosses, **terms: object) -> SynthesisRecipe:
    generator = settled(OASISGenerator(oasis_config()))
    discriminator = settled(Segmenter(SegmenterConfig((4, 4, 4, 4, 4, 4), 4), CLASSES))
    painter = oasis_painter(generator)
    return SynthesisRecipe(generator, discriminator, CLASSES, painter, losses, 0, **terms)  # type: ignore[arg-type]


def test_optional_terms_are_weighed_and_added() -> None:
    losses = SynthesisLosses(style=8, perceptual=10)
    (first, _) = recipe(losses, style=style, perceptual=distance).updates(BATCH, 0)
    assert first.terms.keys() == {"segmented", "style", "perceptual"}
    assert first.terms["style"].item() == pytest.approx(2)
    assert first.loss.item() == pytest.approx(sum(term.item() for term in first.terms.values()), rel=1e-5)
    fake = recipe(SynthesisLosses()).paint(BATCH, [np.random.default_rng([0, 0, i]) for i in (0, 1)])
    assert first.terms["perceptual"].item() == pytest.approx(
        10 * distance(fake, BATCH.image).item(), rel=1e-3
    )


@pytest.mark.parametrize("name", ["style", "perceptual"])
def test_a_term_is_weighed_if_and_only_if_it_is_given(name: str) -> None:
    with pytest.raises(ConfigError, match=f"losses.{name} is 3, but the {name} term is not given"):
        recipe(SynthesisLosses(style=3 * (name == "style"), perceptual=3 * (name == "perceptual")))
    with pytest.raises(ConfigError, match=f"losses.{name} is 0.0, but the {name} term is given"):
        recipe(SynthesisLosses(), **{name: style})


ALL: tuple[Policy, ...] = ("translation", "color", "cutout")


def sources() -> list[np.random.Generator]:
    return [np.random.default_rng([5, number]) for number in BATCH.numbers]


def seen(made: SynthesisRecipe, batch: SynthesisBatch) -> list[Tensor]:
    """What the discriminator is shown in a step: painted, painted, real and mixed pictures."""
    pictures: list[Tensor] = []

    def note(_: nn.Module, given: tuple[Tensor]) -> None:
        pictures.append(given[0].detach())

    with made.networks["discriminator"].register_forward_pre_hook(note):
        list(made.updates(batch, 0))
    return pictures


def test_by_default_the_discriminator_sees_the_pictures_themselves() -> None:
    _, painted, real, mixed = seen(recipe(SynthesisLosses()), BATCH)
    assert torch.equal(real, BATCH.image)
    assert ((mixed == real) | (mixed == painted)).all()


@pytest.mark.parametrize("policy", ALL)
def test_augmented_pictures_do_not_depend_on_those_beside_them(policy: Policy) -> None:
    made = recipe(SynthesisLosses(augment=(policy,)))
    image, labels, codes, boxes, counts = (
        t[1:] for t in (BATCH.image, BATCH.labels, BATCH.codes, BATCH.boxes, BATCH.counts)
    )
    second = SynthesisBatch(image, labels, codes, boxes, counts, BATCH.numbers[1:])
    together, alone = seen(made, BATCH), seen(made, second)
    assert all(torch.allclose(a[1:], b, atol=1e-5) for a, b in zip(together, alone, strict=True))
    assert not torch.equal(together[2], BATCH.image)
    other = seen(made, replace(BATCH, numbers=(2, 3)))
    assert not torch.equal(together[2], other[2])


@pytest.mark.parametrize("augment", [(policy,) for policy in ALL] + [ALL])
def test_augmented_losses_are_finite_and_their_gradient_reaches_the_generator(augment: Any) -> None:
    made = recipe(SynthesisLosses(augment=augment))
    for update in made.updates(BATCH, 0):
        assert all(bool(term.isfinite()) for term in update.terms.values())
        made.networks.zero_grad()
        torch.autograd.backward(update.loss)
        trained = made.optimized[update.name].networks
        assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in trained.parameters())
        assert any(p.grad is not None and bool(p.grad.any()) for p in trained.parameters())


@pytest.mark.parametrize("balance", [True, False])
def test_pixels_that_were_moved_or_cut_out_of_photographs_have_no_influence(balance: bool) -> None:
    augment: tuple[Policy, ...] = ("translation", "cutout")
    made = recipe(SynthesisLosses(augment=augment, balance=balance, dont_care=False, labelmix=1))
    places = torch.arange(1, 64 * 64 + 1).view(1, 64, 64).repeat(2, 1, 1)
    kept = Augmentation.draw(augment, sources(), 64, 64).maps(places, 0)
    lost = torch.stack([~torch.isin(places[i], kept[i]) for i in range(2)])
    assert 0.1 < lost.float().mean() < 0.9
    fake, coins = noise(2, 3, 64, 64, seed=1).clamp(-1, 1), torch.tensor([1, 0, 1, 0, 1])

    def loss(changed: Tensor) -> float:
        """After other colors and other classes in some places."""
        image = torch.where(changed[:, None], -BATCH.image, BATCH.image)
        labels = torch.where(changed, (BATCH.labels + 1) % CLASSES, BATCH.labels)
        batch = replace(BATCH, image=image, labels=labels)
        return made.discriminator_update(batch, fake, coins, sources()).loss.item()

    assert loss(lost) == loss(torch.zeros_like(lost))
    assert loss(~lost) != loss(torch.zeros_like(lost))


class Fixed(nn.Module):
    """A discriminator that says of the pictures of every call what its parameters are."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.said = nn.ParameterList(noise(2, CLASSES + 1, 64, 64, seed=i) for i in range(calls))
        self.calls = 0

    def forward(self, pictures: Tensor) -> Judgement:
        """The next ones."""
        self.calls += 1
        return Judgement(self.said[self.calls - 1], None, pictures)


@pytest.mark.parametrize("balance", [True, False])
def test_what_is_said_of_places_without_a_picture_does_not_count(balance: bool) -> None:
    augment: tuple[Policy, ...] = ("translation", "cutout")
    made = recipe(SynthesisLosses(augment=augment, balance=balance, dont_care=False))
    shown = Augmentation.draw(augment, sources(), 64, 64).shown(BATCH.labels)
    assert shown is not None
    fake, coins = noise(2, 3, 64, 64), torch.tensor([1, 0, 1, 0, 1])
    for calls in (1, 3):
        made.networks["discriminator"] = judge = Fixed(calls)
        if calls == 1:
            update = made.generator_update(BATCH, fake, np.random.default_rng(0), sources())
        else:
            update = made.discriminator_update(BATCH, fake, coins, sources())
        torch.autograd.backward(update.loss)
        for said in judge.said:
            assert said.grad is not None
            assert torch.equal(said.grad.abs().sum(1) > 0, shown)


class Pointwise(nn.Module):
    """A discriminator that looks at each pixel by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, CLASSES + 1, 1)

    def forward(self, pictures: Tensor) -> Judgement:
        """The classes."""
        return Judgement(self.layer(pictures), None, pictures)


def test_who_judges_pixel_by_pixel_is_consistent_on_augmented_mixtures_too() -> None:
    made = recipe(SynthesisLosses(augment=ALL))
    made.networks["discriminator"] = Pointwise()
    coins = torch.tensor([1, 0, 1, 0, 1])
    terms = made.discriminator_update(BATCH, noise(2, 3, 64, 64), coins, sources()).terms
    assert terms["d_labelmix"].item() == pytest.approx(0, abs=1e-10)
