"""Pixel accuracy and mean intersection over union, accumulated over a whole set of label maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scumble.errors import ConfigError, InputError
from scumble.label_space import LabelSpace


def counted_classes(label_space: LabelSpace) -> int:
    """How many classes count, from 0 on: those before the don't-care class, where there is one."""
    return len(label_space) if label_space.dont_care is None else label_space.dont_care


class ConfusionMatrix:
    """Counts how often each true class was predicted as each class.

    Pixels whose true id lies outside ``0 .. classes - 1``, such as a don't-care id, are not counted. A
    counted pixel that was predicted as no class (a judge may say "void") is wrong, and counts in no other
    class's union. All scores are shares in 0..1, and NaN while nothing has been counted.

    Args:
        classes: number of classes, at least 1.

    Attributes:
        counts: int64 ``[classes, classes + 1]``; rows are true classes, columns predicted ones; the
            last column is for predictions of no class.

    Raises:
        ConfigError: no classes.
    """

    def __init__(self, classes: int) -> None:
        if classes < 1:
            raise ConfigError(f"confusion matrix: {classes} classes are not possible, at least 1 is needed.")
        self.classes = classes
        self.counts: NDArray[np.int64] = np.zeros((classes, classes + 1), dtype=np.int64)

    def update(
        self,
        prediction: NDArray[np.integer],
        target: NDArray[np.integer],
        where: NDArray[np.bool_] | None = None,
    ) -> None:
        """Counts the pixels of one or more label maps.

        Args:
            prediction: predicted ids, any shape.
            target: true ids of the same shape; ids of no class are skipped.
            where: True for the pixels to count (for example the edited ones), same shape; None counts all.

        Raises:
            InputError: the shapes differ, or the ids are not integers.
        """
        if prediction.shape != target.shape or (where is not None and where.shape != target.shape):
            shapes = [prediction.shape, target.shape, *([] if where is None else [where.shape])]
            raise InputError(
                f"confusion matrix: prediction, target, mask have the shapes {', '.join(map(str, shapes))}; "
                "they must be equal: resize the label map to the prediction by nearest neighbour."
            )
        for name, ids in (("prediction", prediction), ("target", target)):
            if not np.issubdtype(ids.dtype, np.integer):
                raise InputError(f"confusion matrix: the {name} holds {ids.dtype}, expected integer ids.")
        counted = (target >= 0) & (target < self.classes)
        if where is not None:
            counted &= where
        predicted, true = prediction[counted].astype(np.int64), target[counted].astype(np.int64)
        predicted[(predicted < 0) | (predicted >= self.classes)] = self.classes
        pairs = np.bincount(true * (self.classes + 1) + predicted, minlength=self.counts.size)
        self.counts += pairs.reshape(self.counts.shape)

    def pixel_accuracy(self) -> float:
        """The share of counted pixels that are right."""
        total = self.counts.sum()
        return float(np.trace(self.counts) / total) if total else float("nan")

    def mean_class_accuracy(self) -> float:
        """The share of right pixels of each true class, averaged over the classes in the targets."""
        hits, whole = np.diagonal(self.counts), self.counts.sum(axis=1)
        present = whole > 0
        return float((hits[present] / whole[present]).mean()) if present.any() else float("nan")

    def mean_iou(self) -> float:
        """Intersection over union, averaged over the classes that occur in targets or predictions."""
        return float(np.nanmean(self.iou())) if self.counts.any() else float("nan")

    def scores(self) -> dict[str, float]:
        """Pixel accuracy, mean class accuracy and mean IoU in 0..1, to four places."""
        return {
            "pixel_accuracy": round(self.pixel_accuracy(), 4),
            "mean_class_accuracy": round(self.mean_class_accuracy(), 4),
            "mean_iou": round(self.mean_iou(), 4),
        }

    def iou(self) -> NDArray[np.float64]:
        """Intersection over union ``[classes]``; NaN for a class in neither targets nor predictions."""
        hits = np.diagonal(self.counts)
        union = self.counts.sum(axis=0)[:-1] + self.counts.sum(axis=1) - hits
        return np.where(union > 0, hits / np.maximum(union, 1), np.nan)
