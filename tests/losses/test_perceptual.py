"""What the perceptual loss promises, with untrained weights; with trained ones where they are at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.errors import CheckpointError, ConfigError
from scumble.losses import perceptual
from scumble.losses.perceptual import Normalise, PerceptualLoss, PerceptualName
from scumble.nn.backbones.efficientnet_lite0 import EfficientNetLite0
from scumble.nn.backbones.files import default_path
from scumble.nn.backbones.squeezenet import SqueezeNet
from scumble.nn.backbones.vgg19 import VGG19

NETWORKS = {"vgg19": VGG19, "squeezenet": SqueezeNet, "efficientnet-lite0": EfficientNetLite0}
NAMES: tuple[PerceptualName, ...] = ("vgg19", "squeezenet", "efficientnet-lite0")

every_network = pytest.mark.parametrize("name", NAMES)


@cache
def _untrained_state(name: PerceptualName) -> dict[str, Tensor]:
    torch.manual_seed(0)
    state: dict[str, Tensor] = NETWORKS[name]().state_dict()
    return state


def _loss(name: PerceptualName, normalise: Normalise = "published") -> PerceptualLoss:
    return PerceptualLoss(name, normalise=normalise, state=_untrained_state(name))


def _pictures(seed: int, count: int = 2, side: int = 64) -> Tensor:
    """Random pictures with as much contrast in coarse as in fine structure, like photographs."""
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.zeros(count, 3, side, side)
    for coarse in (4, 8, 16, 32, 64):
        noise = torch.randn(count, 3, coarse, coarse, generator=generator) / coarse**0.5
        pictures += F.interpolate(noise, size=(side, side), mode="bicubic")
    return (pictures * 0.7).clamp(-1, 1)


@every_network
def test_equal_pictures_are_at_distance_zero_and_others_are_not(name: PerceptualName) -> None:
    loss = _loss(name)
    assert loss(_pictures(0), _pictures(0)).item() == 0
    assert loss(_pictures(0), _pictures(1)).item() > 0


@every_network
def test_gradient_reaches_the_first_picture_only(name: PerceptualName) -> None:
    loss = _loss(name)
    x, y = _pictures(0).requires_grad_(), _pictures(1).requires_grad_()
    loss(x, y).backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
    assert y.grad is None
    assert all(parameter.grad is None for parameter in loss.parameters())


def test_batch_statistics_stay_as_they_are_when_training_is_asked_for() -> None:
    loss = _loss("efficientnet-lite0").train()
    assert not loss.network.training
    before = {key: value.clone() for key, value in loss.state_dict().items()}
    loss(_pictures(0), _pictures(1))
    assert all(torch.equal(before[key], value) for key, value in loss.state_dict().items())


@every_network
def test_bfloat16_weights_accept_float32_pictures_and_give_a_float32_loss(name: PerceptualName) -> None:
    x, y = _pictures(0), _pictures(1)
    loss = _loss(name)
    exact = loss(x, y)
    rough = loss.to(torch.bfloat16)(x.contiguous(memory_format=torch.channels_last), y)
    assert rough.dtype == torch.float32
    assert rough.item() == pytest.approx(exact.item(), rel=0.05)


def test_published_vgg_input_is_the_picture_itself_and_corrected_input_is_standardised() -> None:
    x = _pictures(0)
    mean = torch.tensor((0.485, 0.456, 0.406)).view(3, 1, 1)
    deviation = torch.tensor((0.229, 0.224, 0.225)).view(3, 1, 1)
    published, corrected = _loss("vgg19"), _loss("vgg19", "corrected")
    torch.testing.assert_close(published.features(x), published.network(x))
    torch.testing.assert_close(corrected.features(x), published.network(((x + 1) / 2 - mean) / deviation))


def test_vgg_terms_carry_the_published_weights() -> None:
    loss, x, y = _loss("vgg19"), _pictures(0), _pictures(1)
    distances = [F.l1_loss(a, b) for a, b in zip(loss.features(x), loss.features(y), strict=True)]
    expected = sum(w * d for w, d in zip((1 / 32, 1 / 16, 1 / 8, 1 / 4, 1), distances, strict=True))
    torch.testing.assert_close(loss(x, y), expected)


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("squeezenet", "squeezenet1_1_imagenet_fp16"),
        ("efficientnet-lite0", "efficientnet_lite0_imagenet_fp16"),
    ],
)
def test_no_layer_of_a_trained_network_outweighs_the_others(name: PerceptualName, file_name: str) -> None:
    if not default_path(file_name).is_file():
        pytest.skip("SCUMBLE_DATA has no such weights")
    loss = PerceptualLoss(name)
    terms = loss.layer_terms(_pictures(0, side=128), _pictures(1, side=128))
    assert terms.max() < 0.5 * terms.sum()
    assert terms.min() > 0.05 * terms.sum()
    assert loss(_pictures(0, side=128), _pictures(1, side=128)).item() == pytest.approx(1, abs=0.5)


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(CheckpointError, match="not the weights of VGG19"):
        PerceptualLoss("vgg19", state=_untrained_state("squeezenet"))


def test_unknown_network_and_normalisation_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'vgg19'"):
        PerceptualLoss("vgg16")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="did you mean 'corrected'"):
        PerceptualLoss("vgg19", normalise="correct")  # type: ignore[arg-type]


def test_vgg_is_downloaded_only_where_no_file_is_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    monkeypatch.setattr(perceptual, "download_vgg19", lambda: _untrained_state("vgg19"))
    x = _pictures(0)
    torch.testing.assert_close(PerceptualLoss("vgg19").features(x), _loss("vgg19").features(x))
    with pytest.raises(CheckpointError, match=r"absent\.safetensors"):
        PerceptualLoss("vgg19", tmp_path / "absent.safetensors")
