"""The network of the labeler: a U-Net of residual depth-wise separable blocks."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, channels_last, nn
from torch.nn import functional as F

from scumble.models.labeler.config import LabelerConfig
from scumble.nn.sync_norm import SyncBatchNorm2d


class Block(nn.Module):
    """Filter each channel by 3x3, mix the channels by 1x1; plus the input where shapes agree.

    Args:
        channels: channels of the input.
        width: channels of the output.
        stride: of the 3x3 filter.
    """

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.residual = stride == 1 and channels == width
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
            SyncBatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, width, 1, bias=False),
            SyncBatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, ceil(H / stride), ceil(W / stride)]``, not negative."""
        y: Tensor = self.layers(x)
        return F.relu(x + y if self.residual else y)


class UpBlock(nn.Module):
    """Coarse features brought to the width and the size of a skip, added to it, then residual blocks.

    Args:
        channels: channels of the coarse features.
        width: channels of the skip and of the output.
        blocks: number of residual blocks.
    """

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(nn.Conv2d(channels, width, 1, bias=False), SyncBatchNorm2d(width))
        self.blocks = nn.Sequential(*(Block(width, width) for _ in range(blocks)))

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """``[B, channels, H, W]`` and a skip ``[B, width, 2H, 2W]`` to the shape of the skip."""
        x = F.interpolate(self.narrow(x), scale_factor=2, mode="bilinear", align_corners=False)
        y: Tensor = self.blocks(F.relu(x + skip))
        return y


class Labeler(nn.Module):
    """Scores of the classes of every pixel.

    Args:
        config: classes, widths and depths.
    """

    def __init__(self, config: LabelerConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, 2, 1, bias=False), SyncBatchNorm2d(widths[0]), nn.ReLU()
        )
        firsts = [stem, *(Block(i, o, stride=2) for i, o in pairwise(widths))]
        self.encoder = nn.ModuleList(
            nn.Sequential(first, *(Block(width, width) for _ in range(blocks)))
            for first, width, blocks in zip(firsts, widths, config.blocks, strict=True)
        )
        self.decoder = nn.ModuleList(
            UpBlock(coarse, fine, config.decoder_blocks)
            for coarse, fine in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.classifier = nn.Conv2d(widths[0], config.classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures at the size at which they are given.

        Sides that are no multiples of ``config.reduction`` are continued by their last pixels inside, so
        that every map has exactly twice the size of the next.

        Args:
            x: RGB ``[B, 3, H, W]`` in [-1, 1], any height and width.

        Returns:
            Logits ``[B, classes, H, W]``.
        """
        height, width = x.shape[-2:]
        right, down = (-width % self.config.reduction, -height % self.config.reduction)
        x = F.pad(x, (0, right, 0, down), mode="replicate").contiguous(memory_format=channels_last)
        outputs: list[Tensor] = []
        for level in self.encoder:
            x = level(x)
            outputs.append(x)
        for level, skip in zip(self.decoder, outputs[-2::-1], strict=True):
            x = level(x, skip)
        logits = F.interpolate(self.classifier(x), scale_factor=2, mode="bilinear", align_corners=False)
        return logits[..., :height, :width]

    def whole(self, image: Tensor) -> Tensor:
        """Whole pictures, looked at with the shorter side that the weights are used to.

        Args:
            image: RGB ``[B, 3, H, W]`` in [-1, 1], any height and width.

        Returns:
            Logits ``[B, classes, H, W]`` at the pictures' own size.
        """
        size = image.shape[-2:]
        scale = self.config.size / min(size)
        if scale == 1:
            logits: Tensor = self(image)
            return logits
        seen = [round(side * scale) for side in size]
        logits = self(F.interpolate(image, seen, mode="bilinear", antialias=True))
        return F.interpolate(logits, size, mode="bilinear", antialias=True)
