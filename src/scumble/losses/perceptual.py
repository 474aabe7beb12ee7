"""Perceptual loss: how far two pictures are apart in the inner layers of a trained classifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

import torch
from torch import Tensor, nn

from scumble.errors import ConfigError, nearest
from scumble.nn.backbones.efficientnet_lite0 import EfficientNetLite0
from scumble.nn.backbones.files import default_path, download_vgg19, find_weights, load_exactly, read_weights
from scumble.nn.backbones.squeezenet import SqueezeNet
from scumble.nn.backbones.vgg19 import VGG19, feature_weights

PerceptualName = Literal["vgg19", "squeezenet", "efficientnet-lite0"]
"""The networks to choose from."""

Normalise = Literal["published", "corrected"]
"""What VGG-19 is fed: pictures in [-1, 1] as in the published training code, or with ImageNet's mean and
deviation as it was trained."""


@dataclass(frozen=True)
class _Backbone:
    build: Callable[[], VGG19 | SqueezeNet | EfficientNetLite0]
    file_name: str
    weights: tuple[float, ...]


# VGG-19: the weights of the published losses. The other two are ours: two unrelated photographs (32 pairs of
# street scenes, facades, objects and people at 256x256) score about 0.2 in each layer, 1 in all.
_BACKBONES: dict[str, _Backbone] = {
    "vgg19": _Backbone(VGG19, "vgg19", (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1)),
    "squeezenet": _Backbone(
        SqueezeNet, "squeezenet1_1_imagenet_fp16", (1 / 90, 1 / 160, 1 / 125, 1 / 80, 1 / 16)
    ),
    "efficientnet-lite0": _Backbone(
        EfficientNetLite0, "efficientnet_lite0_imagenet_fp16", (1 / 30, 1 / 40, 1 / 40, 1 / 32, 1 / 13)
    ),
}


class PerceptualLoss(nn.Module):
    """The sum over five layers of weight times mean absolute difference of features, as in SPADE and SPMPGAN.

    The network is frozen and always in evaluation mode. It computes in the precision of its own weights
    (``.to(torch.bfloat16)``) or of an enclosing autocast; the means are taken in float32.

    Args:
        name: the network. ``vgg19`` has the published layers and weights; ``squeezenet`` and
            ``efficientnet-lite0`` have layer weights of ours, which make every layer count about the same.
        file: a ``.safetensors`` file with the network's weights; None looks in the folder ``backbones`` of
            SCUMBLE_DATA, and for ``vgg19`` then downloads the published file.
        normalise: the input of ``vgg19`` (see `Normalise`); the other two always get their own scaling.
        state: the weights themselves, instead of a file; for ``vgg19`` also under the names of the
            published losses.

    Raises:
        ConfigError: the name is not known.
        CheckpointError: the weights are missing or do not fit the network.
    """

    def __init__(
        self,
        name: PerceptualName,
        file: Path | None = None,
        normalise: Normalise = "published",
        *,
        state: Mapping[str, Tensor] | None = None,
    ) -> None:
        super().__init__()
        for value, choices in ((name, get_args(PerceptualName)), (normalise, get_args(Normalise))):
            if value not in choices:
                raise ConfigError(f"perceptual loss: {value!r} is not possible, {nearest(value, choices)}")
        backbone = _BACKBONES[name]
        self.layer_weights = backbone.weights
        self.scales_input = name != "vgg19" or normalise == "corrected"
        self.network = backbone.build()
        source = f"perceptual network {name}"
        if state is None:
            state, source = _weights_of(name, file)
        if name == "vgg19":
            state = feature_weights(state)
        load_exactly(self.network, state, source)
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> Self:
        """Stays in evaluation mode whatever is asked, so that batch statistics never move."""
        return super().train(False)

    def features(self, pictures: Tensor) -> list[Tensor]:
        """Pictures ``[B, 3, H, W]`` in [-1, 1], RGB, to the five feature maps that `forward` compares."""
        scaled = self.network.scale(pictures) if self.scales_input else pictures
        found: list[Tensor] = self.network(scaled.to(next(self.network.parameters()).dtype))
        return found

    def layer_terms(self, x: Tensor, y: Tensor) -> Tensor:
        """The five weighted terms, float32 ``[5]``; see `forward`."""
        with torch.no_grad():
            targets = self.features(y)
        terms = [
            weight * (feature - target).abs().mean(dtype=torch.float32)
            for weight, feature, target in zip(self.layer_weights, self.features(x), targets, strict=True)
        ]
        return torch.stack(terms)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The distance of two batches of pictures.

        Args:
            x: pictures ``[B, 3, H, W]`` in [-1, 1], RGB (BGR only to reproduce a published training that fed
                it), both sides at least 32; gradients flow to these.
            y: target pictures of the same shape; no gradient.

        Returns:
            A float32 scalar >= 0; 0 where the features are equal.
        """
        return self.layer_terms(x, y).sum()


def _weights_of(name: PerceptualName, file: Path | None) -> tuple[dict[str, Tensor], str]:
    """The weights and where they came from."""
    file_name = _BACKBONES[name].file_name
    if name == "vgg19" and file is None and not default_path(file_name).is_file():
        return download_vgg19(), "the published VGG-19 weights"
    path = find_weights(file_name, file)
    return read_weights(path), str(path)
