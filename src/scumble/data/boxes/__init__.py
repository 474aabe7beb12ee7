"""Box records: where the objects of a picture lie whose parts iPOSE infers.

A map of object codes (`object_codes`, `ade20k_codes`, `coco_codes`; the instance map itself for Cityscapes)
goes through the augmentation like any other map; `object_boxes` makes the records of the result. The
published loaders make them before the augmentation and take them along: `published` does that with the
helpers of `geometry`.
"""

from scumble.data.boxes.codes import ade20k_codes, coco_codes, object_codes
from scumble.data.boxes.geometry import clip_boxes, flip_boxes, pad_boxes
from scumble.data.boxes.published import ade20k_boxes, cityscapes_boxes, coco_boxes
from scumble.data.boxes.records import BoxArray, object_boxes, region_boxes

__all__ = [
    "BoxArray",
    "ade20k_boxes",
    "ade20k_codes",
    "cityscapes_boxes",
    "clip_boxes",
    "coco_boxes",
    "coco_codes",
    "flip_boxes",
    "object_boxes",
    "object_codes",
    "pad_boxes",
    "region_boxes",
]
