"""The style loss of iPOSE: generated pictures, or objects in them, must look like real ones (section 6)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.losses.remd import relaxed_earth_mover_distance
from scumble.models.oasis.recipe import Draws, StyleTerm, SynthesisBatch
from scumble.nn.backbones.tokens import TokenNetwork
from scumble.nn.distributed import gathered, world_size

CROP_SIZE = 128
"""Side of an object's crop in pixels."""
MOST_CROPS = 10
"""Objects of a batch that are compared, at most."""


def style_crops(pictures: Tensor, boxes: Tensor, counts: Tensor, chosen: Tensor) -> Tensor:
    """Cut objects out with what is around them in their boxes.

    Unlike the outlines that PartNet sees, a box has no margin here. It gets the photograph's aspect back
    bilinearly, is padded to a square with zeros (mid grey), and taken to 128x128 by nearest neighbour.

    Args:
        pictures: ``[B, 3, H, W]`` in [-1, 1]; gradients flow to them.
        boxes: records ``code, hs, he, ws, we, H0, W0`` by picture, int64 ``[B, K, 7]``.
        counts: how many of them count, ``[B]``.
        chosen: which objects, int64 ``[n]``, n at least 1: numbers in the list of all records that count,
            picture by picture.

    Returns:
        ``[n, 3, 128, 128]``.
    """
    slots = torch.arange(boxes.shape[1], device=boxes.device)
    picture, slot = (slots < counts[:, None]).nonzero(as_tuple=True)
    picture, slot = picture[chosen], slot[chosen]
    records = zip(picture.tolist(), boxes[picture, slot].tolist(), strict=True)
    return torch.cat([_crop(pictures[i : i + 1], *record[1:]) for i, record in records])


def _crop(picture: Tensor, top: int, bottom: int, left: int, right: int, height: int, width: int) -> Tensor:
    """One object of ``[1, 3, H, W]`` in a photograph that was once ``height`` x ``width``."""
    window = picture[:, :, top:bottom, left:right]
    rows, columns = window.shape[2:]
    # The longer side of the photograph gets its excess back; fractions are cut off.
    restored = (int(rows * max(height / width, 1)), int(columns * max(width / height, 1)))
    if restored != (rows, columns):
        window = F.interpolate(window, restored, mode="bilinear")
    down, across = (max(max(restored) - side, 0) // 2 for side in restored)
    return F.interpolate(F.pad(window, (across, across, down, down)), (CROP_SIZE, CROP_SIZE))


class StyleLoss(nn.Module):
    """Mean relaxed earth mover distance of tokens; the published weight of the term is 10.

    In every step the published training tosses a fair coin between `whole` and `objects`.

    Args:
        backbone: gives the tokens; see `scumble.nn.backbones.tokens.load_token_network`.
    """

    def __init__(self, backbone: TokenNetwork) -> None:
        super().__init__()
        self.backbone = backbone

    def whole(self, fake: Tensor, real: Tensor) -> Tensor:
        """Compare whole pictures, each with the real one of the same map.

        Args:
            fake: generated pictures ``[B, 3, H, W]`` in [-1, 1], RGB; gradients flow to these.
            real: photographs of the same number and size; no gradient.

        Returns:
            A float32 scalar in 0..2.
        """
        with torch.no_grad():
            wanted = self.backbone(real)
        return relaxed_earth_mover_distance(self.backbone(fake), wanted).mean()

    def objects(self, fake: Tensor, real: Tensor, boxes: Tensor, counts: Tensor, order: Tensor) -> Tensor:
        """Compare ten objects of the batch (of all processes), or all if there are fewer.

        Args:
            fake: see `whole`.
            real: see `whole`.
            boxes: see `style_crops`; on the CPU they spare a wait for the device.
            counts: see `style_crops`.
            order: a random number for each object, picture by picture; the ten lowest are compared.

        Returns:
            A float32 scalar in 0..2; a constant 0, to which no gradient flows, where there is no object. Its
            mean over the processes is the mean over the objects.
        """
        lowest = gathered(order).sort().values[:MOST_CROPS]
        if len(lowest):
            chosen = (order <= lowest[-1]).nonzero()[:, 0].to(boxes.device)
        if not len(lowest) or not len(chosen):
            return torch.zeros((), device=fake.device)
        with torch.no_grad():
            wanted = style_crops(real, boxes, counts, chosen)
        share = len(chosen) * world_size() / len(lowest)
        return self.whole(style_crops(fake, boxes, counts, chosen), wanted) * share


def style_term(loss: StyleLoss) -> StyleTerm:
    """The term of a training step: by a fair coin whole pictures or objects, as released.

    Args:
        loss: compares them.
    """

    def term(fake: Tensor, batch: SynthesisBatch, rng: np.random.Generator, draws: Draws) -> Tensor:
        if rng.random() < 0.5:
            return loss.whole(fake, batch.image)
        counts = batch.counts.tolist()
        order = np.concatenate([draw.random(count) for draw, count in zip(draws, counts, strict=True)])
        drawn = torch.from_numpy(order).to(fake.device)
        return loss.objects(fake, batch.image, batch.boxes, batch.counts, drawn)

    return term
