"""A convolution of a network that only paints, on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BAND = 2**20
"""Numbers of an input that are padded at once."""


class PackedConv2d(nn.Module):
    """A convolution whose weights lie as the processor's library wants them.

    Else they are laid out anew in every pass, which takes longer than the convolution of a small picture. The
    best layout depends on the size of the picture: where that changes, they are laid out anew.

    Args:
        convolution: float32 or bfloat16, on the CPU, of one group; it computes in that type.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.stride, self.dilation = list(convolution.stride), list(convolution.dilation)
        assert not isinstance(convolution.padding, str)
        self.mode = "constant" if convolution.padding_mode == "zeros" else convolution.padding_mode
        # Zeros are added by the convolution itself.
        self.outside = [0, 0] if self.mode == "constant" else list(convolution.padding)
        self.padding = list(convolution.padding) if self.mode == "constant" else [0, 0]
        self.bias = convolution.bias
        self.weight = convolution.weight.detach()
        self._size: torch.Size | None = None

    def forward(self, x: Tensor) -> Tensor:
        """``[B, in_channels, H, W]`` to ``[B, out_channels, H', W']`` in channels-last memory."""
        if any(self.outside):
            return self.in_bands(x.shape, lambda first, end: x[:, :, first:end])
        return self._convolve(x.to(self.weight.dtype))

    def in_bands(self, shape: Sequence[int], rows_of: Callable[[int, int], Tensor]) -> Tensor:
        """Convolve in bands of equal height, so that a large picture is nowhere copied to be padded.

        Args:
            shape: of the input, ``[B, in_channels, H, W]``.
            rows_of: gives its rows from the first to before the end, ``[B, in_channels, end - first, W]``.
        """
        kernel, height = self.weight.shape[2:], shape[2]
        reach = [gap * (size - 1) for gap, size in zip(self.dilation, kernel, strict=True)]
        rows, columns = (
            (shape[i + 2] + 2 * self.outside[i] - reach[i] - 1) // self.stride[i] + 1 for i in (0, 1)
        )
        bands = 1
        while prod(shape) > bands * BAND and rows % (2 * bands) == 0:
            bands *= 2
        size = (shape[0], len(self.weight), rows, columns)
        result = torch.empty(size, dtype=self.weight.dtype, memory_format=torch.channels_last)
        high, (above, beside), step = rows // bands, self.outside, self.stride[0]
        for row in range(0, rows, high):
            first, end = row * step - above, (row + high - 1) * step - above + reach[0] + 1
            band = rows_of(max(first, 0), min(end, height)).to(result.dtype)
            beyond = [beside, beside, max(-first, 0), max(end - height, 0)]
            # Autocast would pad in float32.
            with torch.autocast("cpu", enabled=False):
                band = F.pad(band, beyond, mode=self.mode)
            result[:, :, row : row + high] = self._convolve(band)
        return result

    def _convolve(self, x: Tensor) -> Tensor:
        if self._size != x.shape:
            plain = self.weight.to_dense() if self.weight.is_mkldnn else self.weight
            self.weight = torch._C._nn.mkldnn_reorder_conv2d_weight(  # type: ignore[call-arg]
                plain.to_mkldnn(), self.padding, self.stride, self.dilation, 1, list(x.shape)
            )
            self._size = x.shape
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x.contiguous(memory_format=torch.channels_last),
            self.weight,
            self.bias,
            self.padding,
            self.stride,
            self.dilation,
            1,
            "none",
            [],
            "",
        )
        return result
