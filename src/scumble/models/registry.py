"""The systems by name, as checkpoints call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from scumble.models.divsem import published as divsem
from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.keys import KeyMap
from scumble.models.spmpgan import published as spmpgan
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator


@dataclass(frozen=True)
class System:
    """What a checkpoint needs of a system.

    Attributes:
        config: the configuration's dataclass.
        build: the generator from its configuration.
        published: its entries in the released checkpoints.
    """

    config: type[Any]
    build: Callable[[Any], nn.Module]
    published: Callable[[Any], KeyMap]


SYSTEMS = {
    "divsem": System(DivSemConfig, DivSemGenerator, divsem.generator_keys),
    "spmpgan": System(SPMPGANConfig, SPMPGANGenerator, spmpgan.generator_keys),
}
