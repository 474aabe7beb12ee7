"""Style-preserved modulation blocks, the stages made of them, and the patch discriminators."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, cat, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

from scumble.models.spmpgan.config import StageConfig
from scumble.nn.conv_block import ConvBlock
from scumble.nn.fresh import leaky_relu
from scumble.nn.norm import instance_norm
from scumble.nn.regions import NeighbourhoodConv2d, RegionConv2d, RegionMap, branch


class ModulatedConv(nn.Module):
    """Convolution, instance norm, and a two-step modulation (SPMPGAN section 3.2, DivSem section 3).

    The layout modulates the scale and shift that come from the features, and the fused pair modulates
    the normalised convolution. The heads of a branch are one convolution: scale, shift from the features;
    scale of scale, shift of scale, scale of shift, shift of shift from the layout.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        layout_channels: int,
        *,
        hidden: int = 64,
        stride: int = 1,
        spectral: bool = False,
    ) -> None:
        super().__init__()
        convolution = nn.Conv2d(in_channels, out_channels, 3, stride, 1)
        self.conv: nn.Module = spectral_norm(convolution) if spectral else convolution
        self.feature_hidden = nn.Conv2d(in_channels, hidden, 3, stride, 1)
        self.feature_heads = nn.Conv2d(hidden, 2 * out_channels, 3, 1, 1)
        self.layout_hidden = RegionConv2d(layout_channels, hidden)
        self.layout_heads = NeighbourhoodConv2d(hidden, 4 * out_channels)

    def forward(self, x: Tensor, layout: RegionMap) -> Tensor:
        """``[B, in, H, W]`` to ``[B, out, H / stride, W / stride]``, the layout at any size."""
        normalised = instance_norm(self.conv(x), overwrite=True)
        scale, shift = self.feature_heads(F.relu(self.feature_hidden(x))).chunk(2, 1)
        heads = self.layout_heads
        assert heads.bias is not None
        # Every "1 +" of the formulas, for the scale of the scale, the scale and the scale of the shift.
        one = heads.bias.new_tensor([[1], [1], [1], [0]])
        bias = (heads.bias.view(4, -1) + one).flatten()
        layouts = branch(self.layout_hidden, heads.weight, bias, layout, *normalised.shape[-2:])
        bands = layouts.bands()
        if bands is None:
            return leaky_relu(_modulated(normalised, scale, shift, layouts.maps(4)))
        for rows, maps in bands:
            seen = [whole[:, :, rows] for whole in (normalised, scale, shift)]
            normalised[:, :, rows] = _modulated(seen[0], seen[1], seen[2], maps.chunk(4, 1))
        return leaky_relu(normalised)


def _modulated(x: Tensor, scale: Tensor, shift: Tensor, layouts: Sequence[Tensor]) -> Tensor:
    """Layouts modulate scale and shift, and these x."""
    scale = torch.addcmul(layouts[1], scale, layouts[0])
    return torch.addcmul(torch.addcmul(layouts[3], shift, layouts[2]), x, scale)


class UpBlock(ModulatedConv):
    """Bilinear upsampling to twice the size, concatenation with the skip, then the modulated block."""

    def forward(self, x: Tensor, layout: RegionMap, skip: Tensor | None = None) -> Tensor:
        """``[B, C, H, W]`` and an optional skip ``[B, S, 2H, 2W]`` to ``[B, out, 2H, 2W]``."""
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return super().forward(x if skip is None else cat([x, skip], 1), layout)


class Stage(nn.Module):
    """One generator of the pyramid: a U-Net of modulated blocks, picture in, picture out.

    Args:
        config: widths.
        encoder_layout: channels of the layout that the encoder sees.
        decoder_layout: channels of the layout that the decoder sees.
        hidden: hidden channels of the blocks.
    """

    def __init__(self, config: StageConfig, encoder_layout: int, decoder_layout: int, hidden: int) -> None:
        super().__init__()
        widths = config.encoder
        inputs = (3, *widths[:-1])
        strides = [1, *[2] * (len(widths) - 2), 1]
        self.encoder = nn.ModuleList(
            ModulatedConv(i, o, encoder_layout, hidden=hidden, stride=s)
            for i, o, s in zip(inputs, widths, strides, strict=True)
        )
        # The coarsest two encoder outputs and the finest are no skips.
        skips = (*widths[-3:0:-1], 0)
        inputs = (widths[-1], *config.decoder[:-1])
        self.decoder = nn.ModuleList(
            UpBlock(i + s, o, decoder_layout, hidden=hidden, spectral=True)
            for i, s, o in zip(inputs, skips, config.decoder, strict=True)
        )
        self.output = ConvBlock(config.decoder[-1], 3, activation="tanh")

    def forward(self, x: Tensor, encoder_layout: RegionMap, decoder_layout: RegionMap) -> Tensor:
        """A picture ``[B, 3, H, W]`` in [-1, 1] to a picture of the same size."""
        outputs: list[Tensor] = []
        for block in self.encoder:
            x = block(x, encoder_layout)
            outputs.append(x)
        skips = [*outputs[-3:0:-1], None]
        for block, skip in zip(self.decoder, skips, strict=True):
            x = block(x, decoder_layout, skip)
        picture: Tensor = self.output(x)
        return picture


class PatchDiscriminator(nn.Module):
    """5x5 convolutions of stride 2 with spectral norm; LeakyReLU after the last layer too.

    Args:
        label_channels: classes of the map that is put before the picture.
        width: channels of the first layer; they double up to four times that.
        layers: number of layers.
    """

    def __init__(self, label_channels: int, width: int, layers: int) -> None:
        super().__init__()
        widths = [width * min(2**i, 4) for i in range(layers - 1)]
        pairs = zip([label_channels + 3, *widths], [*widths, 3], strict=True)
        self.layers = nn.Sequential(
            *(ConvBlock(i, o, kernel_size=5, stride=2, norm="spectral") for i, o in pairs)
        )

    def forward(self, classes: RegionMap, image: Tensor) -> Tensor:
        """Masked classes and a picture ``[B, 3, H, W]`` to scores ``[B, 3, H / 2**layers, ...]``."""
        scores: Tensor = self.layers(cat([classes.dense(*image.shape[-2:]), image], 1))
        return scores
