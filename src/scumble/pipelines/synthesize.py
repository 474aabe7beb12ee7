"""Painting pictures from label maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from torch import Tensor

from scumble.checkpoint import Checkpoint
from scumble.data.boxes import object_boxes, object_codes, pad_boxes
from scumble.data.parts.part_set import MAX_PARTS
from scumble.errors import ConfigError, InputError
from scumble.models.ipose.generator import ComposedParts, IPOSEGenerator
from scumble.models.ipose.painting import PartInference, ipose_painter
from scumble.models.oasis.config import REDUCTION
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.painting import oasis_painter
from scumble.models.oasis.recipe import Painter, SynthesisBatch
from scumble.models.partnet.supports import SupportStore
from scumble.nn.pictures import to_8bit
from scumble.scene import IdArray, ImageArray

_SMALLEST = 2 * REDUCTION
"""Side that a map is padded to at least, in pixels; an instance norm needs more than one pixel."""


@dataclass(frozen=True, eq=False)
class Synthesis:
    """Pictures of one map.

    Attributes:
        images: ``[H, W, 3]`` each, one for each seed.
        parts: the part of every pixel that the pictures follow, ``[H, W]`` 0..8; None without parts.
    """

    images: tuple[ImageArray, ...]
    parts: IdArray | None


@torch.no_grad()
def synthesize(
    checkpoint: Checkpoint,
    labels: IdArray,
    instances: IdArray,
    seeds: Sequence[int],
    *,
    parts: IdArray | None = None,
    supports: SupportStore | None = None,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> Synthesis:
    """Paint a label map.

    Args:
        checkpoint: of a synthesis system.
        labels: ``[H, W]``, ids of the checkpoint's label space; any size.
        instances: ``[H, W]``, in scumble's numbering.
        seeds: one picture each; a seed gives the same picture alone and among others.
        parts: the part of every pixel, ``[H, W]`` 0..8, in place of the inferred ones.
        supports: example part maps, where the checkpoint has none.
        device: where to compute.
        progress: called after every picture.

    Raises:
        ConfigError: the checkpoint does not paint from maps, or lacks support maps.
        LabelError: an id is outside the label space.
        InputError: the maps differ in size, or a part is beyond 8.
        DataError: an object's category has no supports.
    """
    checkpoint.label_space.check(labels)
    _check_parts(parts, labels)
    batch = _batch(checkpoint, labels, instances).to(torch.device(device))
    checkpoint.network.to(device)
    wanted = None if parts is None else torch.from_numpy(_padded(parts)).long()[None].to(device)
    paint, shown = _painter(checkpoint, supports, batch, wanted)
    height, width = labels.shape
    images = []
    for seed in seeds:
        picture = paint(batch, np.random.default_rng(seed))
        images.append(to_8bit(picture).cpu().numpy()[0, :height, :width])
        progress()
    inferred = None if shown is None else shown[0, :height, :width].cpu().numpy().astype(np.int32)
    return Synthesis(tuple(images), inferred)


def _check_parts(parts: IdArray | None, labels: IdArray) -> None:
    if parts is None:
        return
    if parts.shape != labels.shape:
        raise InputError(
            f"The part map is {parts.shape[1]} x {parts.shape[0]} pixels, the label map {labels.shape[1]} x "
            f"{labels.shape[0]}; expected the same size."
        )
    if parts.min() < 0 or parts.max() > MAX_PARTS:
        y, x = np.unravel_index(int(np.argmax((parts < 0) | (parts > MAX_PARTS))), parts.shape)
        raise InputError(
            f"The part map has part {parts[y, x]} at x={x}, y={y}; expected 0 (none) to {MAX_PARTS}."
        )


def _painter(
    checkpoint: Checkpoint, supports: SupportStore | None, batch: SynthesisBatch, wanted: Tensor | None
) -> tuple[Painter, Tensor | None]:
    """How the network paints the batch, and the part of every pixel ``[1, H, W]`` that it follows."""
    network = checkpoint.network
    if isinstance(network, OASISGenerator):
        return oasis_painter(network), None
    if not isinstance(network, IPOSEGenerator):
        raise ConfigError(
            f"The checkpoint is of {checkpoint.system}, which does not paint from maps alone; give one of "
            "oasis or ipose."
        )
    store = supports or checkpoint.supports
    if store is None:
        raise ConfigError("The checkpoint holds no support maps; name a part set with --supports.")
    inference = PartInference(network, store, [category for _, category in checkpoint.config.categories])
    found = inference(batch)
    if wanted is not None:
        found = with_parts(found, wanted)
    shown = found.logits.argmax(1) if wanted is None else wanted
    return ipose_painter(network, lambda _: found), shown


def with_parts(found: ComposedParts, wanted: Tensor) -> ComposedParts:
    """Let a picture follow other parts than the inferred ones (ours; the paper shows only the effect).

    Where another part is wanted than was found, the features of both change places, so that the wanted one
    looks as the found one did; where none is wanted, noise modulates as outside of objects.

    Args:
        found: what PartNet says.
        wanted: the part of every pixel, int64 ``[B, H, W]`` 0..8.
    """
    channels = found.logits.shape[1]
    predicted = found.logits.argmax(1)
    order = torch.arange(channels, device=wanted.device)[None, :, None, None].expand_as(found.logits)
    swapped = torch.where(order == predicted[:, None], wanted[:, None], order)
    swapped = torch.where(order == wanted[:, None], predicted[:, None], swapped)
    batch, _, height, width = found.features.shape
    grouped = found.features.view(batch, channels, -1, height, width)
    index = swapped[:, :, None].expand_as(grouped)
    features = grouped.gather(1, index).view_as(found.features)
    return ComposedParts(features, found.logits.gather(1, swapped), (wanted > 0)[:, None].float())


def _batch(checkpoint: Checkpoint, labels: IdArray, instances: IdArray) -> SynthesisBatch:
    """The map as a batch of one, padded to multiples of 32 pixels."""
    if labels.shape != instances.shape:
        raise InputError(
            f"The label map is {labels.shape[1]} x {labels.shape[0]} pixels, the instance map "
            f"{instances.shape[1]} x {instances.shape[0]}; expected the same size."
        )
    categories = dict(getattr(checkpoint.config, "categories", ()))
    codes = _padded(object_codes(labels, instances, categories))
    table, counts = pad_boxes([object_boxes(codes, dict.fromkeys(categories.values()))])
    padded = _padded(labels)
    return SynthesisBatch(
        torch.zeros(0),
        torch.from_numpy(padded).long()[None],
        torch.from_numpy(codes).long()[None],
        torch.from_numpy(table),
        torch.from_numpy(counts),
        0,
    )


def _padded(values: IdArray) -> IdArray:
    """A map ``[H, W]`` whose last row and column are repeated up to a multiple of 32."""
    missing = [max(_SMALLEST, ceil(side / REDUCTION) * REDUCTION) - side for side in values.shape]
    return np.pad(values, [(0, missing[0]), (0, missing[1])], mode="edge")
