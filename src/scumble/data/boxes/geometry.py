"""What augmentation does to box records, and their table for a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scumble.data.boxes.records import BoxArray, even_boxes

T = TypeVar("T", bound=np.generic)


def clip_boxes(boxes: BoxArray, top: int, left: int, height: int, width: int) -> BoxArray:
    """The records of a crop; objects outside it are dropped.

    The boxes are made even again and those with an extent below 2 dropped, as when they were made.

    Args:
        boxes: ``[K, 7]`` records of the whole map.
        top: first row of the crop.
        left: first column of the crop.
        height: of the crop in pixels.
        width: of the crop in pixels.

    Returns:
        ``[K', 7]`` records of the crop in the same order.
    """
    boxes = boxes.copy()
    # A box wholly outside loses all its extent, and with it goes.
    boxes[:, 1:3] = np.clip(boxes[:, 1:3] - top, 0, height)
    boxes[:, 3:5] = np.clip(boxes[:, 3:5] - left, 0, width)
    return even_boxes(boxes, height, width)


def flip_boxes(boxes: BoxArray, width: int) -> BoxArray:
    """The records of a map mirrored left to right.

    Args:
        boxes: records, ``[..., 7]``.
        width: of the map in pixels.
    """
    boxes = boxes.copy()
    boxes[..., 3:5] = width - boxes[..., [4, 3]]
    return boxes


def pad_boxes(boxes: Sequence[BoxArray]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The records of several pictures as one table.

    Args:
        boxes: ``[K, 7]`` records of each of B pictures.

    Returns:
        A table ``[B, largest K, 7]``, filled up with zeros, and the numbers of records ``[B]``.
    """
    counts = np.array([len(records) for records in boxes], dtype=np.int64)
    table = np.zeros((len(boxes), counts.max(initial=0), 7), dtype=np.int64)
    for rows, records in zip(table, boxes, strict=True):
        rows[: len(records)] = records
    return table, counts


def floor_resize(values: NDArray[T], width: int, height: int) -> NDArray[T]:
    """Nearest-neighbour resize of ``[H, W, ...]``, taking the upper left corner of every new pixel.

    The rule of OpenCV, by which the published boxes of squashed maps are made; `resize_map` takes centres,
    which moves borders by up to one pixel.
    """
    rows, columns = (
        # The reciprocal of a ratio, as OpenCV computes it: its rounding decides on exact multiples.
        np.minimum(np.floor(np.arange(new) * (1 / (new / old))).astype(np.intp), old - 1)
        for new, old in ((height, values.shape[0]), (width, values.shape[1]))
    )
    resized: NDArray[T] = values[rows[:, None], columns]
    return resized
