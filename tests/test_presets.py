"""The training presets."""

from __future__ import annotations

import re

import pytest
import torch

from scumble.data.masks import PUBLISHED_MASK_KINDS
from scumble.label_space import LabelSpace
from scumble.models.registry import SYSTEMS
from scumble.models.spmpgan.recipe import EditingRecipe
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset, build_generator

NAMES = list(PRESETS)


def parameters(name: str) -> int:
    """Parameters of the generator, counted without memory for them."""
    with torch.device("meta"):
        return sum(p.numel() for p in build_generator(PRESETS[name]().model).parameters())


@pytest.mark.parametrize("name", NAMES)
def test_names_say_system_data_and_size(name: str) -> None:
    match = re.fullmatch(r"([a-z]+)-((?:camvid|cityscapes|ade20k|streets)[a-z0-9-]*?)(-compact|-tiny)?", name)
    assert match is not None
    assert match[1] in SYSTEMS
    preset = PRESETS[name]()
    assert (match[1] == "divsem") == (preset.model.style is not None)
    folder = preset.data.folder if preset.data.layout != "streets" else "streets"
    assert folder in (match[2].replace("-", "_"), f"{match[2]}_editing")


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_builds_and_fits_its_data_and_sizes(name: str) -> None:
    preset = PRESETS[name]()
    with torch.device("meta"):
        recipe = EditingRecipe(
            build_generator(preset.model),
            preset.model.pyramid.label_channels,
            preset.discriminators,
            lambda x, y: (x - y).abs().mean(),
            preset.losses,
        )
    assert set(recipe.optimized) == {"generator", "discriminators"}
    assert preset.model.pyramid.label_channels == len(LabelSpace.load(preset.data.label_space))
    assert all(phase.size % preset.model.pyramid.multiple == 0 for phase in preset.training.phases)
    assert preset.training.phases[-1].size == preset.model.pyramid.size


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("divsem-cityscapes", 82.86),
        ("divsem-ade20k-room", 85.69),
        ("divsem-ade20k-landscape", 85.69),
        ("spmpgan-cityscapes", 74.10),
        ("spmpgan-ade20k-room", 76.93),
        ("spmpgan-ade20k-landscape", 76.93),
    ],
)
def test_published_presets_have_the_published_size_and_training(name: str, millions: float) -> None:
    preset = PRESETS[name]()
    assert round(parameters(name) / 1e6, 2) == millions
    assert f"{millions:.2f} M parameters" in (PRESETS[name].__doc__ or "") or "landscape" in name
    phase = preset.training.phases[0]
    assert (phase.size, phase.smallest_window, phase.largest_window) == (256, 256, 256)
    assert phase.batch_size == (3 if name.startswith("divsem") else 1)
    assert (preset.discriminators.width, preset.discriminators.layers) == (64, (4, 5, 6))
    losses = preset.losses
    assert (losses.l1, losses.gan, losses.perceptual) == (1, 1, 10)
    assert (losses.generator_rate, losses.discriminator_rate, losses.betas) == (1e-4, 4e-4, (0.5, 0.999))
    assert preset.perceptual == "vgg19"
    assert preset.training.ema_half_life is None
    assert preset.model.pyramid.channel_order == "bgr"
    kinds = [kind for kind in PUBLISHED_MASK_KINDS if kind != "instance" or "landscape" not in name]
    assert list(preset.masks) == kinds


def test_the_compact_model_has_five_to_seven_million_parameters() -> None:
    assert 5e6 <= parameters("divsem-camvid-compact") <= 7e6
    assert parameters("spmpgan-camvid-compact") < parameters("divsem-camvid-compact")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-tiny")])
def test_tiny_models_are_tiny(name: str) -> None:
    assert parameters(name) < 31_000
    assert PRESETS[name]().training.total_images <= 10


@pytest.mark.parametrize("name", [name for name in NAMES if re.search("-(compact|tiny)$", name)])
def test_small_presets_do_not_need_the_large_perceptual_network(name: str) -> None:
    assert PRESETS[name]().perceptual != "vgg19"


def test_a_preset_is_made_anew() -> None:
    assert all(isinstance(make(), EditingPreset) and make() == make() for make in PRESETS.values())
