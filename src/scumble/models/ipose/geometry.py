"""From a map to the outlines of its objects, and from what is known of their parts back (section 3).

Every object is seen in a square of 64x64 pixels: its box with a margin of two pixels, in the aspect of the
photograph, padded to a square. Ids are resized by nearest neighbour with source ``floor(i * in / out)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.models.partnet.config import SHAPE_SIZE

MARGIN = 2
"""Pixels around a box."""


@dataclass(frozen=True)
class Objects:
    """The objects of a batch, in painting order, later ones over earlier ones.

    Attributes:
        picture: which picture of the batch each is in, int64 ``[N]``.
        box: rows and columns ``hs, he, ws, we`` with the margin, half-open, int64 ``[N, 4]``.
        restored: height and width of the box in the photograph's own aspect, int64 ``[N, 2]``.
    """

    picture: Tensor
    box: Tensor
    restored: Tensor

    def __len__(self) -> int:
        return len(self.picture)

    @property
    def side(self) -> Tensor:
        """Side of the square that a box is padded to, ``[N]``."""
        return self.restored.amax(1)

    @property
    def padding(self) -> Tensor:
        """Rows and columns of padding at either end, ``[N, 2]``."""
        # An odd difference leaves the padded box one pixel off square; the last resize swallows it.
        return torch.where(
            self.restored < self.side[:, None], (self.restored[:, :1] - self.restored[:, 1:]).abs() // 2, 0
        )


def with_margin(boxes: Tensor, counts: Tensor, height: int, width: int) -> tuple[Objects, Tensor]:
    """The objects of padded records.

    Args:
        boxes: records ``code, hs, he, ws, we, H0, W0`` by picture, int64 ``[B, K, 7]``.
        counts: how many of them count, ``[B]``.
        height: rows of the map.
        width: columns of the map.

    Returns:
        The objects, and their codes ``[N]``.
    """
    slots = torch.arange(boxes.shape[1], device=boxes.device)
    picture, slot = (slots < counts[:, None]).nonzero(as_tuple=True)
    record = boxes[picture, slot]
    rows = _grown(record[:, 1], record[:, 2], height)
    columns = _grown(record[:, 3], record[:, 4], width)
    box = torch.stack([*rows, *columns], 1)
    extent = torch.stack([rows[1] - rows[0], columns[1] - columns[0]], 1)
    original = record[:, 5:7].double()
    # The longer side of the photograph gets its excess back; fractions are cut off.
    ratio = (original / original.flip(1)).clamp_min(1)
    return Objects(picture, box, (extent * ratio).long()), record[:, 0]


def _grown(start: Tensor, end: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Add the margin and make the extent even, within the map."""
    start, end = (start - MARGIN).clamp_min(0), (end + MARGIN).clamp_max(size)
    odd = (end - start) % 2 == 1
    end = end + (odd & (end + 1 <= size)).long()
    odd = (end - start) % 2 == 1
    return start - (odd & (start >= 1)).long(), end


def outlines(ids: Tensor, values: Tensor, objects: Objects) -> Tensor:
    """Cut the outlines out, all at once.

    Args:
        ids: the map in which objects are found, integers ``[B, H, W]``.
        values: the id of each object, ``[N]``.
        objects: where they are.

    Returns:
        float32 ``[N, 1, 64, 64]``, 1 inside.
    """
    row, row_inside = _sources(objects, 0)
    column, column_inside = _sources(objects, 1)
    found = ids[objects.picture[:, None, None], row[:, :, None], column[:, None, :]] == values[:, None, None]
    inside = row_inside[:, :, None] & column_inside[:, None, :]
    return (found & inside)[:, None].float()


def _sources(objects: Objects, axis: int) -> tuple[Tensor, Tensor]:
    """For each of the 64 rows (or columns) of an outline the row of the map, and whether it is inside."""
    start, end = objects.box[:, 2 * axis], objects.box[:, 2 * axis + 1]
    restored, padding = objects.restored[:, axis], objects.padding[:, axis]
    padded = _nearest(torch.arange(SHAPE_SIZE, device=start.device), restored + 2 * padding, SHAPE_SIZE)
    place = padded - padding[:, None]
    inside = (place >= 0) & (place < restored[:, None])
    extent = end - start
    scale = (extent.float() / restored.float())[:, None]
    source = torch.minimum((place.clamp_min(0).float() * scale).floor().long(), extent[:, None] - 1)
    return start[:, None] + source, inside


def _nearest(places: Tensor, size: Tensor, new: int) -> Tensor:
    """Sources ``[N, len(places)]`` of a nearest-neighbour resize from sizes ``[N]`` to ``new``."""
    scale = (size.float() / new)[:, None]
    return torch.minimum((places.float() * scale).floor().long(), size[:, None] - 1)


def compose(
    shape: tuple[int, int, int], objects: Objects, silhouettes: Tensor, features: Tensor, logits: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Paste what was found of every object back into the map.

    The paste mask is the outline after its way through 64x64, as in the released code. Features are resized
    bilinearly, outlines and logits by nearest neighbour.

    Args:
        shape: pictures, height and width of the map.
        objects: where they are.
        silhouettes: their outlines ``[N, 1, 64, 64]``.
        features: ``[N, F, 64, 64]``.
        logits: ``[N, P, 64, 64]``.

    Returns:
        Features ``[B, F, H, W]``, logits ``[B, P, H, W]`` and the pixels that an object covers
        ``[B, 1, H, W]``; all 0 elsewhere.
    """
    pictures, height, width = shape
    canvases = [
        values.new_zeros(pictures, height, width, values.shape[1]).permute(0, 3, 1, 2)
        for values in (features, logits, silhouettes)
    ]
    geometry = zip(
        *(t.tolist() for t in (objects.picture, objects.box, objects.padding, objects.side)),
        strict=True,
    )
    for i, (picture, (top, bottom, left, right), padding, side) in enumerate(geometry):
        box = (bottom - top, right - left)
        mask, values, parts = (
            _placed(stack[i : i + 1], side, padding, box, smooth=smooth)
            for stack, smooth in ((silhouettes, False), (features, True), (logits, False))
        )
        for canvas, patch in zip(canvases, (values, parts, mask), strict=True):
            place = canvas[picture : picture + 1, :, top:bottom, left:right]
            place.mul_(1 - mask).addcmul_(patch, mask)
    return canvases[0], canvases[1], canvases[2]


def _placed(values: Tensor, side: int, padding: list[int], box: tuple[int, int], *, smooth: bool) -> Tensor:
    """One object's ``[1, C, 64, 64]`` at the size of its box."""
    large = _resized(values, (side, side), smooth=smooth)
    rows, columns = (slice(pad, side - pad) for pad in padding)
    window = large[:, :, rows, columns]
    return _resized(window, box, smooth=smooth)


def _resized(values: Tensor, size: tuple[int, int], *, smooth: bool) -> Tensor:
    if tuple(values.shape[-2:]) == size:
        return values
    return F.interpolate(values, size, mode="bilinear") if smooth else F.interpolate(values, size)


def part_mask(logits: Tensor) -> Tensor:
    """Where a part is seen: float32 ``[B, 1, H, W]`` from composed logits ``[B, P, H, W]``.

    Outside all objects every logit is 0 and "no part", the first, wins.
    """
    return (logits[:, 1:].amax(1, keepdim=True) > logits[:, :1]).float()
