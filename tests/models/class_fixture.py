"""Every system in small, with any number of classes, and what it makes of a label map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from scumble.models.divsem.config import DivSemConfig
from scumble.models.ipose.blocks import Parts
from scumble.models.ipose.config import Injection, IPOSEConfig
from scumble.models.labeler.config import LabelerConfig
from scumble.models.oasis.config import OASISConfig
from scumble.models.registry import SYSTEMS
from scumble.models.spmpgan.config import SPMPGANConfig
from tests.models import tiny
from tests.models.synthesis_fixture import SMALL_PARTNET, ipose_config, noise, oasis_config, settled


@dataclass(frozen=True)
class Variant:
    """One configuration of a system.

    Attributes:
        system: its name.
        config: the configuration for a number of classes.
        paint: what a network makes of label maps ``[2, 32, 32]``; None where it takes none.
    """

    system: str
    config: Callable[[int], Any]
    paint: Callable[[nn.Module, Tensor], Tensor] | None = None

    def build(self, classes: int, seed: int = 0) -> nn.Module:
        """A network with random weights, in evaluation mode."""
        torch.manual_seed(seed)
        network = settled(SYSTEMS[self.system].build(self.config(classes)))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(1 + 0.1 * torch.rand(parameter.shape, generator=generator))
        return network


def _pyramid(classes: int) -> SPMPGANConfig:
    return replace(tiny.pyramid_config(), label_channels=classes)


def _divsem(classes: int) -> DivSemConfig:
    return DivSemConfig(_pyramid(classes), tiny.style_config())


def _divsem_without_styles(classes: int) -> DivSemConfig:
    return DivSemConfig(_pyramid(classes), None)


def _oasis(classes: int) -> OASISConfig:
    return replace(oasis_config(), label_channels=classes)


def _oasis_without_noise(classes: int) -> OASISConfig:
    return replace(oasis_config(noise=0), label_channels=classes)


def _ipose(injection: Injection) -> Callable[[int], IPOSEConfig]:
    return lambda classes: replace(ipose_config(injection), base=_oasis(classes))


def _repaint(network: nn.Module, labels: Tensor) -> Tensor:
    batch = replace(tiny.edit_batch(), labels=labels)
    picture: Tensor = network(batch).picture
    return picture


def _synthesize(network: nn.Module, labels: Tensor) -> Tensor:
    config: Any = network.config
    picture: Tensor = network(labels, noise(2, config.noise) if config.noise else None)
    return picture


def _with_parts(network: nn.Module, labels: Tensor) -> Tensor:
    parts = Parts(noise(2, 4, 32, 32, seed=1), torch.ones(2, 1, 32, 32))
    picture: Tensor = network(labels, noise(2, 3), parts)
    return picture


VARIANTS = {
    "divsem": Variant("divsem", _divsem, _repaint),
    "divsem without styles": Variant("divsem", _divsem_without_styles, _repaint),
    "ipose, concatenation": Variant("ipose", _ipose("concatenation"), _with_parts),
    # Part modulation sees class ids as numbers, so that what it paints depends on them.
    "ipose, modulation": Variant("ipose", _ipose("modulation")),
    "ipose, none": Variant("ipose", _ipose("none"), _with_parts),
    "ipose, spade": Variant("ipose", _ipose("spade"), _with_parts),
    "labeler": Variant("labeler", lambda classes: LabelerConfig(classes, (4, 6), (1, 1), 1, size=32)),
    "oasis": Variant("oasis", _oasis, _synthesize),
    "oasis without noise": Variant("oasis", _oasis_without_noise, _synthesize),
    "partnet": Variant("partnet", lambda classes: SMALL_PARTNET),
    "spmpgan": Variant("spmpgan", _pyramid, _repaint),
}
