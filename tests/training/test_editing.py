"""From a preset to a task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from scumble.errors import ConfigError, DataError
from scumble.models.spmpgan.config import DiscriminatorConfig
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset, EditingTask, edit_batch
from scumble.training.scene_data import SceneData
from tests.miniature import MeanDifference, write_camvid

CPU = torch.device("cpu")


@pytest.fixture
def preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EditingPreset:
    """The tiny preset, with data in SCUMBLE_DATA."""
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    write_camvid(tmp_path / "camvid")
    return PRESETS["divsem-camvid-tiny"]()


def test_the_first_weights_depend_on_the_seed_alone(preset: EditingPreset) -> None:
    def first(seed: int) -> dict[str, torch.Tensor]:
        seeded = replace(preset, training=replace(preset.training, seed=seed))
        return EditingTask(seeded, MeanDifference()).recipe.networks.state_dict()

    before = torch.random.get_rng_state()
    expected = first(3)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.rand(7)
    assert all(torch.equal(value, expected[name]) for name, value in first(3).items())
    other = first(4)
    drawn = [name for name, value in expected.items() if value.count_nonzero()]
    assert any("weight_u" in name for name in drawn)
    assert not any(torch.equal(other[name], expected[name]) for name in drawn)


def test_convolutions_start_as_published(preset: EditingPreset) -> None:
    for name, value in EditingTask(preset, MeanDifference()).recipe.networks.named_parameters():
        if name.endswith("bias"):
            assert not value.any()
        elif value.numel() > 2000:
            assert value.std().item() == pytest.approx(0.02, rel=0.1)


def test_a_batch_is_in_the_channel_order_of_the_network(preset: EditingPreset) -> None:
    samples = EditingTask(preset, MeanDifference()).samples(preset.training.phases[0])
    collated = torch.utils.data.default_collate([samples[i] for i in range(2)])
    batch = edit_batch(collated, "bgr")
    red = collated["image"][..., 0].float() / 127.5 - 1
    torch.testing.assert_close(batch.image[:, 2], red)
    assert (batch.mask.shape, batch.mask.dtype) == ((2, 1, 64, 64), torch.float32)
    assert (batch.labels.dtype, batch.instances.dtype) == (torch.int64, torch.int64)


def test_camvid_validates_on_its_validation_split(preset: EditingPreset) -> None:
    assert [len(preset.data.scenes(split)) for split in ("train", "test")] == [3, 2]


def test_data_may_lie_anywhere(preset: EditingPreset, tmp_path: Path) -> None:
    for name in ("images", "labels"):
        (tmp_path / "mine" / "train" / name).mkdir(parents=True)
        Image.new("RGB" if name == "images" else "L", (8, 8)).save(
            tmp_path / "mine" / "train" / name / "a.png"
        )
    for folder in ("mine", str(tmp_path / "mine")):
        scenes = SceneData("editing", folder, "cityscapes").scenes("train")
        assert (len(scenes), scenes.label_space.name) == (1, "cityscapes")


def test_absent_data_is_named(preset: EditingPreset, tmp_path: Path) -> None:
    absent = replace(preset, data=replace(preset.data, folder="kamvid"))
    with pytest.raises(DataError, match=r"kamvid does not exist"):
        EditingTask(absent, MeanDifference())


def test_too_few_label_channels_are_refused(preset: EditingPreset) -> None:
    pyramid = replace(preset.model.pyramid, label_channels=11)
    small = replace(preset, model=replace(preset.model, pyramid=pyramid))
    with pytest.raises(
        ConfigError, match=r"label_channels is 11, but the label space 'camvid' has 12 classes"
    ):
        EditingTask(small, MeanDifference())


def test_every_stage_needs_a_discriminator(preset: EditingPreset) -> None:
    with pytest.raises(
        ConfigError, match=r"discriminators\.layers is \(3,\), but the generator has 2 stages"
    ):
        replace(preset, discriminators=DiscriminatorConfig(layers=(3,)))


def test_some_kind_of_mask_is_needed(preset: EditingPreset) -> None:
    with pytest.raises(ConfigError, match="masks is empty; give some of free-form"):
        replace(preset, masks=())
