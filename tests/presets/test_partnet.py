"""The presets of PartNet."""

from __future__ import annotations

import re

import pytest
import torch

from scumble.data.part_categories import PARTNET_TRAINED
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import PartNetLosses
from scumble.presets import ALL_PRESETS, PRESETS
from scumble.presets.partnet import PARTNET
from scumble.training.parts import PartPreset


def parameters(preset: PartPreset) -> int:
    """Parameters of the network, counted without memory for them."""
    with torch.device("meta"):
        return sum(p.numel() for p in PartNet(preset.model).parameters())


@pytest.mark.parametrize("name", PARTNET)
def test_every_preset_is_made_anew_and_can_be_trained_by_its_name(name: str) -> None:
    assert re.fullmatch(r"partnet-[a-z-]+", name)
    assert PARTNET[name]() == PARTNET[name]()
    assert ALL_PRESETS[name] is PARTNET[name]
    assert name not in PRESETS
    assert all(phase.size == 64 for phase in PARTNET[name]().training.phases)


def test_the_published_preset_has_the_published_network_and_training() -> None:
    preset = PARTNET["partnet-full-parts"]()
    assert parameters(preset) == 5_133_825
    assert (preset.model.supports, preset.model.skip_empty, preset.model.coordinates) == (3, False, True)
    (phase,) = preset.training.phases
    assert (phase.batch_size, preset.training.seed, preset.training.ema_half_life) == (6, 42, None)
    assert preset.training.total_images == 6 * 540_000
    assert preset.losses == PartNetLosses()
    assert preset.data.categories == PARTNET_TRAINED


def test_the_compact_network_has_the_size_that_its_description_says() -> None:
    make = PARTNET["partnet-real-compact"]
    assert f"{parameters(make()) / 1e6:.1f} M parameters" in (make.__doc__ or "")


def test_the_tiny_network_is_tiny() -> None:
    preset = PARTNET["partnet-real-tiny"]()
    assert parameters(preset) < 10_000
    assert preset.training.total_images <= 10
