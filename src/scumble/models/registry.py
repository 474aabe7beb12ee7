"""The systems by name, as checkpoints call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from scumble.errors import ConfigError
from scumble.models.divsem import published as divsem
from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.ipose import published as ipose
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.keys import KeyMap
from scumble.models.labeler.config import LabelerConfig
from scumble.models.labeler.network import Labeler
from scumble.models.oasis import published as oasis
from scumble.models.oasis.config import OASISConfig
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.partnet import published as partnet
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.spmpgan import published as spmpgan
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator


@dataclass(frozen=True)
class System:
    """What a checkpoint needs of a system.

    Attributes:
        config: the configuration's dataclass.
        build: the generator from its configuration.
        published: its entries in the released checkpoints; a ConfigError for a system of our own.
    """

    config: type[Any]
    build: Callable[[Any], nn.Module]
    published: Callable[[Any], KeyMap]


def _nothing_published(config: Any) -> KeyMap:
    raise ConfigError(
        f"{type(config).__name__}: this system is scumble's own, nobody else has released weights of it; "
        "train a preset, or use a checkpoint folder."
    )


SYSTEMS = {
    "divsem": System(DivSemConfig, DivSemGenerator, divsem.generator_keys),
    "ipose": System(IPOSEConfig, IPOSEGenerator, ipose.generator_keys),
    "labeler": System(LabelerConfig, Labeler, _nothing_published),
    "oasis": System(OASISConfig, OASISGenerator, oasis.generator_keys),
    "partnet": System(PartNetConfig, PartNet, partnet.partnet_keys),
    "spmpgan": System(SPMPGANConfig, SPMPGANGenerator, spmpgan.generator_keys),
}
