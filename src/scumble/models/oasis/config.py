"""What an OASIS is made of."""

from __future__ import annotations

from dataclasses import dataclass

from scumble.errors import ConfigError

WIDTHS = (16, 16, 16, 8, 4, 2, 1)
"""Channels before the six blocks and after the last, in multiples of the base width."""
REDUCTION = 32
"""Pixels of the picture's side for one of the first map's."""


@dataclass(frozen=True)
class OASISConfig:
    """The generator; the defaults are the published widths (section 2)."""

    label_channels: int
    """Classes, the don't-care class (0) included."""
    width: int = 64
    """Channels of the last block; the first have 16 times as many."""
    noise: int = 64
    """Length of the noise vector that every pixel of a picture gets; 0 for none."""
    size: int = 256
    """Width of the pictures in pixels; a network that is trained on crops: of what they are cut from."""
    aspect: float = 1.0
    """Width over height of the pictures."""
    hidden: int = 128
    """Channels between the map and the scales and shifts of a norm."""

    def __post_init__(self) -> None:
        if min(self.label_channels, self.width, self.hidden, self.size // REDUCTION) < 1 or self.noise < 0:
            raise ConfigError(f"{self} is not possible: sizes must be positive, size at least {REDUCTION}.")
        if self.aspect <= 0:
            raise ConfigError(f"aspect is {self.aspect}; give width over height, above 0.")

    @property
    def shorter_side(self) -> int:
        """Of the pictures, in pixels."""
        return round(self.size / max(self.aspect, 1))

    @property
    def condition_channels(self) -> int:
        """Noise, then classes."""
        return self.noise + self.label_channels


@dataclass(frozen=True)
class SegmenterConfig:
    """The discriminator; the defaults are the published widths (section 3)."""

    widths: tuple[int, ...] = (128, 128, 256, 256, 512, 512)
    """Channels of the encoder's blocks; each halves the map."""
    last: int = 64
    """Channels of the last block of the decoder."""
    global_head: bool = False
    """Whether one more map judges whole regions as real or fake, as in iPOSE (``ipose``, section 5.1)."""

    def __post_init__(self) -> None:
        if len(self.widths) < 4 or min(*self.widths, self.last) < 1:
            raise ConfigError(f"{self} is not possible: at least four widths, all positive.")
