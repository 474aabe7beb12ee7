"""Networks of a few thousand weights and pictures to paint, for tests of the editing systems."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor, nn

from scumble.models.divsem.config import DivSemConfig, StyleConfig
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.models.spmpgan.config import SPMPGANConfig, StageConfig

CLASSES = 5


def pyramid_config(*, leak: bool = True) -> SPMPGANConfig:
    """Three stages; sizes must be multiples of 16."""
    stage = StageConfig((4, 6, 8, 8), (6, 4))
    return SPMPGANConfig(CLASSES, (stage, stage, stage), size=32, hidden=4, leak=leak)


def style_config(*, pooling: Literal["all", "valid"] = "all", valid_ratio_norm: bool = True) -> StyleConfig:
    """Codes of three numbers."""
    return StyleConfig(3, (4, 6, 6, 8), (6, 4), pooling, valid_ratio_norm)


def divsem_config() -> DivSemConfig:
    """Both together."""
    return DivSemConfig(pyramid_config(), style_config())


def with_weights(network: nn.Module) -> nn.Module:
    """The network in evaluation mode with weights that neither fade nor saturate."""
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        deviation = 0.8 / parameter[0].numel() ** 0.5 if parameter.ndim > 1 else 0.1
        nn.init.normal_(parameter, 0.0, deviation, generator=generator)
    return network.eval()


def edit_batch(height: int = 32, width: int = 32, *, erase: bool = False, seed: int = 0) -> EditBatch:
    """Two pictures in which a ragged patch is hidden.

    Args:
        height: rows.
        width: columns.
        erase: give the hidden pixels an instance id of their own, 121, which so is fully erased.
        seed: of pictures, classes and mask.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(CLASSES, (2, height // 8, width // 8), generator=generator)
    labels = labels.repeat_interleave(8, 1).repeat_interleave(8, 2)
    mask = torch.zeros(2, 1, height, width)
    mask[:, :, 3 : height - 6, 5 : width - 2] = 1
    mask[:, :, ::5, ::3] = 0
    instances = labels + 120
    if erase:
        instances = torch.where(mask[:, 0] > 0, 121, torch.where(instances == 121, 122, instances))
    image = torch.rand(2, 3, height, width, generator=generator) * 2 - 1
    return EditBatch(image, labels, instances, mask)


def with_other_hidden_pixels(batch: EditBatch) -> EditBatch:
    """The same batch, but with other pixels under the mask."""
    return replace(batch, image=torch.where(batch.mask > 0, -batch.image.flip(2), batch.image))


def inside(batch: EditBatch, picture: Tensor) -> Tensor:
    """The painted pixels of all channels."""
    return picture[batch.mask.expand_as(picture) > 0]
