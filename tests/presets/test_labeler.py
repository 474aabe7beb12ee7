"""The presets of the labeler."""

from __future__ import annotations

import re

import pytest
import torch

from scumble.label_space import LabelSpace
from scumble.models.labeler.network import Labeler
from scumble.presets import ALL_PRESETS, PRESETS
from scumble.presets.labeler import LABELER
from scumble.training.labeling import LabelingPreset


def parameters(preset: LabelingPreset) -> int:
    """Parameters of the network, counted without memory for them."""
    with torch.device("meta"):
        return sum(p.numel() for p in Labeler(preset.model).parameters())


@pytest.mark.parametrize("name", LABELER)
def test_every_preset_fits_its_data_and_its_name(name: str) -> None:
    assert re.fullmatch(r"labeler-[a-z0-9]+-(compact|tiny)", name)
    preset = LABELER[name]()
    assert preset == LABELER[name]()
    assert preset.model.classes == len(LabelSpace.load(preset.data.label_space))
    assert ALL_PRESETS[name] is LABELER[name]
    assert name not in PRESETS


@pytest.mark.parametrize("name", [name for name in LABELER if name.endswith("-compact")])
def test_compact_labelers_take_less_than_3_megabytes(name: str) -> None:
    preset = LABELER[name]()
    assert 0.6e6 < parameters(preset) < 1.3e6
    assert 2 * parameters(preset) < 3e6
    assert preset.training.stored == "float16"
    assert f"{parameters(preset) / 1e6:.2f}" in (type(preset.model).__doc__ or "")


@pytest.mark.parametrize("name", [name for name in LABELER if name.endswith("-tiny")])
def test_tiny_labelers_are_tiny(name: str) -> None:
    assert parameters(LABELER[name]()) < 2_000
    assert LABELER[name]().training.total_images <= 10
