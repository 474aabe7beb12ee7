"""OASIS and the generator of iPOSE: a label map and noise in, a picture out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from scumble.export.graph import Graph, Port, Sample, blocks, pixels, two_samples
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import ComposedParts
from scumble.models.oasis.config import REDUCTION, OASISConfig
from scumble.models.oasis.generator import OASISGenerator

_PICTURE = Port("picture", ("batch", 3, "height", "width"), "RGB, float32 in [-1, 1]")


class Synthesis(nn.Module):
    """Paints from a map, noise and, for iPOSE, what is known of the parts.

    Args:
        network: OASIS or iPOSE.
        ports: the inputs.
    """

    def __init__(self, network: OASISGenerator | IPOSEGenerator, ports: tuple[Port, ...]) -> None:
        super().__init__()
        self.network, self.ports = network, ports

    def forward(self, *inputs: Tensor) -> Tensor:
        """``[B, 3, H, W]``."""
        given = dict(zip((port.name for port in self.ports), inputs, strict=True))
        labels, noise = given["labels"], given.get("noise")
        if noise is not None:
            # A vector for each picture would be put into a table with rows for the example's pictures alone.
            noise = noise[:, :, None, None].expand(-1, -1, *labels.shape[1:])
        return painted(self.network, given, noise)


def painted(network: nn.Module, given: dict[str, Tensor], noise: Tensor | None) -> Tensor:
    """The picture of some inputs by name.

    Args:
        network: OASIS or iPOSE.
        given: all inputs.
        noise: ``[B, Z]`` or ``[B, Z, H, W]``.
    """
    if isinstance(network, IPOSEGenerator):
        parts = None
        if "part_features" in given:
            features = given["part_features"]
            # The logits only serve to find the mask, which only modulation needs.
            found = ComposedParts(features, features, given.get("part_mask", features[:, :1]))
            parts = network.modulating(found)
        result: Tensor = network(given["labels"], noise, parts, given.get("spatial_noise"))
    else:
        result = network(given["labels"], noise)
    return result


def synthesis_graph(
    folded: OASISGenerator | IPOSEGenerator, trained: OASISGenerator | IPOSEGenerator
) -> Graph:
    """The generator.

    Args:
        folded: see `scumble.nn.inference.fold`.
        trained: the same network as it was loaded.
    """
    config = folded.config
    base = config if isinstance(config, OASISConfig) else config.base
    ports = _ports(folded, base)

    def example(sample: Sample, source: torch.Generator) -> tuple[Tensor, ...]:
        size = {"height": sample.height, "width": sample.width, "batch": sample.batch}
        size |= {"height / 32": sample.height // REDUCTION, "width / 32": sample.width // REDUCTION}
        drawn = [blocks(base.label_channels, sample, source)]
        for port in ports[1:]:
            shape = [size[side] if isinstance(side, str) else side for side in port.shape]
            drawn.append(torch.randn(shape, generator=source))
            if port.name == "part_mask":
                drawn[-1] = (drawn[-1] > 0).float()
        return tuple(drawn)

    def reference(*inputs: Tensor) -> tuple[Tensor, ...]:
        given = dict(zip((port.name for port in ports), inputs, strict=True))
        return (painted(trained, given, given.get("noise")),)

    facts = {"sizes": pixels(REDUCTION), "multiple": REDUCTION, "trained_size": base.size}
    module = Synthesis(folded, ports).eval()
    return Graph("generator", module, ports, (_PICTURE,), example, reference, two_samples(REDUCTION), facts)


def _ports(network: OASISGenerator | IPOSEGenerator, base: OASISConfig) -> tuple[Port, ...]:
    size = ("height", "width")
    ports = [
        Port("labels", ("batch", *size), f"int64, the class of every pixel, 0..{base.label_channels - 1}")
    ]
    if base.noise:
        ports.append(Port("noise", ("batch", base.noise), "float32, standard normal"))
    if not isinstance(network, IPOSEGenerator) or network.config.injection == "none":
        return tuple(ports)
    features = network.config.composed_features
    ports.append(
        Port("part_features", ("batch", features, *size), "float32, those of PartNet; 0 outside objects")
    )
    if network.config.injection == "modulation":
        ports.append(Port("part_mask", ("batch", 1, *size), "float32, 1 where a part is seen, else 0"))
        shape = ("batch", network.config.part_features - 1, "height / 32", "width / 32")
        ports.append(Port("spatial_noise", shape, "float32, standard normal"))
    return tuple(ports)
