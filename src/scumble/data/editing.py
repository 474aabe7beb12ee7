"""Training samples of the editing systems: a window of a scene, and a mask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from scumble.data.draws import draw
from scumble.data.masks import MaskKind, training_mask
from scumble.data.transforms import random_window
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_space import LabelSpace
from scumble.scene import Scene


class Scenes(Protocol):
    """A data set that yields scenes of one label space."""

    label_space: LabelSpace

    def __len__(self) -> int:
        """Number of scenes."""
        ...

    def __getitem__(self, index: int) -> Scene:
        """One scene."""
        ...


def evenly_spaced(scenes: Scenes, count: int) -> Iterator[tuple[int, Scene]]:
    """Numbers and scenes of a set, evenly spaced; all if there are no more than ``count``."""
    chosen = min(count, len(scenes))
    return ((index, scenes[index]) for index in (n * len(scenes) // chosen for n in range(chosen)))


class SceneCache:
    """Scenes kept in memory once they are read: all of a small set, the first ones of a large set.

    Nothing is dropped for a scene that is read later: every scene comes once in a pass, so that those which
    were read last are needed no sooner than others.

    Args:
        scenes: what to keep.
        most: bytes that their arrays may take; scenes beyond are read again whenever they are asked for.
    """

    def __init__(self, scenes: Scenes, most: int = 4 * 2**30) -> None:
        self.scenes = scenes
        self._room = most
        self.label_space = scenes.label_space
        self._kept: dict[int, Scene] = {}

    def __len__(self) -> int:
        return len(self.scenes)

    def __getitem__(self, index: int) -> Scene:
        """One scene; if there was room, it is read once in this process."""
        if index in self._kept:
            return self._kept[index]
        scene = self.scenes[index]
        maps = (scene.image, scene.labels, scene.instances, scene.parts)
        size = sum(array.nbytes for array in maps if array is not None)
        if size <= self._room:
            self._room -= size
            self._kept[index] = scene
        return scene


class EditingSamples(torch.utils.data.Dataset[dict[str, Tensor]]):
    """Window, mirror and mask drawn from (seed, sample number) alone, so that nothing else matters.

    Every picture comes once in a pass, see `draw`.

    Args:
        scenes: where to cut.
        size: side of a sample.
        smallest: smallest side of a window before resizing.
        largest: largest side of a window; None for the shorter side of the photograph.
        masks: kinds to draw from, uniformly.
        seed: of everything that is random.
    """

    def __init__(
        self,
        scenes: Scenes,
        *,
        size: int,
        smallest: int,
        largest: int | None = None,
        masks: Sequence[MaskKind],
        seed: int,
    ) -> None:
        self.scenes = scenes
        self.size = size
        self.smallest = smallest
        self.largest = largest
        self.masks = tuple(masks)
        self.seed = seed

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Sample ``number`` of an endless stream.

        Returns:
            ``image`` uint8 [H, W, 3], ``labels`` and ``instances`` int32 [H, W], ``mask`` bool [H, W].
        """
        index, rng = draw(len(self.scenes), self.seed, number)
        scene = self.scenes[index]
        window = random_window(scene, rng, self.size, self.smallest, largest=self.largest)
        things = np.unique(window.instances)
        things = things[things >= INSTANCES_PER_CLASS]
        kind = self.masks[int(rng.integers(len(self.masks)))]
        mask = training_mask(kind, rng, window.labels, window.instances, things)
        arrays = {"image": window.image, "labels": window.labels, "instances": window.instances, "mask": mask}
        return {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
