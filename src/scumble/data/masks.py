"""The five training masks of SPMPGAN and DivSem, one of ours, and fixed masks for evaluation.

Definitions and parameters are those of the SPMPGAN trainer at 256x256 (``spmpgan``, section 6); lengths
in pixels scale with the picture. All masks are bool ``[H, W]``, True = pixels to generate.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

MaskKind = Literal["free-form", "extension", "outpainting", "class", "instance", "object"]
MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)
PUBLISHED_MASK_KINDS: tuple[MaskKind, ...] = MASK_KINDS[:5]
"""Without ``object``, which is ours: see `object_box`."""

EvaluationKind = Literal["free-form", "box", "right-half"]
EVALUATION_KINDS: tuple[EvaluationKind, ...] = get_args(EvaluationKind)

Mask = NDArray[np.bool_]

_PUBLISHED_SIZE = 256


def free_form(rng: np.random.Generator, height: int, width: int) -> Mask:
    """One brush stroke: 4 to 8 segments of one width with a disc at every vertex.

    At 256x256 its share of the picture has mean 0.240 and median 0.220.
    """
    scale = math.sqrt(height * width) / _PUBLISHED_SIZE
    segments = int(rng.integers(4, 9))
    low = 2 * math.pi / 5 - rng.uniform(0, 2 * math.pi / 15)
    high = 2 * math.pi / 5 + rng.uniform(0, 2 * math.pi / 15)
    mean_length = math.hypot(height, width) / 8
    points = [(int(rng.integers(width)), int(rng.integers(height)))]
    for i in range(segments):
        angle = rng.uniform(low, high)
        if i % 2 == 0:
            angle = 2 * math.pi - angle
        length = float(np.clip(rng.normal(mean_length, mean_length // 2), 0, 2 * mean_length))
        x = np.clip(points[-1][0] + length * math.cos(angle), 0, width)
        y = np.clip(points[-1][1] + length * math.sin(angle), 0, height)
        points.append((int(x), int(y)))
    brush = max(1, int(rng.uniform(50, 140) * scale))
    canvas = Image.new("1", (width, height))
    draw = ImageDraw.Draw(canvas)
    draw.line(points, fill=1, width=brush)
    for x, y in points:
        draw.ellipse((x - brush // 2, y - brush // 2, x + brush // 2, y + brush // 2), fill=1)
    return np.asarray(canvas, dtype=bool)


def extension(height: int, width: int) -> Mask:
    """The right half."""
    mask = np.zeros((height, width), dtype=bool)
    mask[:, width // 2 :] = True
    return mask


def outpainting(rng: np.random.Generator, height: int, width: int) -> Mask:
    """Everything but a window of half the height and width whose corner lies in [1/8, 3/8]."""
    mask = np.ones((height, width), dtype=bool)
    top = int(rng.integers(height // 8, 3 * height // 8 + 1))
    left = int(rng.integers(width // 8, 3 * width // 8 + 1))
    mask[top : top + height // 2, left : left + width // 2] = False
    return mask


def one_class(rng: np.random.Generator, labels: NDArray[np.integer]) -> Mask:
    """All pixels of one class of the picture, drawn uniformly from those that occur."""
    return np.asarray(labels == rng.choice(np.unique(labels)), dtype=bool)


def instance_box(
    rng: np.random.Generator, instances: NDArray[np.integer], things: NDArray[np.integer]
) -> Mask:
    """The tight box of an instance drawn uniformly from ``things``; a stroke if there is none.

    The published boxes leave out the last row and column, so that a thin instance gives an empty mask;
    here they are kept.

    Args:
        rng: source of randomness.
        instances: instance map ``[H, W]``.
        things: ids of the map that count as objects.
    """
    height, width = instances.shape
    if not len(things):
        return free_form(rng, height, width)
    rows, columns = np.nonzero(instances == rng.choice(things))
    mask = np.zeros((height, width), dtype=bool)
    mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return mask


def object_box(rng: np.random.Generator, instances: NDArray[np.integer], things: NDArray[np.integer]) -> Mask:
    """The box of a large object and a margin: what people draw who add or remove an object.

    The published boxes are tight and most of them small, so that a network seldom makes a whole object up.
    This one is of an instance drawn from those that are at least an eighth of the picture high or wide,
    grown at each side by 0 to 15 % of its size; a stroke if there is none.

    Args:
        rng: source of randomness.
        instances: instance map ``[H, W]``.
        things: ids of the map that count as objects.
    """
    height, width = instances.shape
    boxes = []
    for thing in things:
        rows, columns = (np.flatnonzero((instances == thing).any(axis)) for axis in (1, 0))
        box = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        if box[1] - box[0] >= height / 8 or box[3] - box[2] >= width / 8:
            boxes.append(box)
    if not boxes:
        return free_form(rng, height, width)
    top, bottom, left, right = boxes[int(rng.integers(len(boxes)))]
    up, down = (int(rng.uniform(0, 0.15) * (bottom - top)) for _ in range(2))
    west, east = (int(rng.uniform(0, 0.15) * (right - left)) for _ in range(2))
    mask = np.zeros((height, width), dtype=bool)
    mask[max(top - up, 0) : bottom + down, max(left - west, 0) : right + east] = True
    return mask


def training_mask(
    kind: MaskKind,
    rng: np.random.Generator,
    labels: NDArray[np.integer],
    instances: NDArray[np.integer],
    things: NDArray[np.integer],
) -> Mask:
    """A mask of one of the kinds for a picture with these maps ``[H, W]``."""
    height, width = labels.shape
    if kind == "free-form":
        return free_form(rng, height, width)
    if kind == "extension":
        return extension(height, width)
    if kind == "outpainting":
        return outpainting(rng, height, width)
    if kind == "class":
        return one_class(rng, labels)
    if kind == "object":
        return object_box(rng, instances, things)
    return instance_box(rng, instances, things)


def evaluation_mask(kind: EvaluationKind, seed: int, index: int, height: int, width: int) -> Mask:
    """The fixed mask of picture ``index`` in an evaluation; it depends on nothing but the arguments.

    ``box`` has sides of 25 to 50 % of the picture's, at a uniform place.
    """
    rng = np.random.default_rng([seed, EVALUATION_KINDS.index(kind), index])
    if kind == "free-form":
        return free_form(rng, height, width)
    if kind == "right-half":
        return extension(height, width)
    mask = np.zeros((height, width), dtype=bool)
    box_height = int(rng.integers(height // 4, height // 2 + 1))
    box_width = int(rng.integers(width // 4, width // 2 + 1))
    top, left = int(rng.integers(height - box_height + 1)), int(rng.integers(width - box_width + 1))
    mask[top : top + box_height, left : left + box_width] = True
    return mask
