"""How well what is painted from maps obeys them: a judge's accuracy over whole pictures.

The protocol ``maps``: evenly spaced test pictures, painted from their own maps with their number as the seed.
The judge segments what was painted and, beside it, the photographs, at their size; pixels without a class are
not counted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scumble.checkpoint import Checkpoint
from scumble.data.editing import Scenes, evenly_spaced
from scumble.metrics.editing import Judge
from scumble.metrics.segmentation import ConfusionMatrix, counted_classes
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.synthesize import SynthesisSession


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
    classes = counted_classes(checkpoint.label_space)
    confusion = {name: ConfusionMatrix(classes) for name in ("real", "system")}
    session = SynthesisSession(checkpoint, supports=supports)
    for index, scene in evenly_spaced(scenes, pictures):
        painted = session(scene.labels, scene.instances, (index,))
        judged = judge.predict(np.stack([scene.image, painted.images[0]]))
        for matrix, labels in zip(confusion.values(), judged, strict=True):
            matrix.update(labels, scene.labels)
        progress()
    return {name: matrix.scores() for name, matrix in confusion.items()}
