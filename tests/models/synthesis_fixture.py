"""Weights, maps and objects for tests of OASIS and iPOSE."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn

from scumble.models.ipose.config import Injection, IPOSEConfig
from scumble.models.oasis.config import OASISConfig
from scumble.models.partnet.config import PartNetConfig
from tests.models import tiny

Network = TypeVar("Network", bound=nn.Module)

CLASSES = 5
SMALL_PARTNET = PartNetConfig(encoder=(4, 4, 4, 4), decoder=(4, 4, 4), attention_layers=1, supports=1)


def oasis_config(*, noise: int = 3) -> OASISConfig:
    """Two channels at full size."""
    return OASISConfig(CLASSES, width=2, noise=noise, size=64)


def ipose_config(injection: Injection = "modulation") -> IPOSEConfig:
    """The same with four part features."""
    return IPOSEConfig(oasis_config(), SMALL_PARTNET, ((3, 26), (4, 24)), injection, part_features=4)


@torch.no_grad()
def settled(network: Network) -> Network:
    """The network, not training, with weights that neither fade nor saturate; spectral norms are exact."""
    tiny.with_weights(network)
    for module in network.modules():
        weight = getattr(module, "weight_orig", None)
        if isinstance(weight, Tensor):
            u, _, v = torch.linalg.svd(weight.flatten(1), full_matrices=False)
            for name, vector in (("weight_u", u[:, 0]), ("weight_v", v[0])):
                module.register_buffer(name, vector.clone())
    return network


def label_maps(height: int = 64, width: int = 64, *, pictures: int = 2) -> Tensor:
    """Patches of 16 pixels of random classes, int64 ``[pictures, height, width]``."""
    generator = torch.Generator().manual_seed(0)
    patches = torch.randint(CLASSES, (pictures, -(-height // 16), -(-width // 16)), generator=generator)
    return patches.repeat_interleave(16, 1).repeat_interleave(16, 2)[:, :height, :width]


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def parameters(network: nn.Module) -> int:
    """How many there are."""
    return sum(p.numel() for p in network.parameters())
