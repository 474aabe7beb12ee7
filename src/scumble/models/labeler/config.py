"""Configuration of the labeler."""

from __future__ import annotations

from dataclasses import dataclass

from scumble.errors import ConfigError


@dataclass(frozen=True)
class LabelerConfig:
    """A U-Net of residual depth-wise separable blocks; the defaults have 0.96 M parameters."""

    classes: int
    """Classes of the label space, the don't-care class included."""
    widths: tuple[int, ...] = (24, 48, 96, 192, 256)
    """Channels at 1/2, 1/4, ... of the picture's size."""
    blocks: tuple[int, ...] = (1, 2, 4, 6, 6)
    """Residual blocks of the encoder at each of these sizes."""
    decoder_blocks: int = 2
    """Residual blocks of the decoder at each size but the smallest."""
    size: int = 360
    """Shorter side, in pixels, at which the weights see whole pictures best; that of the training data."""

    def __post_init__(self) -> None:
        if len(self.blocks) != len(self.widths) or len(self.widths) < 2:
            raise ConfigError(
                f"blocks is {self.blocks} and widths is {self.widths}; "
                "give one of each for every size, and at least two sizes."
            )
        if min(self.classes, self.size, *self.widths) < 1 or min(self.decoder_blocks, *self.blocks) < 0:
            raise ConfigError(
                f"{self} is not possible: classes, size and widths are at least 1 and blocks at least 0."
            )

    @property
    def reduction(self) -> int:
        """Size of the input divided by the size of the smallest map."""
        return int(2 ** len(self.widths))
