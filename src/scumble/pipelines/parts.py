"""The parts of the objects of a map: inferred from their outlines, and told object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from scumble.checkpoint import Checkpoint
from scumble.data.boxes import object_codes
from scumble.data.parts import part_set
from scumble.errors import ConfigError
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import PartInference
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.supports import SupportStore
from scumble.nn.inference import autocast, usable_device
from scumble.pipelines.maps import map_batch
from scumble.research_data import find_data
from scumble.scene import MAX_PARTS, IdArray

_PART_SET = "Full_Parts"


@dataclass(frozen=True)
class ObjectParts:
    """One object and how much of it each part is.

    Attributes:
        instance: its id in the instance map.
        class_id: its class.
        category: its part category.
        box: ``(x0, y0, x1, y1)``, half-open, in pixels.
        area: in pixels.
        parts: pixels of each part that it has, by number; 0 is what is no part.
    """

    instance: int
    class_id: int
    category: int
    box: tuple[int, int, int, int]
    area: int
    parts: Mapping[int, int]


def part_inference(
    checkpoint: Checkpoint, supports: SupportStore | None, categories: Mapping[int, int]
) -> PartInference:
    """The PartNet of a checkpoint with support maps.

    Args:
        checkpoint: of PartNet or iPOSE.
        supports: example part maps, in place of those of the checkpoint. Where neither has any, those of the
            set ``Full_Parts`` under the folder of research data are taken.
        categories: class id -> part category of the classes that may occur.

    Raises:
        ConfigError: the checkpoint has no PartNet, or there are no support maps.
        DataError: a category has no supports.
    """
    network = partnet_of(checkpoint)
    wanted = sorted(set(categories.values()))
    store = supports or checkpoint.supports or _supports_of_research(wanted, network.config.supports)
    return PartInference(network, store, wanted)


def _supports_of_research(categories: Sequence[int], k: int) -> SupportStore:
    """Those of checkpoints that were trained on data which is not free."""
    root = find_data(_PART_SET)
    if not root.is_dir():
        raise ConfigError(
            f"The checkpoint holds no support maps, and there is no {root}; name a part set with --supports."
        )
    return SupportStore.of({category: part_set.supports(root, category, k) for category in categories}, k)


def partnet_of(checkpoint: Checkpoint) -> PartNet:
    """The network that infers parts.

    Raises:
        ConfigError: the checkpoint has none.
    """
    network = checkpoint.network
    if isinstance(network, IPOSEGenerator) and network.config.injection != "none":
        network = network.partnet
    if not isinstance(network, PartNet):
        raise ConfigError(
            f"The checkpoint is of {checkpoint.system}, which infers no parts; give one of ipose or partnet."
        )
    return network


def categories_of(checkpoint: Checkpoint) -> dict[int, int]:
    """Class id -> part category of the classes whose objects have parts, in painting order."""
    return dict(getattr(checkpoint.config, "categories", ()))


@torch.no_grad()
def infer_parts(
    checkpoint: Checkpoint,
    labels: IdArray,
    instances: IdArray,
    *,
    categories: Mapping[int, int] | None = None,
    supports: SupportStore | None = None,
    device: str = "cpu",
) -> IdArray:
    """Infer the parts of all objects of a map.

    Args:
        checkpoint: of iPOSE, or of PartNet where ``categories`` are given.
        labels: ``[H, W]`` class ids; any size.
        instances: ``[H, W]``, in scumble's numbering.
        categories: class id -> part category; by default those of the checkpoint.
        supports: example part maps, in place of those of the checkpoint. With them a PartNet knows
            categories that it was never trained on.
        device: where to compute.

    Returns:
        The part of every pixel, ``[H, W]`` 0..8, 0 for none.

    Raises:
        ConfigError: the checkpoint has no PartNet, there are no support maps, or the device cannot be used.
        InputError: the maps differ in size.
        DataError: a category has no supports.
    """
    wanted = categories_of(checkpoint) if categories is None else categories
    infer = part_inference(checkpoint, supports, wanted)
    place = usable_device(device)
    checkpoint.network.to(place)
    with autocast(checkpoint.network):
        return parts_of_map(infer, labels, instances, wanted, place)


def parts_of_map(
    infer: PartInference,
    labels: IdArray,
    instances: IdArray,
    categories: Mapping[int, int],
    device: torch.device,
) -> IdArray:
    """Infer the parts of all objects of a map with a PartNet that lies on a device: see `infer_parts`."""
    found = infer(map_batch(labels, instances, categories).to(device))
    height, width = labels.shape
    # PartNet sees outlines at 64x64, so that a part may reach beyond a large object.
    inside = object_codes(labels, instances, categories) > 0
    parts = found.parts[0, :height, :width].cpu().numpy().astype(np.int32)
    return np.where(inside, parts, np.int32(0))


def part_table(
    labels: IdArray, instances: IdArray, parts: IdArray, categories: Mapping[int, int]
) -> list[ObjectParts]:
    """Tell object by object which parts it has.

    Args:
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``, in scumble's numbering.
        parts: ``[H, W]`` 0..8.
        categories: class id -> part category of the classes that count.

    Returns:
        One row for each object, the larger first.
    """
    objects = object_codes(labels, instances, categories) > 0
    rows = []
    for instance in np.unique(instances[objects]).tolist():
        inside = objects & (instances == instance)
        y, x = np.nonzero(inside)
        counts = np.bincount(parts[inside], minlength=MAX_PARTS + 1)
        class_id = int(labels[y[0], x[0]])
        rows.append(
            ObjectParts(
                instance,
                class_id,
                categories[class_id],
                (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1),
                len(x),
                {part: count for part, count in enumerate(counts.tolist()) if count},
            )
        )
    return sorted(rows, key=lambda row: (-row.area, row.instance))
