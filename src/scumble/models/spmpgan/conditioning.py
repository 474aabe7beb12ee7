"""What the editing generators see: masked picture, layout, and the pictures between the stages.

The sources are ``spmpgan`` section 1 and ``divsem`` sections 1 and 3.3 of the papers' released code.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.regions import RegionMap, nearest_resize


@dataclass(frozen=True)
class EditBatch:
    """A batch of pictures to repaint.

    Attributes:
        image: ``[B, 3, H, W]`` in [-1, 1], in the channel order of the network.
        labels: int64 ``[B, H, W]``, 0 <= label < label channels.
        instances: int64 ``[B, H, W]``, instance ids >= 0.
        mask: ``[B, 1, H, W]`` of the type of the image, 1 = generate, 0 = known.
        numbers: number of each picture in the training, which its augmentation follows from.
    """

    image: Tensor
    labels: Tensor
    instances: Tensor
    mask: Tensor
    numbers: tuple[int, ...] = ()

    def to(self, device: torch.device) -> EditBatch:
        """The batch on another device."""
        image, labels, instances, mask = (
            t.to(device) for t in (self.image, self.labels, self.instances, self.mask)
        )
        return EditBatch(image, labels, instances, mask, self.numbers)


def edge_map(instances: Tensor) -> Tensor:
    """1 where the id differs from the left, right, upper or lower neighbour inside the picture.

    Args:
        instances: integer ``[B, H, W]``.

    Returns:
        bool ``[B, H, W]``; both pixels of a differing pair are set, the picture's border sets none.
    """
    horizontal = instances[:, :, 1:] != instances[:, :, :-1]
    vertical = instances[:, 1:] != instances[:, :-1]
    # Not written in place, which ONNX cannot say.
    beside = F.pad(horizontal, (1, 0)) | F.pad(horizontal, (0, 1))
    return beside | F.pad(vertical, (0, 0, 1, 0)) | F.pad(vertical, (0, 0, 0, 1))


def layout_regions(batch: EditBatch, label_channels: int) -> RegionMap:
    """One-hot classes, edge and mask, all zero outside the mask, as a region map.

    Returns:
        A map of ``label_channels + 2`` channels in this order; row 0 is the known region.
    """
    edge = edge_map(batch.instances).long()
    index = (1 + 2 * batch.labels + edge) * (batch.mask[:, 0] > 0).long()
    table = batch.image.new_zeros(2 * label_channels + 1, label_channels + 2)
    rows = torch.arange(2 * label_channels, device=table.device)
    table[1 + rows, rows // 2] = 1
    table[1 + rows, label_channels] = (rows % 2).to(table.dtype)
    table[1:, label_channels + 1] = 1
    return RegionMap(index, table)


def masked_classes(batch: EditBatch, label_channels: int) -> RegionMap:
    """One-hot classes times the mask, without edge: what the discriminators see."""
    index = (1 + batch.labels) * (batch.mask[:, 0] > 0).long()
    identity = torch.eye(label_channels, dtype=batch.image.dtype, device=batch.image.device)
    return RegionMap(index, F.pad(identity, (0, 0, 1, 0)))


def bilinear(image: Tensor, height: int, width: int) -> Tensor:
    """Bilinear resize with half-pixel centres and without antialiasing."""
    if image.shape[-2:] == (height, width):
        return image
    return F.interpolate(image, (height, width), mode="bilinear", align_corners=False)


class ScaledBatch:
    """Picture and mask at the size of one stage, and how they are put together there.

    Attributes:
        image: the whole picture, which training compares with, ``[B, 3, height, width]``.
        mask: ``[B, 1, height, width]``, 1 = generate.

    Args:
        batch: the full-size batch.
        height: rows of the stage.
        width: columns of the stage.
        leak: composites take the unmasked picture made smaller, as published; else the mean of the known
            pixels alone.
    """

    def __init__(self, batch: EditBatch, height: int, width: int, *, leak: bool) -> None:
        self.mask = nearest_resize(batch.mask, height, width)
        self.image = bilinear(batch.image, height, width)
        self._outside = self.image
        if not leak and batch.image.shape[-2:] != (height, width):
            known = 1 - batch.mask
            share = bilinear(known, height, width)
            self._outside = bilinear(batch.image * known, height, width) / share.clamp_min(1e-6)

    def composite(self, fake: Tensor) -> Tensor:
        """Generated pixels inside the mask, the picture outside; ``fake`` is resized if it is coarser."""
        fake = bilinear(fake, *self.mask.shape[-2:])
        return self.mask * fake + (1 - self.mask) * self._outside
