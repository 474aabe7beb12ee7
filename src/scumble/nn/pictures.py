"""Between 8-bit pictures and what networks see."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

ChannelOrder = Literal["rgb", "bgr"]


def to_network(pictures: Tensor, order: ChannelOrder = "rgb") -> Tensor:
    """8-bit RGB pictures to float32 in [-1, 1].

    Args:
        pictures: uint8 ``[B, H, W, 3]``, RGB.
        order: channel order that the network expects.

    Returns:
        float32 ``[B, 3, H, W]``, ``(u / 255 - 0.5) / 0.5``.
    """
    x = (pictures.permute(0, 3, 1, 2).to(torch.float32) / 255 - 0.5) / 0.5
    return x.flip(1) if order == "bgr" else x


def to_8bit(x: Tensor, order: ChannelOrder = "rgb", *, truncate: bool = False) -> Tensor:
    """Network pictures to 8 bit RGB.

    Args:
        x: ``[B, 3, H, W]``; values outside [-1, 1] are clipped.
        order: channel order of ``x``.
        truncate: cut off the fraction, as the released code of the editing systems does; else round.

    Returns:
        uint8 ``[B, H, W, 3]``, RGB.
    """
    x = x.flip(1) if order == "bgr" else x
    values = ((x.float() + 1) / 2 * 255).clamp(0, 255)
    return (values if truncate else values.round()).to(torch.uint8).permute(0, 2, 3, 1)
