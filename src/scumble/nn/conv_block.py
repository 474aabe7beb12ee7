"""The plain block of the editing systems: replicate padding, convolution, norm, activation."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn.utils import spectral_norm

from scumble.nn.fresh import leaky_relu, tanh
from scumble.nn.norm import instance_norm

Norm = Literal["instance", "spectral", "none"]
Activation = Literal["leaky_relu", "tanh"]


class ConvBlock(nn.Module):
    """Replicate padding, convolution, instance norm or spectral norm, LeakyReLU 0.2 or tanh.

    Only a convolution that is followed by an instance norm has a bias, as in SPMPGAN and DivSem.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int = 3,
        stride: int = 1,
        norm: Norm = "none",
        activation: Activation = "leaky_relu",
    ) -> None:
        super().__init__()
        self.norm = norm
        self.activation = tanh if activation == "tanh" else leaky_relu
        convolution = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            kernel_size // 2,
            bias=norm == "instance",
            padding_mode="replicate",
        )
        self.conv: nn.Module = spectral_norm(convolution) if norm == "spectral" else convolution

    def forward(self, x: Tensor) -> Tensor:
        """``[B, in_channels, H, W]`` to ``[B, out_channels, ceil(H / stride), ceil(W / stride)]``."""
        return self.finish(self.conv(x))

    def finish(self, y: Tensor) -> Tensor:
        """Norm and activation of what the convolution returned, which may be overwritten."""
        if self.norm == "instance":
            y = instance_norm(y, overwrite=True)
        return self.activation(y)
