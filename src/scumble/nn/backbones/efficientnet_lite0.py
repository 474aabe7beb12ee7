"""EfficientNet-Lite0, the classifier without squeeze-and-excitation of Tan and Le (arXiv 1905.11946)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

_STAGES = (
    # kernel, stride of the first block, expansion, channels, blocks
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
TAPS = (0, 2, 4, 10, 15)
"""The last block at each resolution: 16, 24, 40, 112 and 320 channels at 1/2, 1/4, 1/8, 1/16 and 1/32."""


class SameConv2d(nn.Conv2d):
    """A convolution without bias that pads as TensorFlow's SAME: the smaller half left and top."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(channels, width, kernel, stride=stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, ceil(H / stride), ceil(W / stride)]``."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        down, right = (max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[2:])
        x = F.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2)) if down or right else x
        return super().forward(x)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class InvertedResidual(nn.Module):
    """Widen by 1x1, filter each channel, project by 1x1; plus the input where shapes agree.

    Args:
        channels: channels of the input.
        width: channels of the output.
        kernel: side of the depth-wise filter.
        stride: of the depth-wise filter.
        expansion: how many times wider the inside is; 1 leaves the first convolution out.
    """

    def __init__(self, channels: int, width: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inside = channels * expansion
        self.expands = expansion > 1
        self.residual = stride == 1 and channels == width
        if self.expands:
            self._expand_conv = SameConv2d(channels, inside, 1)
            self._bn0 = _norm(inside)
        self._depthwise_conv = SameConv2d(inside, inside, kernel, stride, groups=inside)
        self._bn1 = _norm(inside)
        self._project_conv = SameConv2d(inside, width, 1)
        self._bn2 = _norm(width)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, channels, H, W]`` to ``[B, width, ceil(H / stride), ceil(W / stride)]``."""
        y: Tensor = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))  # no activation here
        return x + y if self.residual else y


class EfficientNetLite0(nn.Module):
    """EfficientNet-Lite0; entry names are those of the published weights (``_blocks.3._bn1.weight``)."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, stride=2)
        self._bn0 = _norm(32)
        blocks = []
        channels = 32
        for kernel, stride, expansion, width, count in _STAGES:
            for index in range(count):
                first = stride if index == 0 else 1
                blocks.append(InvertedResidual(channels, width, kernel, first, expansion))
                channels = width
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConv2d(channels, 1280, 1)
        self._bn1 = _norm(1280)
        self._fc = nn.Linear(1280, 1000)

    @staticmethod
    def scale(pictures: Tensor) -> Tensor:
        """Brings RGB pictures ``[B, 3, H, W]`` in [-1, 1] to (x - 127) / 128 of the values 0..255."""
        return pictures * (127.5 / 128) + 0.5 / 128

    def forward(self, x: Tensor) -> list[Tensor]:
        """The features at the end of each resolution.

        Args:
            x: scaled pictures ``[B, 3, H, W]`` of any size.

        Returns:
            Five tensors with 16, 24, 40, 112, 320 channels at 1/2, 1/4, 1/8, 1/16, 1/32 of the size (rounded
            up), of either sign.
        """
        found = []
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in TAPS:
                found.append(x)
        return found

    def pooled(self, x: Tensor) -> Tensor:
        """Scaled pictures ``[B, 3, H, W]`` to ``[B, 1280]`` in 0..6, the feature for a Frechet distance."""
        return F.relu6(self._bn1(self._conv_head(self(x)[-1]))).mean(dim=(2, 3))

    def logits(self, x: Tensor) -> Tensor:
        """Scaled pictures ``[B, 3, H, W]`` to scores ``[B, 1000]`` of the ImageNet classes."""
        scores: Tensor = self._fc(self.pooled(x))
        return scores
