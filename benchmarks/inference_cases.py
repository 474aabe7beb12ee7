"""What `benchmarks.inference` paints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from benchmarks.street_tasks import RenamedStreets, disc
from scumble.checkpoint import Checkpoint, Origin, load_checkpoint
from scumble.edit import Edit, Remove
from scumble.label_space import LabelSpace
from scumble.models.divsem.config import published_divsem_config
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_encoder import GivenCodes
from scumble.models.ipose.blocks import Parts
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.geometry import with_margin
from scumble.models.ipose.inference import ComposedParts, PartInference, infer_parts
from scumble.models.ipose.painting import InferredParts, PartsOf, ipose_painter
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.models.partnet.supports import SupportStore
from scumble.nn.inference import prepare
from scumble.nn.init import xavier_normal
from scumble.nn.pooling import find_instances
from scumble.nn.regions import nearest_resize
from scumble.nn.sync_norm import SyncBatchNorm2d
from scumble.pipelines.maps import map_batch
from scumble.pipelines.painters import PREVIEW_SCALES
from scumble.pipelines.window import plan_window
from scumble.presets.ipose import ipose_ade20k, ipose_cityscapes
from scumble.scene import Scene
from scumble.streets import Streets


def _busiest(width: int, height: int, space: LabelSpace, count: int = 24) -> Scene:
    """The scene with the most instances among the first."""
    scenes = RenamedStreets(Streets("test", count, width, height), space)
    return max((scenes[i] for i in range(count)), key=lambda scene: len(scene.instance_table()))


class DivSemCase:
    """An erased car; a fully hidden instance takes a given code. Methods give pictures ``[1, 3, H, W]``.

    Args:
        checkpoint: trained or not.
    """

    dtype = torch.float32
    """In what the fast forms paint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint, space = checkpoint, checkpoint.label_space
        network = checkpoint.network
        assert isinstance(network, DivSemGenerator)
        self.network = network.eval().requires_grad_(False)
        scene = _busiest(256, 256, space)
        car = "car" if "car" in space.names else space.names[scene.instance_table()[0].class_id]
        edited = Edit((Remove(f"{car}#0"),)).apply(scene)
        pyramid = network.config.pyramid
        window = plan_window(edited.mask, 256, pyramid.multiple)
        self.batch = window.batch(edited.scene, edited.mask, pyramid.channel_order)
        self._draw = 0
        self._again: Callable[[], Tensor] | None = None

    def drawn(self, count: int, length: int) -> Tensor:
        """Codes of the next sample."""
        self._draw += 1
        return torch.randn(count, length, generator=torch.Generator().manual_seed(self._draw)).tanh()

    def dense(self) -> Tensor:
        """The style encoder sees the masked picture and, as released, the whole one too."""
        encoder, batch = self.network.style_encoder, self.batch
        assert encoder is not None
        instances = find_instances(batch.instances)
        visible = encoder.visible(batch.image, batch.mask, instances)
        encoder.means(batch.image, torch.ones_like(batch.mask), instances)
        given = GivenCodes(visible.ratio[:, 0] == 0, self.drawn(*visible.means.shape))
        layouts = self.network.layouts(batch, instances.index)
        return self.network.paint(batch, layouts, encoder.combine(visible, given)).picture

    def _styled(self, scales: int | None = None) -> Callable[[], Tensor]:
        prepare(self.network, self.dtype)
        encoder, batch = self.network.style_encoder, self.batch
        assert encoder is not None
        instances = find_instances(batch.instances)
        visible = encoder.visible(batch.image, batch.mask, instances)
        layouts = self.network.layouts(batch, instances.index)
        hidden = visible.ratio[:, 0] == 0

        def paint() -> Tensor:
            given = GivenCodes(hidden, self.drawn(*visible.means.shape))
            return self.network.paint(batch, layouts, encoder.combine(visible, given), scales).picture

        return paint

    def fast(self) -> Tensor:
        """Everything is found anew."""
        return self._styled()()

    def next_sample(self) -> Tensor:
        """What the visible parts and the maps say is kept."""
        self._again = self._again or self._styled()
        return self._again()

    def preview(self) -> Tensor:
        """Two of three scales."""
        return self._styled(PREVIEW_SCALES)()


class IPOSECase:
    """A street with so many objects; see `DivSemCase`.

    Args:
        checkpoint: trained or not; with supports.
        size: width and height.
        objects: how many; those of the street are repeated where it has fewer.
    """

    dtype = torch.float32

    def __init__(self, checkpoint: Checkpoint, size: tuple[int, int], objects: int) -> None:
        network, store = checkpoint.network, checkpoint.supports
        assert isinstance(network, IPOSEGenerator)
        assert store is not None
        self.checkpoint, space = checkpoint, checkpoint.label_space
        self.network, self.store = network.eval().requires_grad_(False), store
        self.categories = dict(network.config.categories)
        scene = _busiest(*size, space)
        batch = map_batch(scene.labels, scene.instances, self.categories)
        found = int(batch.counts[0])
        chosen = torch.arange(objects) % found
        self.batch = replace(batch, boxes=batch.boxes[:, chosen], counts=torch.tensor([objects]))
        self._draw = 0
        self._infer: PartInference | None = None
        self._modulating: Parts | None = None

    def next_seed(self) -> int:
        """Of the next sample."""
        self._draw += 1
        return self._draw

    def _paint(self, batch: SynthesisBatch, parts_of: PartsOf) -> Tensor:
        paint = ipose_painter(self.network, parts_of)
        return paint(batch, [np.random.default_rng(self.next_seed())])

    def dense(self) -> Tensor:
        """PartNet looks at the supports anew for every object."""
        partnet = self.network.partnet
        k = partnet.config.supports

        def infer(batch: SynthesisBatch) -> ComposedParts:
            objects, codes = with_margin(batch.boxes, batch.counts, *batch.codes.shape[-2:])
            encoded = [partnet.encode_supports(self.store.fixed([int(code) // 1000], k)) for code in codes]
            joined = replace(
                encoded[0],
                shapes=torch.cat([one.shapes for one in encoded]),
                masks=torch.cat([one.masks for one in encoded]),
                shares=torch.cat([one.shares for one in encoded]),
                rows=torch.arange(len(encoded)),
            )
            return infer_parts(partnet, batch.codes, codes, objects, joined)

        return self._paint(self.batch, InferredParts(self.network, infer))

    def _parts(self) -> PartInference:
        prepare(self.network, self.dtype)
        return PartInference(self.network.partnet, self.store, list(self.categories.values()))

    def fast(self) -> Tensor:
        """A new map; the supports have been seen."""
        if self._infer is None:
            self._infer = self._parts()
        modulating = self.network.modulating(self._infer(self.batch))
        return self._paint(self.batch, lambda _: modulating)

    def next_sample(self) -> Tensor:
        """The same map and parts."""
        if self._modulating is None:
            self._modulating = self.network.modulating(self._parts()(self.batch))
        modulating = self._modulating
        return self._paint(self.batch, lambda _: modulating)

    def preview(self) -> None:
        """There is none, as there is one scale."""


_UNTRAINED = Origin(0, "nothing", "none")


def _divsem(name: str, classes: int) -> DivSemCase:
    config = published_divsem_config(classes)
    network = DivSemGenerator(config)
    xavier_normal(network, torch.Generator().manual_seed(0))
    return DivSemCase(Checkpoint("divsem", config, LabelSpace.load(name), _UNTRAINED, network))


def _ipose(config: IPOSEConfig, name: str, size: tuple[int, int], objects: int) -> IPOSECase:
    torch.manual_seed(0)
    network = IPOSEGenerator(config)
    xavier_normal(network, torch.Generator().manual_seed(0), spectral_gain=1)
    settle(network, size)
    k = config.partnet.supports
    store = SupportStore.of({category: [disc()] * k for _, category in config.categories}, k)
    space = LabelSpace.load(name)
    return IPOSECase(Checkpoint("ipose", config, space, _UNTRAINED, network, supports=store), size, objects)


@torch.no_grad()
def settle(network: IPOSEGenerator, size: tuple[int, int]) -> None:
    """Give the norms the statistics of a picture, as a trained network has them; else values explode."""
    norms = [module for module in network.modules() if isinstance(module, SyncBatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    config = network.config
    labels = torch.arange(config.base.label_channels).view(1, 1, -1).expand(1, size[1], -1)
    labels = nearest_resize(labels, size[1], size[0])
    features = torch.randn(1, config.composed_features, size[1], size[0])
    found = ComposedParts(features, features[:, :9], torch.ones(1, 1, size[1], size[0]))
    spatial = torch.randn(1, config.part_features - 1, size[1] // 32, size[0] // 32)
    network.train()(labels, torch.randn(1, config.base.noise), network.modulating(found), spatial)


def _ade20k(objects: int) -> IPOSECase:
    return _ipose(ipose_ade20k().model, "ade20k", (256, 256), objects)


def _compact(side: int) -> IPOSECase:
    return IPOSECase(load_checkpoint("ipose-streets"), (side, side), 5)


NETWORKS: dict[str, Callable[[], DivSemCase | IPOSECase]] = {
    "divsem-ade20k": lambda: _divsem("ade20k", 151),
    "divsem-cityscapes": lambda: _divsem("cityscapes", 34),
    "ipose-ade20k-5": lambda: _ade20k(5),
    "ipose-cityscapes-20": lambda: _ipose(ipose_cityscapes().model, "cityscapes", (512, 256), 20),
    "divsem-compact": lambda: DivSemCase(load_checkpoint("divsem-streets")),
    "ipose-compact": lambda: _compact(256),
}

GROWTH: dict[str, Callable[[], DivSemCase | IPOSECase]] = {
    "divsem-12-classes": lambda: _divsem("camvid", 12),
    "divsem-34-classes": lambda: _divsem("cityscapes", 34),
    "divsem-151-classes": lambda: _divsem("ade20k", 151),
    "ipose-1-object": lambda: _ade20k(1),
    "ipose-5-objects": lambda: _ade20k(5),
    "ipose-20-objects": lambda: _ade20k(20),
    "ipose-compact-128x128": lambda: _compact(128),
    "ipose-compact-256x256": lambda: _compact(256),
    "ipose-compact-512x512": lambda: _compact(512),
}
"""How time grows with classes, objects and size."""


def load(name: str) -> DivSemCase | IPOSECase:
    """The network of a name of `NETWORKS` or `GROWTH`, with what it paints."""
    return {**NETWORKS, **GROWTH}[name]()
