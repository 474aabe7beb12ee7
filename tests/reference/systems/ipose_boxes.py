"""Cases of the boxes of iPOSE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from scumble.data.boxes import (
    BoxArray,
    ade20k_boxes,
    cityscapes_boxes,
    clip_boxes,
    coco_boxes,
    flip_boxes,
    pad_boxes,
    region_boxes,
)
from scumble.data.boxes.geometry import floor_resize
from scumble.data.transforms import resize_map
from tests.reference.case import Array, Case, Computed


def boxes(case: Case) -> Computed:
    """Box records of one of the three loaders, and what augmentation makes of them."""
    arrays = _BOXES[case.config["dataset"]](case)
    return Computed({name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in arrays.items()})


def _cityscapes(case: Case) -> dict[str, Array]:
    maps = case.inputs["instance"]
    table, count = pad_boxes([cityscapes_boxes(ids, case.config["categories"]) for ids in maps])
    table[..., 5:] = 1  # in the published table the padding has it too
    return {
        "boxes": table,
        "count": count,
        "boxes_flipped": flip_boxes(table, maps.shape[2]),
        "instance_flipped": maps[:, :, ::-1],
    }


def _ade20k(case: Case) -> dict[str, Array]:
    files = [case.inputs[f"instance_{i}"] for i in range(len(case.config["sizes"]))]
    size, load_size = case.config["crop_size"], case.config["load_size"]
    outputs = {f"instance_{size}": np.stack([resize_map(file[..., 1], size, size)[None] for file in files])}

    records = [ade20k_boxes(file, size, size) for file in files]
    outputs["boxes"], outputs["count"] = pad_boxes(records)
    table, outputs["count_item"] = _cropped(records, 0, 0, size)
    outputs |= {"boxes_item": table, "boxes_item_flipped": flip_boxes(table, size)}

    large = [ade20k_boxes(file, load_size, load_size) for file in files]
    outputs[f"boxes_{load_size}"], outputs[f"count_{load_size}"] = pad_boxes(large)
    table, count = _cropped(large, case.config["crop_y"], case.config["crop_x"], size)
    outputs[f"boxes_{load_size}_cropped_flipped"] = flip_boxes(table, size)
    return {**outputs, f"count_{load_size}_cropped": count}


def _coco(case: Case) -> dict[str, Array]:
    size = case.config["crop_size"]
    numbers = range(len(case.config["sizes"]))
    pairs = [(case.inputs[f"label_{i}"], case.inputs[f"instance_{i}"]) for i in numbers]
    records = [coco_boxes(*pair, size, size) for pair in pairs]
    labels = [resize_map(label, size, size) for label, _ in pairs]
    outputs: dict[str, Array] = {f"stored_{i}": _stored(*pair, size) for i, pair in enumerate(pairs)}
    outputs["boxes"], outputs["count"] = pad_boxes(records)
    outputs["boxes_item"], _ = _cropped(records, 0, 0, size)
    # In 8 bits 255 + 1 is 0, as it should be.
    return {**outputs, "labels_item": np.stack(labels)[:, None] + np.uint8(1)}


def _cropped(records: list[BoxArray], top: int, left: int, size: int) -> tuple[Array, Array]:
    """The table of a crop, as long as that of the whole maps."""
    table, count = pad_boxes([*records, *(clip_boxes(r, top, left, size, size) for r in records)])
    return table[len(records) :], count[len(records) :]


def _stored(label: Array, instance: Array, size: int) -> Array:
    """The rows of the published box file: label value, instance value, box, original size."""
    pairs = floor_resize(label.astype(np.int32) * 1000 + instance, size, size)
    found = region_boxes(pairs, (label.shape[0], label.shape[1]))
    return np.column_stack([*np.divmod(found[:, 0], 1000), found[:, 1:]])


_BOXES: dict[str, Callable[[Case], dict[str, Array]]] = {
    "cityscapes": _cityscapes,
    "ade20k": _ade20k,
    "coco": _coco,
}

KINDS: dict[str, Callable[[Case], Computed]] = {"boxes": boxes}
