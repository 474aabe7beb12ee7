"""Training samples of the synthesis systems: a picture, its map, and where its objects with parts are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from scumble.data.boxes import BoxArray, object_boxes, object_codes
from scumble.data.draws import draw
from scumble.data.editing import Scenes
from scumble.data.preprocessing import Preprocessing

MOST_OBJECTS = 64
"""Objects of a picture whose parts are looked at; the largest are kept."""


class SynthesisSamples(torch.utils.data.Dataset[dict[str, Tensor]]):
    """Crop and mirror drawn from (seed, sample number) alone, so that nothing else matters.

    Args:
        scenes: where to take pictures from.
        preprocessing: how they come to the network's size.
        categories: class id to part category, in painting order; empty where parts are not wanted.
        seed: of everything that is random; None crops the middle, mirrors nothing and keeps the order.
    """

    def __init__(
        self, scenes: Scenes, preprocessing: Preprocessing, categories: Mapping[int, int], seed: int | None
    ) -> None:
        self.scenes = scenes
        self.preprocessing = preprocessing
        self.categories = dict(categories)
        self.seed = seed

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Sample ``number`` of an endless stream.

        Returns:
            ``image`` uint8 [H, W, 3], ``labels`` int32 [H, W], ``codes`` int32 [H, W] (part category * 1000
            + k, 0 for no object), ``boxes`` int64 [64, 7], ``count`` and ``number`` int64.
        """
        if self.seed is None:
            scene = self.preprocessing(self.scenes[number % len(self.scenes)])
        else:
            index, rng = draw(len(self.scenes), self.seed, number)
            scene = self.preprocessing(self.scenes[index], rng)
        codes = object_codes(scene.labels, scene.instances, self.categories)
        # Boxes are made of the map that the network sees, not of the file (``ipose``, quirk 17).
        boxes = object_boxes(codes, dict.fromkeys(self.categories.values()))
        kept = np.sort(np.argsort(-_areas(boxes), kind="stable")[:MOST_OBJECTS])
        table = np.zeros((MOST_OBJECTS, 7), dtype=np.int64)
        table[: len(kept)] = boxes[kept]
        return {
            "image": torch.from_numpy(scene.image.copy()),
            "labels": torch.from_numpy(scene.labels.copy()),
            "codes": torch.from_numpy(codes),
            "boxes": torch.from_numpy(table),
            "count": torch.tensor(len(kept)),
            "number": torch.tensor(number),
        }


def _areas(boxes: BoxArray) -> BoxArray:
    return (boxes[:, 2] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 3])
