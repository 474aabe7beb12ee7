"""The part of a photograph that a network works on: a rectangle around the mask, with context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from scumble.data.transforms import resize_image, resize_map
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.nn.pictures import ChannelOrder, to_network
from scumble.scene import ImageArray, MaskArray, Scene

T = TypeVar("T", bound=np.generic)

CONTEXT = 1.5
"""Sides of the window in units of the mask's longer side."""
LONGEST = 2
"""Longest side that a network works on, in units of its working size."""


@dataclass(frozen=True)
class Window:
    """Where to cut, and at which size to work.

    Attributes:
        box: x0, y0, x1, y1 in the photograph, half-open.
        size: width and height after shrinking; equal to the box's where nothing is shrunk.
        padded: width and height after padding at the right and the bottom to the network's multiple.
    """

    box: tuple[int, int, int, int]
    size: tuple[int, int]
    padded: tuple[int, int]

    @property
    def strategy(self) -> str:
        """What is done, for the record."""
        x0, y0, x1, y1 = self.box
        shrunk = f", shrunk to {self.size[0]}x{self.size[1]}" if self.size != (x1 - x0, y1 - y0) else ""
        return (
            f"crop {x1 - x0}x{y1 - y0} at ({x0}, {y0}){shrunk}, padded to {self.padded[0]}x{self.padded[1]}"
        )

    def batch(self, scene: Scene, mask: MaskArray, order: ChannelOrder) -> EditBatch:
        """The network's input. A pixel that covers any masked one is masked; ids are never interpolated."""
        x0, y0, x1, y1 = self.box
        cut = (slice(y0, y1), slice(x0, x1))
        image = self._pad(resize_image(scene.image[cut], *self.size))
        labels = self._pad(resize_map(scene.labels[cut], *self.size))
        instances = self._pad(resize_map(scene.instances[cut], *self.size))
        hidden = np.zeros(labels.shape, dtype=np.float32)
        hidden[: self.size[1], : self.size[0]] = _any(mask[cut], *self.size)
        return EditBatch(
            to_network(torch.from_numpy(image[None]), order),
            torch.from_numpy(labels[None]).long(),
            torch.from_numpy(instances[None]).long(),
            torch.from_numpy(hidden[None, None]),
        )

    def paste(self, painted: ImageArray, photograph: ImageArray, mask: MaskArray) -> ImageArray:
        """The photograph with painted pixels where the mask is True and its own bytes elsewhere.

        Args:
            painted: uint8 ``[H, W, 3]`` of the padded size.
            photograph: uint8 ``[H, W, 3]``.
            mask: bool ``[H, W]`` of the photograph's size; True only inside the box.
        """
        x0, y0, x1, y1 = self.box
        full = Image.fromarray(painted[: self.size[1], : self.size[0]])
        if full.size != (x1 - x0, y1 - y0):
            full = full.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC)
        result = photograph.copy()
        cut = (slice(y0, y1), slice(x0, x1))
        result[cut][mask[cut]] = np.asarray(full)[mask[cut]]
        return result

    def _pad(self, values: NDArray[T]) -> NDArray[T]:
        after = (self.padded[1] - values.shape[0], self.padded[0] - values.shape[1])
        widths = [(0, n) for n in after] + [(0, 0)] * (values.ndim - 2)
        return np.pad(values, widths, mode="edge")


def plan_window(mask: MaskArray, size: int, multiple: int) -> Window:
    """A window around the mask with context, as square as the photograph allows.

    Its sides are at least the working size and 1.5 times the mask's longer side. It is shrunk until its
    shorter side is the working size and its longer at most twice that; it is never enlarged.

    Args:
        mask: bool ``[H, W]`` with at least one True.
        size: working size of the network in pixels.
        multiple: the network takes sides that are multiples of this.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    side = max(size, round(CONTEXT * max(bottom - top, right - left)))
    x0, x1 = _span(left, right, side, width)
    y0, y1 = _span(top, bottom, side, height)
    scale = min(1.0, size / min(x1 - x0, y1 - y0), LONGEST * size / max(x1 - x0, y1 - y0))
    shrunk = (max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale)))
    padded = (-(-shrunk[0] // multiple) * multiple, -(-shrunk[1] // multiple) * multiple)
    return Window((x0, y0, x1, y1), shrunk, padded)


def _span(first: int, last: int, side: int, limit: int) -> tuple[int, int]:
    """An interval of ``side`` around [first, last) inside [0, limit)."""
    side = min(side, limit)
    start = min(max((first + last - side) // 2, 0), limit - side)
    return start, start + side


def _any(mask: MaskArray, width: int, height: int) -> MaskArray:
    """Shrink a mask so that a pixel is True if any of the pixels that it covers is."""
    if mask.shape == (height, width):
        return mask
    covered = Image.fromarray(mask.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(np.asarray(covered) > 0)
