"""How well what is painted from maps obeys them: a judge's accuracy over whole pictures.

The protocol ``maps``: evenly spaced test pictures, painted from their own maps with their number as the seed.
The judge segments what was painted and, beside it, the photographs, at their size; pixels without a class are
not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scumble.checkpoint import Checkpoint
from scumble.data.editing import Scenes
from scumble.metrics.editing import Judge
from scumble.metrics.segmentation import ConfusionMatrix
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.synthesize import synthesize
from scumble.scene import Scene


def evenly_spaced(scenes: Scenes, pictures: int) -> Iterator[tuple[int, Scene]]:
    """Numbers and scenes of a set, evenly spaced; all if there are no more than ``pictures``."""
    count = min(pictures, len(scenes))
    return ((index, scenes[index]) for index in (n * len(scenes) // count for n in range(count)))


def evaluate_maps(
    checkpoint: Checkpoint,
    scenes: Scenes,
    pictures: int,
    judge: Judge,
    *,
    supports: SupportStore | None = None,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, float]]:
    """Paint and judge maps.

    Args:
        checkpoint: of a synthesis system.
        scenes: the test split.
        pictures: how many of its maps to paint.
        judge: the segmentation network.
        supports: example part maps, in place of those of the checkpoint.
        progress: called after every picture.

    Returns:
        ``real`` and ``system`` -> pixel accuracy, mean class accuracy and mean IoU, in 0..1.
    """
    dont_care = checkpoint.label_space.dont_care
    classes = len(checkpoint.label_space) if dont_care is None else dont_care
    confusion = {name: ConfusionMatrix(classes) for name in ("real", "system")}
    for index, scene in evenly_spaced(scenes, pictures):
        painted = synthesize(checkpoint, scene.labels, scene.instances, (index,), supports=supports)
        judged = judge.predict(np.stack([scene.image, painted.images[0]]))
        everywhere = np.ones(scene.labels.shape, dtype=np.bool_)
        for matrix, labels in zip(confusion.values(), judged, strict=True):
            matrix.update(labels, scene.labels, everywhere)
        progress()
    return {
        name: {
            "pixel_accuracy": round(matrix.pixel_accuracy(), 4),
            "mean_class_accuracy": round(matrix.mean_class_accuracy(), 4),
            "mean_iou": round(matrix.mean_iou(), 4),
        }
        for name, matrix in confusion.items()
    }
