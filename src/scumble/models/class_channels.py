"""Where the classes lie in the weights of each system: what must change when the label space does.

A network that is conditioned on one-hot classes has convolutions with an input channel for every class, and a
segmentation network an output channel. Which entries these are, and where their classes begin, is written
down here for every system; sizes alone do not tell, because classes stand beside noise, style codes, edges
or part features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from scumble.errors import ConfigError, nearest
from scumble.models.divsem.config import DivSemConfig
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.labeler.config import LabelerConfig
from scumble.models.oasis.config import OASISConfig
from scumble.models.spmpgan.config import SPMPGANConfig


@dataclass(frozen=True)
class ClassBlock:
    """Where an entry has its classes: one slice each, side by side, in the order of their ids.

    Attributes:
        dim: the dimension that counts them.
        offset: what stands before the first of them in this dimension.
    """

    dim: int
    offset: int


@dataclass(frozen=True)
class ClassChannels:
    """The entries of a network that have classes.

    Attributes:
        count: slices for classes in each of these entries; a label space may have fewer classes.
        blocks: where the classes lie, by the names of entries, in which ``*`` stands for any text and ``?``
            for any character. Empty if no weight belongs to a class.
    """

    count: int
    blocks: Mapping[str, ClassBlock]

    def of(self, entry: str) -> ClassBlock | None:
        """Where an entry of the state dict has its classes; None if it has none."""
        found = (block for pattern, block in self.blocks.items() if fnmatchcase(entry, pattern))
        return next(found, None)


def class_channels(system: str, config: Any) -> ClassChannels:
    """Where the classes lie in the weights of a network.

    Args:
        system: a key of ``scumble.models.registry.SYSTEMS``.
        config: the system's configuration.

    Raises:
        ConfigError: there is no such system.
    """
    if system not in _CHANNELS:
        raise ConfigError(f"There is no system {system!r}; {nearest(system, _CHANNELS)}")
    return _CHANNELS[system](config)


def _pyramid(config: SPMPGANConfig, prefix: str, style_length: int) -> ClassChannels:
    """Encoders see classes, edge and mask; decoders style code, classes, edge and mask."""
    blocks = {
        f"{prefix}stages.*.encoder.*.layout_hidden.weight": ClassBlock(1, 0),
        f"{prefix}stages.*.decoder.*.layout_hidden.weight": ClassBlock(1, style_length),
    }
    return ClassChannels(config.label_channels, blocks)


def _spmpgan(config: SPMPGANConfig) -> ClassChannels:
    return _pyramid(config, "pyramid.", 0)


def _divsem(config: DivSemConfig) -> ClassChannels:
    return _pyramid(config.pyramid, "pyramid.", config.style.length if config.style else 0)


def _oasis(config: OASISConfig) -> ClassChannels:
    """Noise, then classes."""
    block = ClassBlock(1, config.noise)
    return ClassChannels(
        config.label_channels, {"first.weight": block, "blocks.*.norm_?.hidden.weight": block}
    )


def _ipose(config: IPOSEConfig) -> ClassChannels:
    """Noise, then classes, then part features where these are concatenated."""
    block = ClassBlock(1, config.base.noise)
    return ClassChannels(
        config.base.label_channels, {"first.weight": block, "blocks.*.spade.norm_?.hidden.weight": block}
    )


def _labeler(config: LabelerConfig) -> ClassChannels:
    """Scores."""
    block = ClassBlock(0, 0)
    return ClassChannels(config.classes, {"classifier.weight": block, "classifier.bias": block})


def _partnet(config: Any) -> ClassChannels:
    """PartNet predicts one part at a time from examples; no weight belongs to a category."""
    return ClassChannels(0, {})


_CHANNELS: Mapping[str, Callable[[Any], ClassChannels]] = {
    "divsem": _divsem,
    "ipose": _ipose,
    "labeler": _labeler,
    "oasis": _oasis,
    "partnet": _partnet,
    "spmpgan": _spmpgan,
}
