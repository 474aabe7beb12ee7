"""How well an editing system fills holes: a judge's accuracy and the L1 distance inside the hole.

The protocol ``holes``: evenly spaced test pictures, one fixed mask of each kind for each, the picture's own
maps. The judge segments the whole composite at the picture's size; pixels outside the hole or without a class
are not counted. The same scores for the untouched picture and for a fill with each class's mean visible
colour stand beside the system's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scumble.checkpoint import Checkpoint
from scumble.data.editing import Scenes, evenly_spaced
from scumble.data.masks import EVALUATION_KINDS, EvaluationKind, evaluation_mask
from scumble.edit import Edit, FreeMask
from scumble.metrics.segmentation import ConfusionMatrix, counted_classes
from scumble.pipelines.edit import edit_scene
from scumble.scene import ImageArray, MaskArray, Scene


class Judge(Protocol):
    """A segmentation network."""

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Labels ``[B, H, W]`` of pictures ``[B, H, W, 3]``."""
        ...


FILLS = ("real", "system", "mean colour")
"""What is put into the hole."""


@dataclass(frozen=True, eq=False)
class HoleTask:
    """One picture with one hole.

    Attributes:
        index: number of the picture in its set.
        kind: of the mask.
        scene: the picture and its maps.
        mask: the hole.
    """

    index: int
    kind: EvaluationKind
    scene: Scene
    mask: MaskArray


def hole_tasks(scenes: Scenes, pictures: int, seed: int) -> Iterator[HoleTask]:
    """All kinds of holes in evenly spaced pictures of a set.

    Args:
        scenes: the test split.
        pictures: how many of its pictures to take; all if there are fewer.
        seed: of the masks.
    """
    for index, scene in evenly_spaced(scenes, pictures):
        width, height = scene.size
        for kind in EVALUATION_KINDS:
            yield HoleTask(index, kind, scene, evaluation_mask(kind, seed, index, height, width))


def mean_colour_fill(scene: Scene, mask: MaskArray) -> ImageArray:
    """The photograph with every masked pixel in the mean colour of its class's visible pixels.

    A class of which nothing is visible takes the mean of all visible pixels; mid grey if there are none.
    """
    classes = len(scene.label_space)
    visible = scene.labels[~mask]
    counts = np.bincount(visible, minlength=classes)
    sums = np.stack(
        [np.bincount(visible, scene.image[..., c][~mask], minlength=classes) for c in range(3)], axis=1
    )
    overall = sums.sum(0) / counts.sum() if counts.sum() else np.full(3, 128.0)
    means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], overall)
    filled = scene.image.copy()
    filled[mask] = means[scene.labels[mask]].round().astype(np.uint8)
    return filled


class HoleScores:
    """Accumulates the scores of one fill over holes.

    Args:
        classes: classes that count, numbered from 0; other ids do not.
    """

    def __init__(self, classes: int) -> None:
        self.confusion = ConfusionMatrix(classes)
        self.distance = 0.0
        self.pixels = 0

    def add(self, task: HoleTask, filled: ImageArray, judged: NDArray[np.int64]) -> None:
        """Count one hole, with the judge's labels ``[H, W]`` of the filled picture."""
        self.confusion.update(judged, task.scene.labels, task.mask)
        difference = np.abs(filled[task.mask].astype(np.int64) - task.scene.image[task.mask])
        self.distance += float(difference.mean(1).sum())
        self.pixels += int(task.mask.sum())

    def scores(self) -> dict[str, float]:
        """Pixel accuracy, mean class accuracy, mean IoU in 0..1, and L1 per channel in 0..255."""
        return {**self.confusion.scores(), "l1": round(self.distance / max(self.pixels, 1), 3)}


def evaluate_holes(
    checkpoint: Checkpoint,
    tasks: Iterable[HoleTask],
    judge: Judge,
    *,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, dict[str, float]]]:
    """Fill and judge holes.

    Args:
        checkpoint: of an editing system.
        tasks: pictures with holes; the number of the picture is the seed of the styles.
        judge: the segmentation network.
        progress: called after every hole.

    Returns:
        Kind of hole (or ``all``) -> fill -> scores.
    """
    classes = counted_classes(checkpoint.label_space)
    kinds = (*EVALUATION_KINDS, "all")
    totals = {(kind, fill): HoleScores(classes) for kind in kinds for fill in FILLS}
    for task in tasks:
        result = edit_scene(checkpoint, task.scene, Edit((FreeMask(task.mask),)), (task.index,))
        filled = {
            "real": task.scene.image,
            "system": result.samples[0].image,
            "mean colour": mean_colour_fill(task.scene, task.mask),
        }
        judged = judge.predict(np.stack(list(filled.values())))
        for (fill, picture), labels in zip(filled.items(), judged, strict=True):
            totals[task.kind, fill].add(task, picture, labels)
            totals["all", fill].add(task, picture, labels)
        progress()
    return {
        kind: {fill: totals[kind, fill].scores() for fill in FILLS}
        for kind in kinds
        if totals[kind, "real"].pixels
    }
