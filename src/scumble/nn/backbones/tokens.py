"""Fixed networks that describe a picture by a set of tokens, one for each place of a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from torch import Tensor, nn
from torch.nn import functional as F

from scumble.errors import ConfigError, nearest
from scumble.nn.backbones.clip_files import read_clip, tower_weights
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.efficientnet_lite0 import EfficientNetLite0
from scumble.nn.backbones.files import find_weights, load_exactly, read_weights
from scumble.nn.backbones.squeezenet import SqueezeNet

StyleBackbone = Literal["clip-vit-b32", "efficientnet-lite0", "squeezenet"]
"""The networks to choose from: CLIP's image tower as published, or one of two stand-ins for it.

The stand-ins are for machines without CLIP's weights. They were trained on ImageNet's classes, not on words,
and their loss is not the published one, neither in scale nor in what it sees: on 28 photographs of seven
data sets, EfficientNet-Lite0 puts two unrelated ones 0.80 apart, SqueezeNet 0.72, and a photograph and its
mirror image 0.05 and 0.22.
"""

Network = CLIPImageTower | SqueezeNet | EfficientNetLite0


@dataclass(frozen=True)
class _StandIn:
    build: Callable[[], SqueezeNet | EfficientNetLite0]
    file_name: str
    size: int


# EfficientNet-Lite0: the last stage, 7 x 7 as CLIP's, 320 channels. SqueezeNet: the last fire module, 512
# channels, 14 x 14 at the 227 pixels of its own training (13 x 13 at 224).
_STAND_INS = {
    "efficientnet-lite0": _StandIn(EfficientNetLite0, "efficientnet_lite0_imagenet_fp16", 224),
    "squeezenet": _StandIn(lambda: SqueezeNet(taps=(12,)), "squeezenet1_1_imagenet_fp16", 227),
}


class TokenNetwork(nn.Module):
    """A frozen network, always in evaluation mode, and the size at which it looks at pictures.

    It computes in the precision of its own weights (``.to(torch.bfloat16)``) or of an enclosing autocast.

    Args:
        network: gives tokens, or feature maps of which the last one's places are the tokens.
        size: side of the square to which pictures are resized, in pixels.
    """

    def __init__(self, network: Network, size: int) -> None:
        super().__init__()
        self.network = network
        self.size = size
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> Self:
        """Stays in evaluation mode whatever is asked, so that batch statistics never move."""
        return super().train(False)

    def forward(self, pictures: Tensor) -> Tensor:
        """The tokens of pictures.

        Args:
            pictures: ``[B, 3, H, W]`` in [-1, 1], RGB, of any size and aspect. They are resized without
                antialiasing (``ipose`` spec, section 6) and scaled as the network was trained; gradients
                flow to them.

        Returns:
            float32 ``[B, T, C]``, row by row and not normalised: 49 of 768 from CLIP ViT-B/32, 49 of 320
            from EfficientNet-Lite0, 196 of 512 from SqueezeNet.
        """
        resized = F.interpolate(pictures.float(), (self.size, self.size), mode="bilinear")
        scaled = self.network.scale(resized)
        found = self.network(scaled.to(next(self.network.parameters()).dtype))
        tokens: Tensor = found if isinstance(found, Tensor) else found[-1].flatten(2).mT
        return tokens.float()


def load_token_network(name: StyleBackbone, file: Path | None = None) -> TokenNetwork:
    """Builds a network and loads its weights; one never takes the place of another.

    Args:
        name: see `StyleBackbone`.
        file: a file with its weights (for CLIP also others, see `scumble.nn.backbones.clip_files`); None
            looks in the folder ``backbones`` of SCUMBLE_DATA.

    Raises:
        ConfigError: the name is not known.
        CheckpointError: the weights are missing or do not fit the network.
    """
    if name not in get_args(StyleBackbone):
        raise ConfigError(
            f"style_backbone is {name!r}, which is not known; {nearest(name, get_args(StyleBackbone))}"
        )
    if name == "clip-vit-b32":
        state, source = read_clip(file)
        config = CLIPTowerConfig()
        tower = CLIPImageTower(config)
        load_exactly(tower, tower_weights(state, config.block + 1), source)
        return TokenNetwork(tower, config.size)
    chosen = _STAND_INS[name]
    path = find_weights(chosen.file_name, file)
    network = chosen.build()
    load_exactly(network, read_weights(path), str(path))
    return TokenNetwork(network, chosen.size)
