"""Variants of presets; every preset and every variant of a published one is trained for two steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from scumble.codec import to_plain
from scumble.errors import ConfigError
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.tokens import TokenNetwork
from scumble.presets import ALL_PRESETS, Preset
from scumble.presets.variants import VARIANTS, find_preset
from scumble.training import synthesis
from scumble.training.editing import EditingPreset, EditingTask, build_generator
from scumble.training.labeling import LabelingPreset, LabelingTask
from scumble.training.parts import PartTask
from scumble.training.synthesis import SynthesisPreset, SynthesisTask
from scumble.training.synthesis import build_generator as build_painter
from tests.miniature import MeanDifference
from tests.presets.shrink import shrink, write_parts

NAMES = [name for name in ALL_PRESETS if not name.endswith("-tiny")]
"""Other tests train the tiny ones as they are."""
PUBLISHED = [name for name in NAMES if "streets" not in name and not name.endswith("-compact")]


def varied(names: list[str]) -> list[str]:
    """Each name with each word that applies."""
    return [f"{n}+{v.word}" for n in names for v in VARIANTS.values() if n.startswith(f"{v.system}-")]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A part set, and small networks in place of those whose weights would have to be there."""
    with pytest.MonkeyPatch.context() as patch:
        tower = CLIPImageTower(CLIPTowerConfig(64, 16, 32, 0))
        patch.setattr(synthesis, "load_token_network", lambda name: TokenNetwork(tower, 32))
        patch.setattr(synthesis, "perceptual_term", lambda name: MeanDifference())
        yield write_parts(tmp_path_factory.mktemp("parts") / "set")


def task_of(preset: Preset) -> EditingTask | SynthesisTask | LabelingTask | PartTask:
    if isinstance(preset, EditingPreset):
        return EditingTask(preset, MeanDifference())
    if isinstance(preset, SynthesisPreset):
        return SynthesisTask(preset)
    return LabelingTask(preset) if isinstance(preset, LabelingPreset) else PartTask(preset)


@cache
def two_steps(preset: Preset) -> frozenset[str]:
    """Train, and return the names of the terms; losses must be finite and all networks learn."""
    task: Any = task_of(preset)
    (phase,) = preset.training.phases
    samples = task.samples(phase)
    terms: set[str] = set()
    adams = {
        name: torch.optim.Adam(part.networks.parameters(), part.learning_rate, part.betas, fused=True)
        for name, part in task.recipe.optimized.items()
    }
    before = {name: value.clone() for name, value in task.recipe.networks.named_parameters()}
    for step in (0, 1):
        batch = task.batch(torch.utils.data.default_collate([samples[step]]), torch.device("cpu"))
        for update in task.recipe.updates(batch, step):
            assert math.isfinite(update.loss.item())
            terms |= set(update.terms)
            adams[update.name].zero_grad()
            torch.autograd.backward(update.loss)
            adams[update.name].step()
    after = dict(task.recipe.networks.named_parameters())
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert {name.partition(".")[0] for name in changed} == set(task.recipe.networks)
    assert all(after[name].requires_grad for name in changed)
    return frozenset(terms)


@pytest.mark.parametrize("name", [*NAMES, *varied(PUBLISHED)])
def test_two_steps_can_be_trained_at_tiny_width(name: str, parts: Path) -> None:
    assert two_steps(shrink(find_preset(name), parts))


def test_words_take_terms_and_scales_away(parts: Path) -> None:
    def terms(name: str) -> set[str]:
        return set(two_steps(shrink(find_preset(name), parts)))

    everything = {"segmented", "whole", "style", "d_fake", "d_real", "d_labelmix"}
    assert terms("ipose-cityscapes") == everything
    assert terms("ipose-cityscapes+no-global") == everything - {"whole"}
    assert terms("ipose-cityscapes+no-style") == everything - {"style"}
    kinds = ("l1", "gan", "perceptual", "d_fake", "d_real")
    assert terms("divsem-cityscapes") == {f"{kind}_{i}" for kind in kinds for i in (1, 2, 3)}
    assert terms("divsem-cityscapes+single-scale") == {f"{kind}_1" for kind in kinds}


def flat(value: Any, place: str = "") -> dict[str, Any]:
    """Nested plain values by place."""
    if not isinstance(value, dict):
        return {place: value}
    items = [flat(item, f"{place}.{key}" if place else key) for key, item in value.items()]
    return {key: item for found in items for key, item in found.items()}


@pytest.mark.parametrize("name", varied(NAMES))
def test_a_word_changes_what_it_says_and_nothing_else(name: str) -> None:
    base, _, word = name.partition("+")
    old, new = flat(to_plain(find_preset(base))), flat(to_plain(find_preset(name)))
    changed = {key for key in {**old, **new} if old.get(key) != new.get(key)} - {"claim"}
    field = VARIANTS[word].field
    assert {key for key in changed if f"{key}.".startswith(f"{field}.")}
    others = {key for key in changed if not f"{key}.".startswith(f"{field}.")}
    assert others == ({"discriminators.layers"} if word == "single-scale" else set())


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("divsem-ade20k-landscape+no-styles", 76.93),  # SPMPGAN
        ("divsem-ade20k-landscape+single-scale", 39.66 + 7.44),  # the last stage and the style encoder
        ("divsem-ade20k-landscape+no-valid-ratio", 85.69),
        ("ipose-ade20k+no-parts", 74.3),  # OASIS
        ("ipose-ade20k+no-global+no-style", 111.2),
    ],
)
def test_generators_of_variants_have_the_published_size(name: str, millions: float) -> None:
    preset = find_preset(name)
    with torch.device("meta"):
        if isinstance(preset, EditingPreset):
            generator = build_generator(preset.model)
        else:
            assert isinstance(preset, SynthesisPreset)
            generator = build_painter(preset)
    assert sum(p.numel() for p in generator.parameters()) / 1e6 == pytest.approx(millions, abs=0.05)


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("divsem-ade20k-landscape", "FID 24.19"),
        ("divsem-ade20k-landscape+no-valid-ratio", "FID 25.95"),
        ("divsem-ade20k-landscape+single-scale", "FID 27.03"),
        ("divsem-ade20k-landscape+no-styles", "FID above 24.19"),
        ("divsem-ade20k-landscape+style-64", "FID above 24.19"),
        ("divsem-ade20k-landscape+style-256", "FID above 24.19"),
        ("divsem-ade20k-landscape+style-64+single-scale", ""),
        ("divsem-cityscapes+single-scale", ""),
        ("ipose-cityscapes", "FID 41.3, mIoU 70.6, AC 82.2"),
        ("ipose-cityscapes+no-style+no-parts+no-global", "FID 47.7, mIoU 66.9, AC 81.5, object FID 44.1"),
        ("ipose-cityscapes+no-parts+no-style", "FID 43.6, mIoU 66.7, AC 81.9, object FID 39.2"),
        ("ipose-cityscapes+no-parts", "FID 42.8, mIoU 70.5, AC 82.1, object FID 37.5"),
        ("ipose-cityscapes+spade-parts", "FID 42.9, mIoU 69.9, AC 81.9, object FID 31.2"),
        ("ipose-cityscapes+concatenation", "FID 42.7, mIoU 70.6, AC 82.0, object FID 31.5"),
        ("ipose-cityscapes+no-style", ""),
        ("ipose-ade20k+no-parts", ""),
    ],
)
def test_a_variant_claims_the_number_of_its_row_or_nothing(name: str, claim: str) -> None:
    found = find_preset(name)
    assert isinstance(found, EditingPreset | SynthesisPreset)
    assert found.claim.startswith(claim)
    assert bool(found.claim) == bool(claim)


def test_words_may_be_joined_in_any_order() -> None:
    names = ("ipose-coco-stuff+no-parts+no-style", "ipose-coco-stuff+no-style+no-parts")
    first, second = map(find_preset, names)
    assert first == second
    assert isinstance(first, SynthesisPreset)
    assert (first.system, first.losses.style, first.discriminator.global_head) == ("oasis", 0, True)


@pytest.mark.parametrize("name", ALL_PRESETS)
def test_a_name_without_words_is_the_preset(name: str) -> None:
    assert find_preset(name) == ALL_PRESETS[name]()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ipose-cityscape+no-parts", "no preset 'ipose-cityscape'; did you mean 'ipose-cityscapes'"),
        ("ipose-cityscapes+no-part", "'no-part', which is no variant of ipose; did you mean 'no-parts'"),
        ("ipose-cityscapes+", "asks for '', which is no variant of ipose; known: no-parts, spade-parts"),
        ("ipose-ade20k+no-styles", "is a variant of divsem, not of ipose; did you mean 'no-style'"),
        ("divsem-streets-tiny+no-style", "is a variant of ipose, not of divsem; did you mean 'no-styles'"),
        ("spmpgan-cityscapes+no-styles", "presets of spmpgan have no variants"),
        ("labeler-streets-tiny+x", "presets of labeler have no variants"),
        ("ipose-ade20k+no-parts+spade-parts", "exclude each other: they set model.injection and"),
        ("divsem-cityscapes+style-64+no-styles", "exclude each other: they set model.style.length and"),
        ("divsem-cityscapes+no-styles+no-valid-ratio", "exclude each other: they set model.style and"),
        ("divsem-cityscapes+style-64+style-64", "exclude each other"),
    ],
)
def test_what_does_not_exist_or_fit_is_refused(name: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find_preset(name)
    assert message in str(caught.value)


def test_every_word_is_explained_with_its_table() -> None:
    for word, variant in VARIANTS.items():
        assert word == variant.word
        assert variant.meaning.endswith(", ablation table).")
