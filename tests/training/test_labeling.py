"""From a preset of the labeler to a trained checkpoint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from scumble.checkpoint import load_checkpoint
from scumble.errors import ConfigError
from scumble.models.labeler.network import Labeler
from scumble.models.labeler.recipe import LabelBatch
from scumble.presets.labeler import labeler_camvid_tiny
from scumble.training.labeling import LabelingPreset, LabelingTask, count_pixels
from scumble.training.loop import train
from scumble.training.world import World
from tests.miniature import CAR, VOID

pytestmark = pytest.mark.usefixtures("data")

CPU = torch.device("cpu")
WORLD = World(0, 1, CPU)


def tiny(**training: Any) -> LabelingPreset:
    preset = labeler_camvid_tiny()
    return replace(preset, training=replace(preset.training, **training))


def weights(task: LabelingTask) -> dict[str, torch.Tensor]:
    return task.recipe.networks.state_dict()


def test_a_run_leaves_a_checkpoint_and_a_grid_of_photographs_and_maps(tmp_path: Path) -> None:
    preset = tiny()
    task = LabelingTask(preset)
    train(task, preset.training, tmp_path / "run", WORLD)

    checkpoint = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert (checkpoint.system, checkpoint.config) == ("labeler", preset.model)
    assert (checkpoint.label_space, checkpoint.origin.images) == (task.scenes.label_space, 4)
    assert isinstance(checkpoint.network, Labeler)
    card = (tmp_path / "run" / "checkpoint" / "README.md").read_text()
    assert "windows\nof pictures" in card
    assert "void never predicted" in card

    with Image.open(tmp_path / "run" / "grids" / "00000004.png") as picture:
        grid = np.array(picture)
    assert grid.shape == (6 * 64, 3 * 64, 3)
    colours = {tuple(c) for c in checkpoint.label_space.palette.tolist()}
    assert {tuple(c) for c in grid[:, 64:].reshape(-1, 3).tolist()} <= colours
    found = checkpoint.network(task.batch(_grid_samples(task), CPU).image).argmax(1)[0]
    assert np.array_equal(grid[:64, 128:], checkpoint.label_space.colorize(found.numpy()))


def _grid_samples(task: LabelingTask) -> dict[str, torch.Tensor]:
    """The first sample that the grid shows."""
    plain = LabelingTask(replace(task.preset, jitter=0))
    samples = plain.samples(replace(task.preset.training.phases[0], smallest_window=64))
    samples.scenes = task.preset.data.scenes("test")
    return {name: value[None] for name, value in samples[0].items()}


def test_a_run_that_is_continued_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = LabelingTask(tiny())
    train(whole, tiny().training, tmp_path / "whole", WORLD)
    train(LabelingTask(tiny()), tiny(total_images=2).training, tmp_path / "parts", WORLD)
    parts = LabelingTask(tiny())
    train(parts, tiny().training, tmp_path / "parts", WORLD)
    assert all(torch.equal(value, weights(parts)[name]) for name, value in weights(whole).items())
    digests = {load_checkpoint(tmp_path / run / "checkpoint").digest for run in ("whole", "parts")}
    assert len(digests) == 1


def test_the_first_weights_depend_on_the_seed_alone() -> None:
    before = torch.random.get_rng_state()
    first = weights(LabelingTask(tiny(seed=3)))
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.rand(7)
    assert all(torch.equal(value, first[name]) for name, value in weights(LabelingTask(tiny(seed=3))).items())
    other = weights(LabelingTask(tiny(seed=4)))
    assert not any(torch.equal(other[name], first[name]) for name in first if first[name].ndim == 4)


def test_a_batch_is_rgb_in_minus_one_to_one() -> None:
    task = LabelingTask(tiny())
    samples = task.samples(task.preset.training.phases[0])
    collated = torch.utils.data.default_collate([samples[i] for i in range(2)])
    batch = task.batch(collated, CPU)
    assert isinstance(batch, LabelBatch)
    torch.testing.assert_close(batch.image, collated["image"].permute(0, 3, 1, 2) / 127.5 - 1)
    assert torch.equal(batch.labels, collated["labels"].long())
    assert batch.labels.dtype == torch.int64


def test_classes_are_weighed_by_their_pixels_in_the_training_set() -> None:
    task = LabelingTask(tiny())
    counts = count_pixels(task.scenes)
    assert counts.sum() == 3 * 160 * 128
    assert counts[CAR] == 3 * 30 * 40
    expected = (counts[1] / counts[CAR]) ** 0.5
    assert (task.recipe.weights[CAR] / task.recipe.weights[1]).item() == pytest.approx(expected, rel=1e-4)
    assert task.recipe.weights[VOID] == 0


def test_at_most_a_hundred_evenly_spaced_scenes_are_counted() -> None:
    scenes = tiny().data.scenes("train")

    class Many:
        label_space = scenes.label_space
        read: list[int] = []  # noqa: RUF012

        def __len__(self) -> int:
            return 250

        def __getitem__(self, index: int) -> Any:
            self.read.append(index)
            return scenes[0]

    many = Many()
    count_pixels(many)
    assert len(many.read) == 100
    assert many.read[:4] == [0, 2, 5, 7]
    assert many.read[-1] == 247


def test_the_classes_must_be_those_of_the_label_space() -> None:
    preset = replace(tiny(), model=replace(tiny().model, classes=11))
    with pytest.raises(
        ConfigError, match=r"model\.classes is 11, but the label space 'camvid' has 12 classes"
    ):
        LabelingTask(preset)


def test_samples_must_be_larger_than_what_is_reduced_to_one_pixel() -> None:
    phase = replace(tiny().training.phases[0], size=8)
    with pytest.raises(ConfigError, match="has size 8, but the network reduces 8 pixels to one"):
        tiny(phases=(phase,))


def test_jitter_is_a_share() -> None:
    with pytest.raises(ConfigError, match=r"jitter is 1\.5"):
        replace(tiny(), jitter=1.5)
