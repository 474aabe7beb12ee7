"""The generator of OASIS (``oasis`` spec, section 2)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.models.oasis.config import REDUCTION, WIDTHS, OASISConfig
from scumble.nn.fresh import SLOPE, tanh
from scumble.nn.regions import Condition, DenseMap, RegionConv2d, RegionMap
from scumble.nn.spade import SPADEBlock


def condition_of(labels: Tensor, noise: Tensor | None, label_channels: int) -> Condition:
    """Noise and one-hot classes of every pixel, in this order.

    Args:
        labels: int64 ``[B, H, W]``.
        noise: ``[B, Z]``, the same for all pixels of a picture; ``[B, Z, H, W]``, one for each; or None.
        label_channels: classes.
    """
    classes = torch.eye(label_channels, device=labels.device)
    if noise is None:
        return RegionMap(labels, classes)
    if noise.ndim == 4:
        return DenseMap(torch.cat([noise, F.embedding(labels, classes).permute(0, 3, 1, 2)], 1))
    pictures = torch.arange(len(labels), device=labels.device)[:, None, None]
    rows = torch.cat(
        [noise.repeat_interleave(label_channels, 0), classes.repeat(len(labels), 1).to(noise.dtype)], 1
    )
    return RegionMap(pictures * label_channels + labels, rows)


def check_size(labels: Tensor) -> None:
    """Refuse maps ``[B, H, W]`` that would come out smaller.

    Raises:
        ValueError: a side is no multiple of 32; `scumble.pipelines.synthesize` pads.
    """
    if any(side % REDUCTION or not side for side in labels.shape[-2:]):
        raise ValueError(
            f"The map is {list(labels.shape)}; expected sides that are multiples of {REDUCTION}."
        )


class OASISGenerator(nn.Module):
    """Six SPADE blocks from a map of 1/32 of the size.

    Args:
        config: its widths.
    """

    def __init__(self, config: OASISConfig) -> None:
        super().__init__()
        self.config = config
        widths = [multiple * config.width for multiple in WIDTHS]
        self.first = RegionConv2d(config.condition_channels, widths[0])
        self.blocks = nn.ModuleList(
            SPADEBlock(a, b, config.condition_channels, config.hidden) for a, b in pairwise(widths)
        )
        self.output = nn.Conv2d(widths[-1], 3, 3, padding=1)

    def forward(self, labels: Tensor, noise: Tensor | None) -> Tensor:
        """Paint pictures.

        Args:
            labels: int64 ``[B, H, W]``, H and W multiples of 32.
            noise: see `condition_of`; None if the network takes none.

        Returns:
            ``[B, 3, H, W]`` in [-1, 1].
        """
        check_size(labels)
        condition = condition_of(labels, noise, self.config.label_channels)
        height, width = (side // REDUCTION for side in labels.shape[-2:])
        x = self.first.at(condition, height, width)
        for i, block in enumerate(self.blocks):
            x = block(F.interpolate(x, scale_factor=2.0) if i else x, condition)
        return tanh(self.output(F.leaky_relu(x, SLOPE)))
