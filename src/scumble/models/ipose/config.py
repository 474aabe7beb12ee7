"""What an iPOSE is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scumble.errors import ConfigError
from scumble.models.oasis.config import OASISConfig
from scumble.models.partnet.config import PART_CHANNELS, PartNetConfig

Injection = Literal["modulation", "spade", "concatenation", "none"]
"""How parts enter a block (section 4.6): part semantic modulation as published, a SPADE on part features,
part features beside the classes, or not at all, which is OASIS."""


@dataclass(frozen=True)
class IPOSEConfig:
    """The generator; the defaults are the published widths (sections 2 and 4)."""

    base: OASISConfig
    """Classes, widths, noise and size."""
    partnet: PartNetConfig = field(default_factory=PartNetConfig)
    """The frozen network that infers the parts."""
    categories: tuple[tuple[int, int], ...] = ()
    """Which classes have parts, in painting order: pairs of class id and part category. Classes of one
    category stand side by side."""
    injection: Injection = "modulation"
    """How parts enter a block."""
    part_features: int = 32
    """Channels of part and noise features in the blocks."""
    part_names: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """What the parts of a category are called, in the order of their numbers from 1: pairs of part category
    and names. Only for people; a category may be missing."""

    def __post_init__(self) -> None:
        classes = [class_id for class_id, _ in self.categories]
        if len(set(classes)) != len(classes):
            raise ConfigError(
                f"categories is {self.categories}: a class is named twice; give each one category."
            )
        if any(not 0 <= class_id < self.base.label_channels for class_id in classes):
            raise ConfigError(
                f"categories is {self.categories}, but the classes are 0..{self.base.label_channels - 1}; "
                "give pairs of a class id and a part category."
            )
        if self.part_features < 2:
            raise ConfigError(f"part_features is {self.part_features}; give at least 2.")

    @property
    def composed_features(self) -> int:
        """Channels of PartNet's features for all parts."""
        return PART_CHANNELS * self.partnet.decoder[-1]

    @property
    def shorter_side(self) -> int:
        """Of the pictures that it is trained on, in pixels."""
        return self.base.shorter_side

    def names_of(self, class_id: int) -> tuple[str, ...]:
        """The names of the parts of a class, in the order of their numbers from 1; empty if unknown."""
        return dict(self.part_names).get(dict(self.categories).get(class_id, 0), ())
