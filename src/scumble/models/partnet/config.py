"""What a PartNet is made of."""

from __future__ import annotations

from dataclasses import dataclass

from scumble.errors import ConfigError
from scumble.scene import MAX_PARTS

PART_CHANNELS = MAX_PARTS + 1
"""Parts 1..8 and, first, "no part"."""
SHAPE_SIZE = 64
"""Side of the outlines and part maps that PartNet sees, in pixels."""


@dataclass(frozen=True)
class PartNetConfig:
    """Widths and depths; the defaults are the published network of 5.13 M parameters (section 2.2)."""

    encoder: tuple[int, int, int, int] = (32, 64, 64, 96)
    """Channels of the encoders' layers; each but the first halves the map."""
    decoder: tuple[int, int, int] = (64, 64, 32)
    """Channels of the decoder's layers; each doubles the map. The last are the part features."""
    attention_layers: int = 3
    """Cross-attention layers between encoder and decoder."""
    supports: int = 3
    """Example part maps of a category."""
    coordinates: bool = True
    """Whether outlines come with their x and y."""
    skip_empty: bool = False
    """Whether parts that no support shows are ruled out. The released code predicts them too, from features
    that are enlarged rounding errors (see `scumble.models.partnet.empty`)."""
    prior_power: float = 0.0
    """How far small parts are favoured: where parts are inferred, logits rise by ``-prior_power`` times the
    log of the part's share in the supports (logit adjustment, arXiv 2007.07314, section 4.1). With 0, as
    released, an eye never wins over the face around it."""

    def __post_init__(self) -> None:
        numbers = (*self.encoder, *self.decoder, self.attention_layers, self.supports)
        if min(numbers) < 1:
            raise ConfigError(f"{self} is not possible: every number must be at least 1.")
        if not 0 <= self.prior_power <= 1:
            raise ConfigError(f"prior_power is {self.prior_power}; expected 0..1.")

    @property
    def width(self) -> int:
        """Channels of a token: three scales of the encoder's last layer side by side."""
        return 3 * self.encoder[-1]
