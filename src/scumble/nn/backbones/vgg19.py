"""The part of VGG-19 (Simonyan and Zisserman, arXiv 1409.1556) that the published perceptual losses use."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

TAPS = (1, 6, 11, 20, 29)
"""Indices of the ReLUs 1_1, 2_1, 3_1, 4_1 and 5_1 in the feature stack."""

_WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512)  # 0: max pooling
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


class VGG19(nn.Module):
    """VGG-19 up to ReLU 5_1; entry names are torchvision's ``features.N.weight`` and ``.bias``."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in _WIDTHS:
            if width == 0:
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
                channels = width
        self.features = nn.Sequential(*layers)

    @staticmethod
    def scale(pictures: Tensor) -> Tensor:
        """Brings RGB pictures ``[B, 3, H, W]`` in [-1, 1] to the ImageNet mean and deviation of training."""
        mean, deviation = (
            torch.tensor(values, device=pictures.device, dtype=pictures.dtype).view(3, 1, 1)
            for values in (_MEAN, _DEVIATION)
        )
        return ((pictures + 1) / 2 - mean) / deviation

    def forward(self, x: Tensor) -> list[Tensor]:
        """The features after the ReLUs 1_1, 2_1, 3_1, 4_1 and 5_1.

        Args:
            x: pictures ``[B, 3, H, W]``, both sides at least 16; scaled with `scale`, or in [-1, 1] as they
                are where a published loss is to be reproduced.

        Returns:
            Five tensors with 64, 128, 256, 512, 512 channels at 1, 1/2, 1/4, 1/8, 1/16 of the size, all >= 0.
        """
        found = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in TAPS:
                found.append(x)
        return found


def feature_weights(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Renames the entries of a published state and drops those that `VGG19` does not have.

    Args:
        state: entries named ``features.N.*`` (torchvision) or ``vgg.slice<k>.N.*``, ``slice<k>.N.*`` (the
            published losses). ``classifier.*`` and the convolutions after ReLU 5_1 are dropped.

    Returns:
        Entries named ``features.N.*``; an entry with any other name keeps it, so that a strict loader
        can refuse it.
    """
    renamed = {}
    for key, value in state.items():
        match = re.fullmatch(r"(?:features|(?:vgg\.)?slice\d)\.(\d+)\.(weight|bias)", key)
        if match is None:
            if not key.startswith("classifier."):
                renamed[key] = value
        elif int(match[1]) <= TAPS[-1]:
            renamed[f"features.{match[1]}.{match[2]}"] = value
    return renamed
