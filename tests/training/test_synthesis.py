"""Training of OASIS and iPOSE, and painting with what comes out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli import main
from scumble.data.parts.build import build_part_set
from scumble.data.parts.street_objects import street_pictures
from scumble.errors import ConfigError, DataError, InputError
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.pipelines.synthesize import synthesize
from scumble.presets import ALL_PRESETS
from scumble.presets.ipose import ipose_streets_tiny
from scumble.streets import Streets
from scumble.training.synthesis import PartNetSource, SynthesisPreset, SynthesisTask, build_generator

SCENE = Streets("test", 3, 150, 100)[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part set, PartNet and iPOSE, all tiny, made by the commands."""
    root = tmp_path_factory.mktemp("ipose")
    build_part_set(root / "parts", street_pictures(20, 160, 120))
    words = ["--data.folder", str(root / "parts"), "--data.supports", "inside"]
    assert main(["train", "partnet-real-tiny", *words, "--run-dir", str(root / "partnet")]) == 0
    words = ["--parts.checkpoint", str(root / "partnet" / "checkpoint"), "--parts.shipped"]
    assert main(["train", "ipose-streets-tiny", *words, "--run-dir", str(root / "ipose")]) == 0
    return root


@pytest.fixture
def checkpoint(folder: Path) -> Checkpoint:
    return load_checkpoint(folder / "ipose" / "checkpoint")


def with_parts(folder: Path) -> SynthesisPreset:
    return replace(ipose_streets_tiny(), parts=PartNetSource(str(folder / "partnet" / "checkpoint")))


def test_training_leaves_a_log_a_grid_and_a_checkpoint_with_supports(
    folder: Path, checkpoint: Checkpoint
) -> None:
    rows = [json.loads(line) for line in (folder / "ipose" / "stats.jsonl").read_text().splitlines()]
    assert {"segmented", "whole", "d_fake", "d_real", "d_labelmix"} <= rows[-1].keys()
    assert (folder / "ipose" / "grids" / "00000004.png").is_file()
    assert (checkpoint.system, checkpoint.origin.images) == ("ipose", 4)
    assert checkpoint.supports is not None
    assert sorted(checkpoint.supports.maps) == [24, 25, 26]


def test_partnet_is_not_changed_by_the_training_of_ipose(folder: Path, checkpoint: Checkpoint) -> None:
    trained = load_checkpoint(folder / "partnet" / "checkpoint").network.state_dict()
    assert isinstance(checkpoint.network, IPOSEGenerator)
    for name, value in checkpoint.network.partnet.state_dict().items():
        torch.testing.assert_close(value, trained[name])


def test_a_seed_gives_the_same_picture_alone_and_among_others(checkpoint: Checkpoint) -> None:
    together = synthesize(checkpoint, SCENE.labels, SCENE.instances, (4, 5, 6))
    alone = synthesize(checkpoint, SCENE.labels, SCENE.instances, (5,))
    assert together.images[1].shape == (100, 150, 3)
    assert np.array_equal(together.images[1], alone.images[0])
    assert together.parts is not None
    assert together.parts.shape == (100, 150)
    assert not together.parts[SCENE.labels == 0].any()  # the sky has no parts


def test_other_parts_change_the_picture(checkpoint: Checkpoint) -> None:
    generator = torch.Generator().manual_seed(0)
    for name, parameter in checkpoint.network.named_parameters():
        if not name.startswith("partnet."):
            parameter.data.normal_(0, 0.3, generator=generator)  # four pictures teach nothing but grey
    found = synthesize(checkpoint, SCENE.labels, SCENE.instances, (0,))
    assert found.parts is not None
    same = synthesize(checkpoint, SCENE.labels, SCENE.instances, (0,), parts=found.parts)
    assert np.abs(same.images[0].astype(int) - found.images[0]).max() <= 1
    assert found.parts.any()
    none = synthesize(checkpoint, SCENE.labels, SCENE.instances, (0,), parts=np.zeros_like(found.parts))
    assert not np.array_equal(none.images[0], found.images[0])


def test_bad_part_maps_are_refused(checkpoint: Checkpoint) -> None:
    wrong = np.zeros_like(SCENE.labels)
    wrong[7, 9] = 9
    with pytest.raises(InputError, match="part 9 at x=9, y=7; expected 0"):
        synthesize(checkpoint, SCENE.labels, SCENE.instances, (0,), parts=wrong)
    with pytest.raises(InputError, match="expected the same size"):
        synthesize(checkpoint, SCENE.labels, SCENE.instances, (0,), parts=wrong[1:])
    with pytest.raises(InputError, match="expected the same size"):
        synthesize(checkpoint, SCENE.labels, SCENE.instances[1:], (0,))


@pytest.mark.parametrize("size", [(1, 1), (31, 33), (64, 96)])
def test_maps_of_any_size_without_objects_are_painted(checkpoint: Checkpoint, size: tuple[int, int]) -> None:
    nothing = np.zeros(size, np.int32)
    assert synthesize(checkpoint, nothing, nothing, (0,)).images[0].shape == (*size, 3)


def test_the_command_paints_what_the_library_paints(folder: Path, tmp_path: Path) -> None:
    Image.fromarray(SCENE.labels.astype(np.uint8)).save(tmp_path / "labels.png")
    out, checkpoint = tmp_path / "out", folder / "ipose" / "checkpoint"
    words = ["synthesize", str(tmp_path / "labels.png"), "--checkpoint", str(checkpoint), "--out", str(out)]
    assert main([*words, "--samples", "2", "--seed", "3"]) == 0
    assert json.loads((out / "result.json").read_text())["seeds"] == [3, 4]
    assert np.asarray(Image.open(out / "sample_001.png")).shape == (100, 150, 3)
    assert np.asarray(Image.open(out / "parts.png")).max() <= 8
    assert main([*words, "--samples", "0"]) == 2


def test_parts_and_terms_that_are_missing_are_said_before_training(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"parts\.checkpoint is empty"):
        SynthesisTask(ipose_streets_tiny())
    preset = with_parts(folder)
    absent = replace(preset, parts=replace(preset.parts, supports=str(folder / "absent")))
    with pytest.raises(DataError, match="absent"):
        SynthesisTask(absent)
    wider = replace(preset, model=replace(preset.model, partnet=replace(preset.model.partnet, supports=2)))
    with pytest.raises(ConfigError, match="expected a PartNet of"):
        SynthesisTask(wider)
    small = replace(preset.model, base=replace(preset.model.base, label_channels=11))
    with pytest.raises(ConfigError, match="has 12 classes"):
        SynthesisTask(replace(preset, model=small))


def test_without_injection_it_is_oasis(folder: Path) -> None:
    preset = with_parts(folder)
    plain = replace(preset, model=replace(preset.model, injection="none"))
    assert plain.system == "oasis"
    task = SynthesisTask(plain)
    collated = torch.utils.data.default_collate([task.samples(plain.training.phases[0])[i] for i in (0, 1)])
    (first, second) = task.recipe.updates(task.batch(collated, torch.device("cpu")), 0)
    assert (first.name, second.name) == ("generator", "discriminator")


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("oasis-cityscapes", 71.1),
        ("oasis-ade20k", 74.3),
        ("ipose-ade20k", 111.2),
        ("ipose-cityscapes", 108.0),
    ],
)
def test_published_presets_have_the_published_size(name: str, millions: float) -> None:
    preset = ALL_PRESETS[name]()
    assert isinstance(preset, SynthesisPreset)
    with torch.device("meta"):
        generator = build_generator(preset)
    assert sum(p.numel() for p in generator.parameters()) / 1e6 == pytest.approx(millions, abs=0.05)
