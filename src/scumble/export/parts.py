"""PartNet: outlines of objects in, their parts and part features out; the supports are in the file."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from scumble.export.graph import Graph, Port, Sample
from scumble.models.partnet.config import PART_CHANNELS, SHAPE_SIZE
from scumble.models.partnet.network import RULED_OUT, PartNet
from scumble.models.partnet.supports import SupportStore


class Parts(nn.Module):
    """PartNet without a search for the parts that look alike, which are computed one by one.

    Args:
        network: folded.
        store: the support maps.
        categories: what the rows of the second input mean.
    """

    @torch.no_grad()
    def __init__(self, network: PartNet, store: SupportStore, categories: list[int]) -> None:
        super().__init__()
        self.network = network
        supports = network.encode_supports(store.fixed(categories, network.config.supports))
        projected = network.project(supports, supports.rows)
        self.keys, self.values, self.number = projected.keys, projected.values, projected.number
        power = network.config.prior_power
        self.gain = network._adjustment(supports) if power else torch.zeros(self.number.shape)
        ramp = torch.linspace(-1, 1, SHAPE_SIZE)
        self.coordinates = torch.stack([ramp.expand(SHAPE_SIZE, -1), ramp[:, None].expand(-1, SHAPE_SIZE)])

    def forward(self, outlines: Tensor, category: Tensor) -> tuple[Tensor, Tensor]:
        """Logits ``[N, 9, 64, 64]`` and features ``[N, 9 * F, 64, 64]``."""
        maps = outlines[:, None].float().expand(-1, 3, -1, -1)
        if self.network.config.coordinates:
            maps = torch.cat([self.coordinates.expand(outlines.shape[0], -1, -1, -1), maps], 1)
        shapes = self.network.shape_encoder(maps)
        rows = shapes[:, None].expand(-1, PART_CHANNELS, -1, -1, -1).flatten(0, 1)
        of_row = category[:, None].expand(-1, PART_CHANNELS).flatten()
        number = self.number[category].flatten()
        value = number.clamp_min(0)
        for layer, keys, values in zip(self.network.attention, self.keys, self.values, strict=True):
            rows = layer(rows, keys, values, of_row, value)
        found = self.network.decoder(rows)
        told = (number >= 0)[:, None, None, None]
        logits = torch.where(told, self.network.head(found), RULED_OUT)
        logits = logits.view(-1, PART_CHANNELS, *logits.shape[-2:])
        features = torch.where(told, found, 0.0).view(-1, PART_CHANNELS * found.shape[1], *found.shape[-2:])
        return logits + self.gain[category][:, :, None, None], features


def parts_graph(folded: PartNet, trained: PartNet, store: SupportStore, categories: list[int]) -> Graph:
    """The network with the supports of some categories.

    Args:
        folded: see `scumble.nn.inference.fold`.
        trained: the same network as it was loaded.
        store: the support maps.
        categories: those that the file shall know.
    """
    features = PART_CHANNELS * folded.config.decoder[-1]
    side = SHAPE_SIZE
    inputs = (
        Port("outlines", ("objects", side, side), "bool, true inside of the object"),
        Port(
            "category",
            ("objects",),
            f"int64, its place in the metadata's categories, 0..{len(categories) - 1}",
        ),
    )
    outputs = (
        Port(
            "logits", ("objects", PART_CHANNELS, side, side), "float32, the largest is the part, 0 for none"
        ),
        Port(
            "features", ("objects", features, side, side), "float32, of every part, one part after the other"
        ),
    )
    maps = store.fixed(categories, trained.config.supports)

    def example(sample: Sample, source: torch.Generator) -> tuple[Tensor, ...]:
        y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
        radii = torch.randint(8, side // 2, (2, sample.batch, 1, 1), generator=source)
        inside = ((y - side / 2) / radii[0]) ** 2 + ((x - side / 2) / radii[1]) ** 2 < 1
        return inside, torch.randint(len(categories), (sample.batch,), generator=source)

    def reference(outlines: Tensor, category: Tensor) -> tuple[Tensor, ...]:
        shapes = trained.encode_shapes(outlines[:, None].float())
        logits, found = trained(shapes, trained.encode_supports(maps).of(category))
        return logits, found

    samples = Sample(3, side, side), Sample(1, side, side)
    facts = {"categories": categories}
    module = Parts(folded, store, categories).eval()
    return Graph("parts", module, inputs, outputs, example, reference, samples, facts)
