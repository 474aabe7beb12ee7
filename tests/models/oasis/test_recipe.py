"""The terms of a training step of OASIS and iPOSE."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from scumble.errors import ConfigError
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
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
