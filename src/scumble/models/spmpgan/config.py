"""Configuration of the SPMPGAN generator and discriminators."""

from __future__ import annotations

from dataclasses import dataclass

from scumble.errors import ConfigError
from scumble.nn.pictures import ChannelOrder

# The published stages in multiples of the base width: encoder outputs from fine to coarse, then decoder
# outputs from coarse to fine. The first and the last encoder layer keep the size, the others halve it.
_PUBLISHED_STAGES: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {
    64: ((1, 2, 4, 4, 8, 8, 16), (8, 4, 2, 1, 1)),
    128: ((1, 2, 4, 4, 8, 8, 16, 16), (16, 8, 4, 2, 1, 1)),
    256: ((1, 2, 4, 4, 8, 8, 16, 16, 32), (16, 8, 8, 4, 2, 1, 1)),
}


@dataclass(frozen=True)
class StageConfig:
    """One generator of the pyramid, a U-Net.

    The encoder has one layer at full size, then layers of stride 2, and a last one of stride 1. The
    decoder doubles the size in every layer; all but its last take the encoder output of their size.
    """

    encoder: tuple[int, ...]
    """Output channels of the encoder layers, fine to coarse."""
    decoder: tuple[int, ...]
    """Output channels of the decoder layers, coarse to fine; two fewer than the encoder has."""

    def __post_init__(self) -> None:
        if len(self.decoder) != len(self.encoder) - 2 or len(self.decoder) < 1:
            raise ConfigError(
                f"A stage with {len(self.encoder)} encoder layers needs {len(self.encoder) - 2} decoder "
                f"layers (at least 1), but {len(self.decoder)} are given; add or remove widths."
            )

    @property
    def reduction(self) -> int:
        """Size of the input divided by the size of the smallest map."""
        return int(2 ** len(self.decoder))


def published_stage(size: int, width: int = 32) -> StageConfig:
    """The published stage G1 (64), G2 (128) or G3 (256) at a base width (``ngf``)."""
    encoder, decoder = _PUBLISHED_STAGES[size]
    return StageConfig(tuple(width * m for m in encoder), tuple(width * m for m in decoder))


@dataclass(frozen=True)
class SPMPGANConfig:
    """SPMPGAN (Luo et al., ECCV 2022): a pyramid of generators that refine from coarse to fine."""

    label_channels: int
    """Classes of the one-hot map, the don't-care class included."""
    stages: tuple[StageConfig, ...] = (published_stage(64), published_stage(128), published_stage(256))
    """Coarse to fine; every stage works at twice the size of the one before it, the last at full size."""
    size: int = 256
    """Height and width that the network was trained at."""
    hidden: int = 64
    """Channels of the hidden convolution in both branches of a modulated block."""
    leak: bool = True
    """Build the input of the next stage from the unmasked picture, as published (a trace of the hidden
    pixels enters at the mask border); off: from known pixels alone."""
    channel_order: ChannelOrder = "rgb"
    """Order of the colour channels that the weights expect; the released checkpoints want ``bgr``."""

    @property
    def multiple(self) -> int:
        """Height and width of an input must be multiples of this."""
        last = len(self.stages) - 1
        return max(int(stage.reduction * 2 ** (last - i)) for i, stage in enumerate(self.stages))


@dataclass(frozen=True)
class DiscriminatorConfig:
    """The patch discriminators, one per stage."""

    width: int = 64
    """Channels of the first layer (``ndf``); they double up to four times that."""
    layers: tuple[int, ...] = (4, 5, 6)
    """Layers of stride 2, one number per stage, coarse to fine."""


def published_config(
    label_channels: int, width: int = 32, *, channel_order: ChannelOrder = "bgr"
) -> SPMPGANConfig:
    """The published three-stage configuration for 256x256 pictures."""
    stages = tuple(published_stage(size, width) for size in (64, 128, 256))
    return SPMPGANConfig(label_channels, stages, channel_order=channel_order)
