"""How well a labeler knows what is where: its label maps beside those of the set.

The protocol ``labels``: evenly spaced test pictures at their size; pixels without a class are not counted.
"""

from __future__ import annotations

from collections.abc import Callable

from scumble.checkpoint import Checkpoint
from scumble.data.editing import Scenes, evenly_spaced
from scumble.metrics.segmentation import ConfusionMatrix, counted_classes
from scumble.pipelines.label import label_image


def evaluate_labels(
    checkpoint: Checkpoint,
    scenes: Scenes,
    pictures: int,
    *,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> ConfusionMatrix:
    """Label pictures.

    Args:
        checkpoint: of a labeler, or what `scumble.pipelines.segmenters.load_segmenter` returns.
        scenes: the test split.
        pictures: how many of its pictures to label.
        device: where to compute.
        progress: called after every picture.

    Raises:
        CheckpointError: the checkpoint is of another system.
    """
    confusion = ConfusionMatrix(counted_classes(checkpoint.label_space))
    for _, scene in evenly_spaced(scenes, pictures):
        confusion.update(label_image(checkpoint, scene.image, device=device).labels, scene.labels)
        progress()
    return confusion
