"""The judges against predictions measured elsewhere."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import ConfigError, InputError
from scumble.metrics.judges.espnet import JUDGES, ESPNet, load_espnet
from scumble.research_data import data_folder

CHECK = data_folder() / "backbones" / "check.json"

needs_data = pytest.mark.skipif(not CHECK.is_file(), reason="SCUMBLE_DATA has no backbones/check.json")


def _photograph(name: str) -> NDArray[np.uint8]:
    with Image.open(data_folder() / name) as picture:
        return np.array(picture.convert("RGB"))[None]


@needs_data
@pytest.mark.parametrize("name", JUDGES)
def test_judge_gives_the_measured_logits_and_class_counts(name: str) -> None:
    judge = load_espnet(name)
    expected = json.loads(CHECK.read_text())[JUDGES[name].file_name]
    photographs = [photograph for photograph in expected if (data_folder() / photograph).is_file()][:2]
    assert photographs
    for photograph in photographs:
        image = _photograph(photograph)
        logits = judge.logits(image)[0, :, 100, 200].numpy()
        np.testing.assert_allclose(logits, expected[photograph]["logits_at_y100_x200"], atol=1e-3)
        counts = np.bincount(judge.predict(image).ravel(), minlength=len(logits))
        measured = np.array(expected[photograph]["predicted_class_counts"])
        assert np.abs(counts - measured).sum() <= 1e-4 * measured.sum()


@needs_data
def test_camvid_judge_is_as_right_as_measured() -> None:
    name = "camvid/test/0001TP_008550.jpg"
    annotation = data_folder() / name.replace("test/", "testannot/").replace(".jpg", ".png")
    if not annotation.is_file():
        pytest.skip("SCUMBLE_DATA has no CamVid test frames")
    with Image.open(annotation) as labels:
        target = np.array(labels)
    right = load_espnet("espnet-camvid").predict(_photograph(name))[0] == target
    assert right[target < 11].mean() == pytest.approx(0.9263, abs=5e-4)


@needs_data
def test_a_photograph_of_another_size_gets_nearly_the_same_labels() -> None:
    image = _photograph("camvid/test/0001TP_008550.jpg")
    judge = load_espnet("espnet-camvid")
    large = np.array(Image.fromarray(image[0]).resize((720, 540), Image.Resampling.BICUBIC))[None]
    labels = judge.predict(large)
    assert labels.shape == (1, 540, 720)
    whole = np.array(Image.fromarray(judge.predict(image)[0].astype(np.uint8)).resize((720, 540), 0))
    assert (labels[0] == whole).mean() > 0.95


def test_labels_do_not_depend_on_the_other_pictures_of_a_batch() -> None:
    torch.manual_seed(0)
    judge = ESPNet(JUDGES["espnet-camvid"])
    images = np.random.default_rng(0).integers(0, 256, (2, 120, 160, 3), dtype=np.uint8)
    labels = judge.predict(images)
    assert labels.dtype == np.int64
    assert labels.shape == (2, 120, 160)
    assert (labels[1:] == judge.predict(images[1:])).mean() > 0.999


def test_pictures_that_are_not_8_bit_rgb_are_refused() -> None:
    judge = ESPNet(JUDGES["espnet-cityscapes"])
    with pytest.raises(InputError, match="expected 8-bit RGB"):
        judge.predict(np.zeros((1, 64, 64, 3), dtype=np.float32))
    with pytest.raises(InputError, match="expected 8-bit RGB"):
        judge.predict(np.zeros((64, 64, 3), dtype=np.uint8))


def test_unknown_judge_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'espnet-camvid'"):
        load_espnet("espnet-canvid")
