"""The fixed networks against scores measured elsewhere, and the checks on their weight files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from scumble.errors import CheckpointError
from scumble.nn.backbones.efficientnet_lite0 import EfficientNetLite0
from scumble.nn.backbones.files import download_vgg19, find_weights, load_exactly, read_weights
from scumble.nn.backbones.squeezenet import SqueezeNet
from scumble.nn.backbones.vgg19 import VGG19, feature_weights
from scumble.research_data import data_folder

CHECK = data_folder() / "backbones" / "check.json"
Classifier = SqueezeNet | EfficientNetLite0

needs_data = pytest.mark.skipif(not CHECK.is_file(), reason="SCUMBLE_DATA has no backbones/check.json")


def _resized(picture: Image.Image) -> Image.Image:
    return picture.resize((227, 227), Image.Resampling.BILINEAR)


def _cropped(picture: Image.Image) -> Image.Image:
    factor = 256 / min(picture.size)
    picture = picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC
    )
    left, top = (picture.width - 224) // 2, (picture.height - 224) // 2
    return picture.crop((left, top, left + 224, top + 224))


def _pictures(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1


@needs_data
@pytest.mark.parametrize(
    ("network", "file_name", "entry", "prepare"),
    [
        (SqueezeNet, "squeezenet1_1_imagenet_fp16", "squeezenet1_1", _resized),
        (EfficientNetLite0, "efficientnet_lite0_imagenet_fp16", "efficientnet_lite0", _cropped),
    ],
)
def test_classifier_gives_the_measured_logits_on_photographs(
    network: Callable[[], Classifier],
    file_name: str,
    entry: str,
    prepare: Callable[[Image.Image], Image.Image],
) -> None:
    classifier = network().eval()
    path = find_weights(file_name)
    load_exactly(classifier, read_weights(path), str(path))
    expected = json.loads(CHECK.read_text())[entry]
    photographs = [name for name in expected if (data_folder() / name).is_file()]
    assert len(photographs) >= 3
    for name in photographs:
        with Image.open(data_folder() / name) as photograph:
            pictures = _pictures(prepare(photograph.convert("RGB")))
        with torch.no_grad():
            top = classifier.logits(classifier.scale(pictures))[0].topk(3)
        indices, logits = zip(*expected[name], strict=True)
        assert top.indices.tolist() == list(indices)
        assert top.values.tolist() == pytest.approx(logits, abs=0.02)


def test_squeezenet_features_come_at_the_documented_sizes() -> None:
    features = SqueezeNet()(torch.zeros(1, 3, 64, 72))
    assert [tuple(feature.shape[1:]) for feature in features] == [
        (64, 31, 35),
        (128, 15, 17),
        (256, 7, 8),
        (384, 3, 4),
        (512, 3, 4),
    ]


def test_efficientnet_features_come_at_the_documented_sizes() -> None:
    network = EfficientNetLite0().eval()
    shapes = [tuple(feature.shape[1:]) for feature in network(torch.zeros(1, 3, 224, 224))]
    assert shapes == [(16, 112, 112), (24, 56, 56), (40, 28, 28), (112, 14, 14), (320, 7, 7)]
    assert network.pooled(torch.zeros(2, 3, 33, 47)).shape == (2, 1280)


def test_vgg19_accepts_published_names_and_refuses_others() -> None:
    network = VGG19()
    state = network.state_dict()
    slices = {0: 1, 2: 2, 5: 2, 7: 3, 10: 3, 12: 4, 14: 4, 16: 4, 19: 4, 21: 5, 23: 5, 25: 5, 28: 5}
    published = {}
    for key, value in state.items():
        _, index, leaf = key.split(".")
        published[f"vgg.slice{slices[int(index)]}.{index}.{leaf}"] = value
    renamed = feature_weights(published)
    assert all(torch.equal(renamed[key], value) for key, value in state.items())
    load_exactly(network, renamed, "published")

    whole = {**state, "features.34.bias": torch.zeros(512), "classifier.0.bias": torch.zeros(4096)}
    assert feature_weights(whole).keys() == state.keys()
    with pytest.raises(CheckpointError, match=r"unknown stem\.weight"):
        load_exactly(
            network, feature_weights({**state, "stem.weight": torch.zeros(1)}), "foreign.safetensors"
        )


def test_weights_with_missing_or_misshapen_entries_are_refused_by_name() -> None:
    network = SqueezeNet()
    state = network.state_dict()
    state.pop("features.3.squeeze.bias")
    state["features.0.weight"] = torch.zeros(64, 1, 3, 3)
    with pytest.raises(
        CheckpointError, match=r"lacks features\.3\.squeeze\.bias; misshapen: features\.0\.weight"
    ):
        load_exactly(network, state, "wrong.safetensors")


def test_missing_weight_file_says_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    with pytest.raises(CheckpointError, match="set SCUMBLE_DATA") as caught:
        find_weights("squeezenet1_1_imagenet_fp16")
    assert str(tmp_path / "backbones" / "squeezenet1_1_imagenet_fp16.safetensors") in str(caught.value)
    with pytest.raises(CheckpointError, match=r"elsewhere\.safetensors"):
        find_weights("squeezenet1_1_imagenet_fp16", tmp_path / "elsewhere.safetensors")


def test_files_that_can_run_code_or_are_damaged_are_refused(tmp_path: Path) -> None:
    pickled = tmp_path / "weights.pth"
    torch.save({}, pickled)
    with pytest.raises(CheckpointError, match="can run code"):
        find_weights("vgg19", pickled)
    damaged = tmp_path / "weights.safetensors"
    damaged.write_bytes(b"not tensors")
    with pytest.raises(CheckpointError, match="not a readable safetensors file"):
        read_weights(damaged)


def test_failed_download_says_what_else_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise URLError("no route")

    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", fail)
    with pytest.raises(CheckpointError, match=r"no route.*choose the perceptual network 'squeezenet'"):
        download_vgg19()


def test_half_precision_files_are_read_as_float32(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_file({"a": torch.tensor([0.5], dtype=torch.float16), "count": torch.tensor([3])}, path)
    state = read_weights(path)
    assert state["a"].dtype == torch.float32
    assert state["count"].dtype == torch.int64
