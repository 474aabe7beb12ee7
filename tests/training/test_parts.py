"""From a preset of PartNet to a trained checkpoint."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from scumble.checkpoint import load_checkpoint
from scumble.data.parts.part_set import supports
from scumble.errors import ConfigError, DataError
from scumble.label_tables import voc_color
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.supports import shrink
from scumble.presets.partnet import partnet_real_tiny
from scumble.training.loop import train
from scumble.training.parts import PartPreset, PartTask, predict, shown_samples
from scumble.training.world import World
from tests.part_set_fixture import CAR, PERSON, write_part_set

CPU = torch.device("cpu")
WORLD = World(0, 1, CPU)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_part_set(tmp_path_factory.mktemp("parts") / "set")


def tiny(root: Path, **training: Any) -> PartPreset:
    preset = partnet_real_tiny()
    data = replace(preset.data, folder=str(root), description="two kinds of shapes", licence="free")
    return replace(preset, data=data, training=replace(preset.training, **training))


def weights(task: PartTask) -> dict[str, torch.Tensor]:
    return task.recipe.networks.state_dict()


def test_a_run_leaves_a_checkpoint_a_card_and_a_grid(root: Path, tmp_path: Path) -> None:
    preset = tiny(root)
    task = PartTask(preset)
    train(task, preset.training, tmp_path / "run", WORLD)

    checkpoint = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert (checkpoint.system, checkpoint.config) == ("partnet", preset.model)
    assert checkpoint.label_space.names == ("24 person", "26 car")
    assert (checkpoint.origin.images, checkpoint.origin.licence) == (4, "free")
    card = (tmp_path / "run" / "checkpoint" / "README.md").read_text()
    assert "* Categories: 24 person, 26 car" in card
    assert "* Data: two kinds of shapes" in card

    with Image.open(tmp_path / "run" / "grids" / "00000004.png") as picture:
        grid = np.array(picture)
    assert grid.shape == (24 * 64, 3 * 64, 3)
    outline, found, truth = (grid[:, i : i + 64] for i in (0, 64, 128))
    assert {tuple(c) for c in outline.reshape(-1, 3).tolist()} == {(0, 0, 0), (255, 255, 255)}
    colours = {voc_color(i) for i in (0, 1, 2, 4, 5)}
    assert {tuple(c) for c in truth.reshape(-1, 3).tolist()} == colours
    # Outside the outline nothing is found, and inside only parts that a support shows.
    assert {tuple(c) for c in found.reshape(-1, 3).tolist()} <= colours
    assert not found[outline[..., 0] == 0].any()
    assert isinstance(checkpoint.network, PartNet)
    again = predict(checkpoint.network, task.store, task.batch(task.shown, CPU))
    palette = np.array([voc_color(i) for i in range(9)], np.uint8)
    assert np.array_equal(found, palette[again.numpy()].reshape(24 * 64, 64, 3))


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_support_maps_are_in_the_checkpoint_only_if_they_may_be(
    root: Path, tmp_path: Path, where: Any
) -> None:
    preset = tiny(root)
    task = PartTask(replace(preset, data=replace(preset.data, supports=where)))
    task.save(task.recipe.network, tmp_path / "net", 7, kept=True)
    checkpoint = load_checkpoint(tmp_path / "net")
    card = (tmp_path / "net" / "README.md").read_text()
    if where == "outside":
        assert checkpoint.supports is None
        assert "Support maps: not in this folder" in card
        assert sorted(p.name for p in (tmp_path / "net").glob("*.safetensors")) == ["model.safetensors"]
        return
    assert "Support maps: in this folder" in card
    assert checkpoint.supports is not None
    assert set(checkpoint.supports.maps) == {PERSON, CAR}
    for category, maps in checkpoint.supports.maps.items():
        # The fixed ones alone: the others that training draws from are not needed any more.
        (expected,) = supports(root, category, 1)
        assert np.array_equal(maps, shrink(expected)[None])
    assert len(task.store.maps[CAR]) == 4


def test_a_run_that_is_continued_ends_with_the_same_weights(root: Path, tmp_path: Path) -> None:
    whole = PartTask(tiny(root))
    train(whole, tiny(root).training, tmp_path / "whole", WORLD)
    train(PartTask(tiny(root)), tiny(root, total_images=2).training, tmp_path / "parts", WORLD)
    parts = PartTask(tiny(root))
    train(parts, tiny(root).training, tmp_path / "parts", WORLD)
    assert all(torch.equal(value, weights(parts)[name]) for name, value in weights(whole).items())
    digests = {load_checkpoint(tmp_path / run / "checkpoint").digest for run in ("whole", "parts")}
    assert len(digests) == 1


def test_the_first_weights_depend_on_the_seed_alone(root: Path) -> None:
    before = torch.random.get_rng_state()
    first = weights(PartTask(tiny(root, seed=3)))
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.rand(7)
    again = weights(PartTask(tiny(root, seed=3)))
    assert all(torch.equal(value, first[name]) for name, value in again.items())
    other = weights(PartTask(tiny(root, seed=4)))
    assert not any(torch.equal(other[name], first[name]) for name in first if first[name].ndim == 4)


def test_a_batch_knows_its_categories(root: Path) -> None:
    task = PartTask(tiny(root))
    samples = task.samples(task.preset.training.phases[0])
    collated = torch.utils.data.default_collate([samples[i] for i in (5, 6, 7)])
    batch = task.batch(collated, CPU)
    assert batch.categories == tuple(collated["category"].tolist())
    assert (batch.shapes.shape, batch.shapes.dtype) == ((3, 1, 64, 64), torch.float32)
    assert set(batch.shapes.flatten().tolist()) == {0, 1}
    assert torch.equal(batch.parts, collated["parts"].long())


def test_parts_are_found_alike_whatever_else_is_in_the_batch(root: Path) -> None:
    task = PartTask(tiny(root))
    network = task.recipe.network.eval()
    batch = task.batch(shown_samples(root, [PERSON, CAR]), CPU)
    together = predict(network, task.store, batch)
    for i in (0, 23):
        alone = replace(batch, shapes=batch.shapes[i : i + 1], categories=batch.categories[i : i + 1])
        differing = (predict(network, task.store, alone)[0] != together[i]).float().mean()
        assert differing < 0.001
    assert not together[batch.shapes[:, 0] == 0].any()


def test_some_categories_can_be_chosen(root: Path) -> None:
    preset = tiny(root)
    task = PartTask(replace(preset, data=replace(preset.data, categories=(CAR,))))
    assert set(task.store.maps) == {CAR}
    samples = task.samples(preset.training.phases[0])
    assert {int(samples[i]["category"]) for i in range(4)} == {CAR}
    assert set(task.shown["category"].tolist()) == {CAR}


def test_grids_show_categories_with_validation_objects(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "set")
    shutil.rmtree(tmp_path / "set" / str(PERSON) / "val")
    task = PartTask(tiny(tmp_path / "set"))
    assert set(task.shown["category"].tolist()) == {CAR}
    assert task.categories == (PERSON, CAR)


def test_a_set_that_grids_cannot_be_made_of_is_refused_before_training(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "set")
    for category in (PERSON, CAR):
        shutil.rmtree(tmp_path / "set" / str(category) / "val")
    with pytest.raises(DataError, match=r"24/val holds no \*_label\.png"):
        PartTask(tiny(tmp_path / "set"))


def test_a_folder_that_is_no_part_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent holds no part set; make one with scumble data parts"):
        PartTask(tiny(tmp_path / "absent"))


def test_a_category_without_supports_is_refused(root: Path) -> None:
    preset = tiny(root)
    with pytest.raises(DataError, match=r"support_shape/1/25 holds 0 \*part\.png; expected at least 1"):
        PartTask(replace(preset, data=replace(preset.data, categories=(CAR, 25))))
    with pytest.raises(DataError, match=r"support_shape/5/24 holds 0 \*part\.png; expected at least 5"):
        PartTask(replace(preset, model=replace(preset.model, supports=5)))
