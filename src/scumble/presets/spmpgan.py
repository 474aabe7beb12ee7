"""Presets of SPMPGAN: those of DivSem without style codes; published ones train at batch size 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scumble.presets import divsem
from scumble.training.editing import EditingPreset


def _without_style(preset: EditingPreset) -> EditingPreset:
    return replace(preset, model=replace(preset.model, style=None), claim="")


def _published(preset: EditingPreset) -> EditingPreset:
    phases = tuple(replace(phase, batch_size=1) for phase in preset.training.phases)
    return replace(_without_style(preset), training=replace(preset.training, phases=phases))


def spmpgan_cityscapes() -> EditingPreset:
    """The published Cityscapes model: 34 classes, 74.10 M parameters."""
    return _published(divsem.divsem_cityscapes())


def spmpgan_ade20k_room() -> EditingPreset:
    """The published ADE20k-Room model: 151 classes, 76.93 M parameters."""
    return _published(divsem.divsem_ade20k_room())


def spmpgan_ade20k_landscape() -> EditingPreset:
    """The published ADE20k-Landscape model: 151 classes."""
    return _published(divsem.divsem_ade20k_landscape())


def spmpgan_camvid_compact() -> EditingPreset:
    """The compact model without style codes."""
    return _without_style(divsem.divsem_camvid_compact())


def spmpgan_camvid_tiny() -> EditingPreset:
    """30 thousand parameters and a few images, for tests."""
    return _without_style(divsem.divsem_camvid_tiny())


def spmpgan_streets() -> EditingPreset:
    """The published architecture and training on rendered streets."""
    return _published(divsem.divsem_streets())


def spmpgan_streets_compact() -> EditingPreset:
    """The compact model without style codes, on rendered streets."""
    return _without_style(divsem.divsem_streets_compact())


def spmpgan_streets_tiny() -> EditingPreset:
    """30 thousand parameters, a few images and no data, for tests."""
    return _without_style(divsem.divsem_streets_tiny())


SPMPGAN: dict[str, Callable[[], EditingPreset]] = {
    "spmpgan-cityscapes": spmpgan_cityscapes,
    "spmpgan-ade20k-room": spmpgan_ade20k_room,
    "spmpgan-ade20k-landscape": spmpgan_ade20k_landscape,
    "spmpgan-camvid-compact": spmpgan_camvid_compact,
    "spmpgan-camvid-tiny": spmpgan_camvid_tiny,
    "spmpgan-streets": spmpgan_streets,
    "spmpgan-streets-compact": spmpgan_streets_compact,
    "spmpgan-streets-tiny": spmpgan_streets_tiny,
}
