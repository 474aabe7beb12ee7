"""The image tower of CLIP (Radford et al., arXiv 2103.00020), up to the block whose tokens are wanted.

Facts: ``metrics`` spec, section 5. Entry names are those of CLIP's own files without their ``visual.``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from scumble.errors import ConfigError

MEAN = (0.48145466, 0.4578275, 0.40821073)
"""Of red, green and blue in 0..1, over CLIP's training pictures."""
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Standard deviation of the same."""
HEAD_WIDTH = 64
"""Channels of an attention head in every published tower."""


@dataclass(frozen=True)
class CLIPTowerConfig:
    """A tower; the defaults are ViT-B/32 and the tokens of iPOSE's style loss."""

    width: int = 768
    """Channels of a token, a multiple of 64: one attention head for each 64."""
    patch: int = 32
    """Pixels of a patch's side."""
    size: int = 224
    """Pixels of the picture's side, a multiple of the patch's."""
    block: int = 8
    """Which block's tokens are wanted, from 0; the ones after it are not built."""

    def __post_init__(self) -> None:
        if min(self.width, self.patch, self.size) < 1 or self.width % HEAD_WIDTH or self.size % self.patch:
            raise ConfigError(
                f"{self} is not possible: width must be a multiple of {HEAD_WIDTH}, size one of patch."
            )
        if self.block < 0:
            raise ConfigError(f"block is {self.block}; blocks are counted from 0.")


class _Block(nn.Module):
    """Attention and a perceptron, each behind its norm and beside a skip."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, width // HEAD_WIDTH, batch_first=True)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, tokens: Tensor) -> Tensor:
        """``[B, T, width]``; keeps the shape."""
        normed = self.ln_1(tokens)
        tokens = tokens + self.attn(normed, normed, normed, need_weights=False)[0]
        inside = self.mlp["c_fc"](self.ln_2(tokens))
        result: Tensor = tokens + self.mlp["c_proj"](inside * torch.sigmoid(1.702 * inside))
        return result


class _Transformer(nn.Module):
    """The blocks, under the name that they have in the files."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(_Block(width) for _ in range(blocks))

    def forward(self, tokens: Tensor) -> Tensor:
        """``[B, T, width]``; keeps the shape."""
        for block in self.resblocks:
            tokens = block(tokens)
        return tokens


class CLIPImageTower(nn.Module):
    """Patches to tokens.

    Args:
        config: its widths, and the block that is the last.
    """

    def __init__(self, config: CLIPTowerConfig) -> None:
        super().__init__()
        self.config = config
        width, patches = config.width, (config.size // config.patch) ** 2
        self.conv1 = nn.Conv2d(3, width, config.patch, stride=config.patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros(patches + 1, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = _Transformer(width, config.block + 1)

    @staticmethod
    def scale(pictures: Tensor) -> Tensor:
        """Brings RGB pictures ``[B, 3, H, W]`` in [-1, 1] to CLIP's mean and deviation."""
        mean, deviation = (
            torch.tensor(values, device=pictures.device, dtype=pictures.dtype).view(3, 1, 1)
            for values in (MEAN, DEVIATION)
        )
        return ((pictures + 1) / 2 - mean) / deviation

    def forward(self, x: Tensor) -> Tensor:
        """The tokens after the last block built, without the class token and not normalised.

        Args:
            x: scaled pictures ``[B, 3, size, size]``.

        Returns:
            ``[B, (size / patch)^2, width]``, patches row by row.
        """
        patches = self.conv1(x).flatten(2).mT
        first = self.class_embedding.expand(len(x), 1, -1)
        tokens = self.ln_pre(torch.cat([first, patches], 1) + self.positional_embedding)
        result: Tensor = self.transformer(tokens)[:, 1:]
        return result
