"""Part semantic modulation and the block around it (``ipose`` spec, sections 4.3 and 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

from scumble.models.ipose.config import Injection
from scumble.nn.fresh import leaky_relu
from scumble.nn.regions import Condition, DenseMap, nearest_resize
from scumble.nn.spade import HIDDEN, SPADE, SPADEBlock
from scumble.nn.sync_norm import SyncBatchNorm2d


@dataclass(frozen=True)
class Parts:
    """What the blocks know of the parts.

    Attributes:
        features: ``[B, F, H, W]``.
        mask: 1 where a part is seen, ``[B, 1, H, W]``.
    """

    features: Tensor
    mask: Tensor


class Modulation(nn.Module):
    """One scale and one shift for all channels of a pixel.

    Args:
        features: channels of the features that they are made of, and of the layer between.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.hidden = nn.Conv2d(features, features, 3, padding=1)
        self.heads = nn.Conv2d(features, 2, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Scale and shift ``[B, 2, H, W]`` of ``[B, F, H, W]``."""
        result: Tensor = self.heads(F.relu(self.hidden(features)))
        return result


class PSM(nn.Module):
    """Part semantic modulation: by part features where a part is seen, by noise elsewhere.

    Args:
        channels: of x.
        features: channels of part and noise features.
    """

    def __init__(self, channels: int, features: int) -> None:
        super().__init__()
        self.norm = SyncBatchNorm2d(channels, affine=False)
        self.parts = Modulation(features)
        self.noise = Modulation(features)

    def forward(self, x: Tensor, parts: Parts, noise: Tensor) -> Tensor:
        """``[B, C, H, W]`` of the same shape; ``noise`` is ``[B, F, H, W]``."""
        size = x.shape[-2:]
        mask = nearest_resize(parts.mask, *size)
        by_part = self.parts(nearest_resize(parts.features, *size))
        gamma, beta = (by_part * mask + self.noise(noise) * (1 - mask)).chunk(2, 1)
        result: Tensor = torch.addcmul(beta, self.norm(x), 1 + gamma)
        return result


class PartBlock(nn.Module):
    """Parts first, then a SPADE block; the skip starts behind the parts, so that they are not bypassed.

    Args:
        in_channels: of x.
        out_channels: of the result.
        condition_channels: of noise and classes.
        features: channels of part and noise features.
        injection: how parts enter.
        hidden: channels between a map and the scales and shifts made of it.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        condition_channels: int,
        features: int,
        injection: Injection,
        hidden: int = HIDDEN,
    ) -> None:
        super().__init__()
        self.injection = injection
        beside = features if injection == "concatenation" else 0
        self.spade = SPADEBlock(in_channels, out_channels, condition_channels + beside, hidden)
        if injection == "modulation":
            self.parts: nn.Module = PSM(in_channels, features)
        elif injection == "spade":
            self.parts = SPADE(in_channels, features, hidden=hidden)
        if injection in ("modulation", "spade"):
            self.conv = spectral_norm(nn.Conv2d(in_channels, in_channels, 3, padding=1))

    def forward(
        self, x: Tensor, condition: Condition, parts: Parts | None, noise: Tensor | None, factor: int = 1
    ) -> Tensor:
        """``[B, in_channels, h, w]`` to ``[B, out_channels, H, W]``; parts None is for ``none`` alone.

        It is enlarged in here, H being ``factor * h``, as the caller would keep what it hands over.
        """
        x = F.interpolate(x, scale_factor=float(factor)) if factor > 1 else x
        if self.injection == "modulation":
            x = self.conv(leaky_relu(self.parts(x, parts, noise)))
        elif self.injection == "spade":
            assert parts is not None
            x = self.conv(leaky_relu(self.parts(x, DenseMap(parts.features))))
        result: Tensor = self.spade(x, condition)
        return result
