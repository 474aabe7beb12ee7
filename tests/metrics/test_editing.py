"""The protocol that judges fills of holes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scumble.data.masks import EVALUATION_KINDS
from scumble.label_space import LabelSpace
from scumble.metrics.editing import FILLS, HoleScores, HoleTask, evaluate_holes, hole_tasks, mean_colour_fill
from scumble.scene import Scene
from tests.editing_fixture import scene, untrained


class Scenes:
    """Ten scenes that are never all taken."""

    label_space = LabelSpace.load("camvid")

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Scene:
        return scene(seed=index)


class Oracle:
    """Says what the label map of the only scene says, whatever it is shown."""

    def __init__(self, labels: NDArray[np.int32]) -> None:
        self.labels = labels

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        return np.stack([self.labels.astype(np.int64)] * len(images))


def test_pictures_are_evenly_spaced_and_masks_are_fixed() -> None:
    first, second = list(hole_tasks(Scenes(), 3, 0)), list(hole_tasks(Scenes(), 3, 0))
    assert [task.index for task in first] == [0, 0, 0, 3, 3, 3, 6, 6, 6]
    assert [task.kind for task in first[:3]] == list(EVALUATION_KINDS)
    assert all((a.mask == b.mask).all() for a, b in zip(first, second, strict=True))
    assert any((a.mask != b.mask).any() for a, b in zip(first, hole_tasks(Scenes(), 3, 1), strict=True))


def test_mean_colour_fill_takes_what_is_visible_of_each_class() -> None:
    space = LabelSpace.load("camvid")
    labels = np.array([[0, 0, 3, 3, 8]], dtype=np.int32)
    image = np.array([[[10] * 3, [99] * 3, [20] * 3, [40] * 3, [99] * 3]], dtype=np.uint8)
    mask = np.array([[False, True, False, False, True]])
    filled = mean_colour_fill(Scene(image, labels, labels, space), mask)
    # The car is wholly hidden: it takes the mean of the three visible pixels, 70 / 3.
    assert filled[0, :, 0].tolist() == [10, 10, 20, 40, 23]


def test_mean_colour_fill_of_a_wholly_hidden_picture_is_grey() -> None:
    drawn = scene()
    assert (mean_colour_fill(drawn, np.ones(drawn.labels.shape, dtype=bool)) == 128).all()


def test_only_pixels_of_the_hole_with_a_class_are_scored() -> None:
    drawn = scene()
    mask = np.zeros(drawn.labels.shape, dtype=bool)
    mask[:, :80] = True
    task = HoleTask(0, "box", drawn, mask)
    wrong_outside = np.where(mask, drawn.labels, (drawn.labels + 1) % 11).astype(np.int64)
    scores = HoleScores(11)
    scores.add(task, drawn.image, wrong_outside)
    assert scores.scores()["pixel_accuracy"] == 1
    assert scores.scores()["l1"] == 0
    assert scores.confusion.counts.sum() == ((drawn.labels != 11) & mask).sum()


def test_l1_is_per_channel_in_8_bit_units() -> None:
    drawn = scene()
    mask = np.zeros(drawn.labels.shape, dtype=bool)
    mask[0, 0] = True
    filled = drawn.image.copy()
    filled[0, 0] = 255 - drawn.image[0, 0]
    scores = HoleScores(11)
    scores.add(HoleTask(0, "box", drawn, mask), filled, drawn.labels.astype(np.int64))
    expected = np.abs(255 - 2 * drawn.image[0, 0].astype(int)).mean()
    assert scores.scores()["l1"] == pytest.approx(expected, abs=1e-3)


def test_every_kind_and_fill_is_reported() -> None:
    tasks = list(hole_tasks(Scenes(), 1, 0))
    oracle = Oracle(tasks[0].scene.labels)
    scores = evaluate_holes(untrained(), tasks, oracle)
    assert set(scores) == {*EVALUATION_KINDS, "all"}
    for fills in scores.values():
        assert set(fills) == set(FILLS)
        assert fills["real"]["l1"] == 0
        assert fills["system"]["l1"] > 0
        assert fills["system"]["pixel_accuracy"] == 1
