"""Painting pictures from label maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from scumble.checkpoint import Checkpoint
from scumble.errors import ConfigError, InputError
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import with_parts
from scumble.models.ipose.painting import ipose_painter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.painting import oasis_painter
from scumble.models.oasis.recipe import Painter, SynthesisBatch
from scumble.models.partnet.supports import SupportStore
from scumble.nn.pictures import to_8bit
from scumble.pipelines.maps import expect_same_size, map_batch, padded, resized, working_size
from scumble.pipelines.parts import categories_of, part_inference
from scumble.scene import MAX_PARTS, UNKNOWN_PART, IdArray, ImageArray


@dataclass(frozen=True, eq=False)
class Synthesis:
    """Pictures of one map.

    Attributes:
        images: ``[H, W, 3]`` each, one for each seed.
        parts: the part of every pixel that the pictures follow, ``[H, W]`` 0..8; None without parts.
        painted_size: height and width at which the network painted them.
    """

    images: tuple[ImageArray, ...]
    parts: IdArray | None
    painted_size: tuple[int, int]


@torch.no_grad()
def synthesize(
    checkpoint: Checkpoint,
    labels: IdArray,
    instances: IdArray,
    seeds: Sequence[int],
    *,
    parts: IdArray | None = None,
    supports: SupportStore | None = None,
    native: bool = False,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> Synthesis:
    """Paint a label map.

    A network knows objects of the size that they have in its training pictures. A map whose shorter side is
    longer than theirs is shrunk to it, and what is painted is enlarged again.

    Args:
        checkpoint: of a synthesis system.
        labels: ``[H, W]``, ids of the checkpoint's label space; any size.
        instances: ``[H, W]``, in scumble's numbering.
        seeds: one picture each; a seed gives the same picture alone and among others.
        parts: the part of every pixel, ``[H, W]`` 0..8, in place of the inferred ones; `UNKNOWN_PART` where
            they are to be inferred.
        supports: example part maps, in place of those of the checkpoint.
        native: paint the map at its own size, however large it is.
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
    expect_same_size(labels, instances)
    network = _synthesizer(checkpoint)
    base = network.config.base if isinstance(network, IPOSEGenerator) else network.config
    size = (labels.shape[0], labels.shape[1])
    painted = size if native else working_size(base.shorter_side, *size)
    small = [resized(ids, painted) for ids in (labels, instances)]
    batch = map_batch(small[0], small[1], categories_of(checkpoint)).to(torch.device(device))
    network.to(device)
    wanted = None
    if parts is not None:
        wanted = torch.from_numpy(padded(resized(parts, painted))).long()[None].to(device)
    paint, shown = _painter(checkpoint, network, supports, batch, wanted)
    images = []
    for seed in seeds:
        picture = paint(batch, [np.random.default_rng(seed)])
        images.append(_enlarged(to_8bit(picture).cpu().numpy()[0, : painted[0], : painted[1]], size))
        progress()
    followed = None
    if shown is not None:
        followed = resized(shown[0, : painted[0], : painted[1]].cpu().numpy().astype(np.int32), size)
        if parts is not None:
            followed = np.where(parts == UNKNOWN_PART, followed, parts)
    return Synthesis(tuple(images), followed, painted)


def _enlarged(picture: ImageArray, size: tuple[int, int]) -> ImageArray:
    if picture.shape[:2] == size:
        return picture
    return np.asarray(Image.fromarray(picture).resize((size[1], size[0]), Image.Resampling.BICUBIC))


def _synthesizer(checkpoint: Checkpoint) -> OASISGenerator | IPOSEGenerator:
    """The network, which must be one that paints from maps."""
    network = checkpoint.network
    if not isinstance(network, OASISGenerator | IPOSEGenerator):
        raise ConfigError(
            f"The checkpoint is of {checkpoint.system}, which does not paint from maps alone; give one of "
            "oasis or ipose."
        )
    return network


def _check_parts(parts: IdArray | None, labels: IdArray) -> None:
    if parts is None:
        return
    if parts.shape != labels.shape:
        raise InputError(
            f"The part map is {parts.shape[1]} x {parts.shape[0]} pixels, the label map {labels.shape[1]} x "
            f"{labels.shape[0]}; expected the same size."
        )
    wrong = (parts < 0) | ((parts > MAX_PARTS) & (parts != UNKNOWN_PART))
    if wrong.any():
        y, x = np.unravel_index(int(np.argmax(wrong)), parts.shape)
        raise InputError(
            f"The part map has part {parts[y, x]} at x={x}, y={y}; expected 0 (none) to {MAX_PARTS}, or "
            f"{UNKNOWN_PART} (to be inferred)."
        )


def _painter(
    checkpoint: Checkpoint,
    network: OASISGenerator | IPOSEGenerator,
    supports: SupportStore | None,
    batch: SynthesisBatch,
    wanted: Tensor | None,
) -> tuple[Painter, Tensor | None]:
    """How the network paints the batch, and the part of every pixel ``[1, H, W]`` that it follows."""
    if isinstance(network, OASISGenerator):
        return oasis_painter(network), None
    found = part_inference(checkpoint, supports, categories_of(checkpoint))(batch)
    parts = found.parts
    if wanted is not None:
        parts = torch.where(wanted == UNKNOWN_PART, parts, wanted)
        found = with_parts(found, parts)
    return ipose_painter(network, lambda _: found), parts
