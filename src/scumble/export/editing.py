"""DivSem and SPMPGAN: a picture, a mask and maps in, the picture with the mask painted out.

DivSem is two files, since one run of the style encoder serves any number of pictures: it tells the code of
every instance and how much of it is visible. Whoever draws other codes puts them in place and says that they
are visible; valid-ratio normalisation is part of the generator.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from scumble.export.graph import Graph, Port, Sample, blocks, picture, pixels, two_samples
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_encoder import GivenCodes, StyleEncoder, VisibleStyles
from scumble.models.spmpgan.conditioning import EditBatch, layout_regions
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.nn.pictures import ChannelOrder
from scumble.nn.pooling import find_instances
from scumble.nn.regions import RegionMap

INSTANCES = 7
"""Of each picture of an example, at most."""

_BATCH, _SIZE = "batch", ("height", "width")
_IMAGE = Port("image", (_BATCH, 3, *_SIZE), "RGB, float32 in [-1, 1]: value / 127.5 - 1 of 8 bits")
_MASK = Port("mask", (_BATCH, *_SIZE), "bool, true where the picture is to be painted")
_PICTURE = Port("picture", (_BATCH, 3, *_SIZE), "RGB, float32 in [-1, 1]; outside the mask it is the image")
_NUMBERED = (
    "int64, the number of the instance of every pixel, 0 to instances - 1, counted on from one picture of a "
    "batch to the next, every number in use"
)


class Stacked:
    """Style codes and, behind them, the layout, without a search for the pairs that occur.

    Args:
        codes: by instance, ``[K, length]``.
        instances: ``[B, H, W]``.
        layout: of the same pixels.
    """

    def __init__(self, codes: Tensor, instances: Tensor, layout: RegionMap) -> None:
        self.codes, self.layout = RegionMap(instances, codes), layout

    def dense(self, height: int, width: int) -> Tensor:
        """``[B, length + channels, height, width]``."""
        return torch.cat([self.codes.dense(height, width), self.layout.dense(height, width)], 1)


class Painting(nn.Module):
    """The generator.

    Args:
        network: folded.
    """

    def __init__(self, network: DivSemGenerator | SPMPGANGenerator) -> None:
        super().__init__()
        self.network = network
        self.pyramid = _pyramid(network)

    def forward(
        self,
        image: Tensor,
        mask: Tensor,
        labels: Tensor,
        instances: Tensor,
        codes: Tensor | None = None,
        visible: Tensor | None = None,
    ) -> Tensor:
        """``[B, 3, H, W]``."""
        batch = _batch(self.pyramid.channel_order, image, mask, labels, instances)
        layout = layout_regions(batch, self.pyramid.label_channels)
        decoder: RegionMap | Stacked = layout
        if codes is not None:
            assert isinstance(self.network, DivSemGenerator)
            decoder = Stacked(_normalised(self.network.style_encoder, codes, visible), instances, layout)
        painted: Tensor = self.network.pyramid(batch, layout, decoder).picture
        return _ordered(painted, self.pyramid.channel_order)


class Styles(nn.Module):
    """The style encoder.

    Args:
        encoder: DivSem's.
        order: channel order that it expects.
    """

    def __init__(self, encoder: StyleEncoder, order: ChannelOrder) -> None:
        super().__init__()
        self.encoder, self.order = encoder, order

    def forward(self, image: Tensor, mask: Tensor, instances: Tensor) -> tuple[Tensor, Tensor]:
        """Codes ``[K, length]`` and visible shares ``[K]``."""
        validity = 1 - mask[:, None].to(image.dtype)
        features = self.encoder.trunk(_ordered(image, self.order), validity)
        rows = features.permute(0, 2, 3, 1).flatten(0, 2)
        seen, index = validity.flatten()[:, None], instances.flatten()
        ones = torch.ones_like(seen)
        weight = seen if self.encoder.config.pooling == "valid" else ones
        # All sums at once; their number is only known from the map.
        joined = torch.cat([rows * weight, weight, seen, ones], 1)
        # An int would be taken for a constant.
        count = cast(int, index.max() + 1)
        sums = joined.new_zeros(count, joined.shape[1])
        sums = sums.scatter_add(0, index[:, None].expand_as(joined), joined)
        weights, visible, area = sums[:, -3:].unbind(1)
        return sums[:, :-3] / weights.clamp_min(1e-12)[:, None], visible / area


def editing_graphs(
    folded: DivSemGenerator | SPMPGANGenerator, trained: DivSemGenerator | SPMPGANGenerator
) -> list[Graph]:
    """The generator and, for DivSem, its style encoder.

    Args:
        folded: see `scumble.nn.inference.fold`.
        trained: the same network as it was loaded.
    """
    config = _pyramid(folded)
    style = folded.style_encoder if isinstance(folded, DivSemGenerator) else None
    labels = Port(
        "labels", (_BATCH, *_SIZE), f"int64, the class of every pixel, 0..{config.label_channels - 1}"
    )
    instances = Port("instances", (_BATCH, *_SIZE), _NUMBERED)
    inputs = [_IMAGE, _MASK, labels, instances]
    sizes = two_samples(config.multiple)
    facts = {"sizes": pixels(config.multiple), "multiple": config.multiple, "trained_size": config.size}

    def example(sample: Sample, source: torch.Generator) -> tuple[Tensor, ...]:
        first = INSTANCES * torch.arange(sample.batch)[:, None, None]
        numbers = torch.unique(first + blocks(INSTANCES, sample, source), return_inverse=True)[1]
        mask = blocks(2, sample, source) > 0
        drawn = [picture(sample, source), mask, blocks(config.label_channels, sample, source), numbers]
        if style is not None:
            count = int(numbers.max()) + 1
            drawn.append(torch.rand(count, style.config.length, generator=source) * 2 - 1)
            drawn.append(torch.rand(count, generator=source))
        return tuple(drawn[: len(inputs)])

    def reference(
        image: Tensor, mask: Tensor, labels: Tensor, instances: Tensor, *styles: Tensor
    ) -> tuple[Tensor, ...]:
        batch = _batch(config.channel_order, image, mask, labels, instances)
        if isinstance(trained, SPMPGANGenerator) or style is None:
            painted = trained(batch).picture
        else:
            codes = _normalised(trained.style_encoder, *styles)
            painted = trained.paint(batch, trained.layouts(batch, instances), codes).picture
        return (_ordered(painted, config.channel_order),)

    if style is not None:
        inputs += _style_ports(style)
    generator = Graph(
        "generator", Painting(folded).eval(), tuple(inputs), (_PICTURE,), example, reference, sizes, facts
    )
    if style is None:
        return [generator]
    assert isinstance(trained, DivSemGenerator)
    return [generator, _style_graph(style, trained, generator)]


def _style_graph(style: StyleEncoder, trained: DivSemGenerator, generator: Graph) -> Graph:
    config, encoder = _pyramid(trained), trained.style_encoder
    assert encoder is not None

    def example(sample: Sample, source: torch.Generator) -> tuple[Tensor, ...]:
        image, mask, _, instances = generator.example(sample, source)[:4]
        return image, mask, instances

    def reference(image: Tensor, mask: Tensor, instances: Tensor) -> tuple[Tensor, ...]:
        hidden = mask[:, None].to(image.dtype)
        found = find_instances(instances)
        visible = encoder.visible(_ordered(image, config.channel_order), hidden, found)
        return visible.means, visible.ratio[:, 0]

    inputs = (_IMAGE, _MASK, generator.inputs[3])
    outputs = (
        Port("codes", ("instances", style.config.length), "float32, the code of every instance"),
        Port("visible", ("instances",), "float32 in [0, 1], the share of every instance outside the mask"),
    )
    module = Styles(style, config.channel_order).eval()
    return Graph("style", module, inputs, outputs, example, reference, generator.samples, generator.facts)


def _style_ports(style: StyleEncoder) -> list[Port]:
    length = style.config.length
    codes = Port("codes", ("instances", length), "float32, the style code of every instance")
    visible = Port(
        "visible", ("instances",), "float32 in [0, 1], how far a code is known: 1 for one from elsewhere"
    )
    return [codes, visible] if style.config.valid_ratio_norm else [codes]


def _normalised(encoder: StyleEncoder | None, codes: Tensor, visible: Tensor | None = None) -> Tensor:
    assert encoder is not None
    ratio = torch.ones_like(codes[:, :1]) if visible is None else visible[:, None]
    nothing = GivenCodes(torch.zeros_like(ratio[:, 0], dtype=torch.bool), codes)
    return encoder.combine(VisibleStyles(codes, ratio), nothing)


def _pyramid(network: DivSemGenerator | SPMPGANGenerator) -> SPMPGANConfig:
    config = network.config
    return config if isinstance(config, SPMPGANConfig) else config.pyramid


def _batch(order: ChannelOrder, image: Tensor, mask: Tensor, labels: Tensor, instances: Tensor) -> EditBatch:
    return EditBatch(_ordered(image, order), labels, instances, mask[:, None].to(image.dtype))


def _ordered(image: Tensor, order: ChannelOrder) -> Tensor:
    """Between RGB and the order of the network."""
    return image.flip(1) if order == "bgr" else image
