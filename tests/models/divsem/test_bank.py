"""Gathering a style bank."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scumble.data.layouts import open_scenes
from scumble.errors import DataError
from scumble.models.divsem.bank import build_bank, scene_codes
from scumble.models.divsem.config import DivSemConfig, StyleConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.spmpgan.config import SPMPGANConfig, StageConfig
from scumble.nn.pictures import to_network
from scumble.scene import Scene
from tests.miniature import BUILDING, CAR, ROAD, SKY, VOID, write_camvid


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    """Four scenes of 160x128."""
    found = open_scenes(write_camvid(tmp_path_factory.mktemp("data") / "camvid", train=4), "train", "camvid")
    return [found[i] for i in range(4)]


@pytest.fixture(scope="module")
def generator() -> DivSemGenerator:
    """An untrained network whose trunk reduces to an eighth."""
    torch.manual_seed(0)
    pyramid = SPMPGANConfig(label_channels=12, stages=(StageConfig((2, 2, 2), (2,)),), hidden=2)
    style = StyleConfig(length=4, encoder=(4, 4, 4, 4, 4), decoder=(4, 4, 4))
    return DivSemGenerator(DivSemConfig(pyramid, style)).eval()


def test_codes_are_trunk_means_of_the_unmasked_picture(
    generator: DivSemGenerator, scenes: list[Scene]
) -> None:
    scene = scenes[0]
    codes = scene_codes(generator, scene, 1)
    assert (
        codes.ids.tolist() == np.unique(scene.instances).tolist() == [SKY, BUILDING, ROAD, VOID, CAR * 1000]
    )
    assert codes.classes.tolist() == [SKY, BUILDING, ROAD, VOID, CAR]
    assert generator.style_encoder is not None
    image = to_network(torch.from_numpy(scene.image.copy())[None])
    with torch.no_grad():
        trunk = generator.style_encoder.trunk(image, torch.ones(1, 1, 128, 160))[0]
    car = trunk[:, torch.from_numpy(scene.instances == CAR * 1000)].mean(1)
    torch.testing.assert_close(codes.codes[-1], car)


def test_scenes_of_any_size_have_codes_and_padding_takes_no_part(
    generator: DivSemGenerator, scenes: list[Scene]
) -> None:
    whole = scenes[0]
    cut = Scene(
        whole.image[:123, :157], whole.labels[:123, :157], whole.instances[:123, :157], whole.label_space
    )
    codes = scene_codes(generator, cut, 1)
    assert codes.ids.tolist() == np.unique(cut.instances).tolist()
    small = scene_codes(generator, cut, 30 * 40 + 1)
    assert CAR not in small.classes
    assert CAR in scene_codes(generator, cut, 30 * 40).classes


def test_the_bank_holds_at_most_so_many_codes_of_a_class(
    generator: DivSemGenerator, scenes: list[Scene]
) -> None:
    bank = build_bank(generator, scenes, per_class=3)
    assert np.bincount(bank.classes.numpy()).tolist() == [3, 3, 0, 3, 0, 0, 0, 0, 3, 0, 0, 3]
    every = torch.cat([scene_codes(generator, scene, 100).codes for scene in scenes])
    assert all((every == code).all(1).any() for code in bank.codes)
    assert len({tuple(code) for code in bank.codes.tolist()}) == len(bank.codes)


def test_the_choice_depends_on_the_seed_alone(generator: DivSemGenerator, scenes: list[Scene]) -> None:
    first, again, other = (build_bank(generator, iter(scenes), per_class=2, seed=s) for s in (0, 0, 1))
    assert torch.equal(first.codes, again.codes)
    assert torch.equal(first.classes, again.classes)
    assert not torch.equal(first.codes, other.codes)


def test_no_instance_that_is_large_enough_is_said(generator: DivSemGenerator, scenes: list[Scene]) -> None:
    with pytest.raises(DataError, match="No instance of the training scenes has 99999 pixels"):
        build_bank(generator, scenes, smallest_area=99_999)
