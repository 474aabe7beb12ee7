"""What the networks that give tokens promise, with untrained weights; with trained ones where they are."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from scumble.errors import CheckpointError, ConfigError
from scumble.losses.remd import relaxed_earth_mover_distance
from scumble.nn.backbones import tokens
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.efficientnet_lite0 import EfficientNetLite0
from scumble.nn.backbones.files import default_path
from scumble.nn.backbones.squeezenet import SqueezeNet
from scumble.nn.backbones.tokens import StyleBackbone, TokenNetwork, load_token_network
from scumble.research_data import data_folder

FILES: dict[StyleBackbone, str] = {
    "clip-vit-b32": "clip_vit_b32",
    "efficientnet-lite0": "efficientnet_lite0_imagenet_fp16",
    "squeezenet": "squeezenet1_1_imagenet_fp16",
}
STAND_INS: tuple[StyleBackbone, ...] = ("efficientnet-lite0", "squeezenet")


def _pictures(side: int = 40) -> Tensor:
    return torch.rand(2, 3, side, side + 8, generator=torch.Generator().manual_seed(0)) * 2 - 1


def _untrained(name: StyleBackbone, folder: Path) -> TokenNetwork:
    """The network with random weights, by way of a file."""
    torch.manual_seed(0)
    builds = {"efficientnet-lite0": EfficientNetLite0, "squeezenet": SqueezeNet}
    save_file(builds[name]().state_dict(), folder / "weights.safetensors")
    return load_token_network(name, folder / "weights.safetensors")


@pytest.mark.parametrize(
    ("name", "shape"), [("efficientnet-lite0", (2, 49, 320)), ("squeezenet", (2, 196, 512))]
)
def test_stand_ins_give_the_documented_tokens(
    name: StyleBackbone, shape: tuple[int, ...], tmp_path: Path
) -> None:
    assert _untrained(name, tmp_path)(_pictures()).shape == shape


def test_tokens_are_the_places_of_the_last_features_row_by_row(tmp_path: Path) -> None:
    found = _untrained("efficientnet-lite0", tmp_path)
    assert isinstance(found.network, EfficientNetLite0)
    resized = F.interpolate(_pictures(), (224, 224), mode="bilinear", antialias=False)
    features = found.network(EfficientNetLite0.scale(resized))[-1]
    torch.testing.assert_close(found(_pictures())[:, 7 * 2 + 5], features[:, :, 2, 5])


def test_nothing_of_the_network_learns_or_moves(tmp_path: Path) -> None:
    network = _untrained("efficientnet-lite0", tmp_path).train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    pictures = _pictures().requires_grad_()
    network(pictures).square().sum().backward()
    assert pictures.grad is not None
    assert pictures.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_bfloat16_weights_accept_float32_pictures_and_give_float32_tokens() -> None:
    torch.manual_seed(0)
    network = TokenNetwork(CLIPImageTower(CLIPTowerConfig(64, 16, 32, 1)), 32)
    exact = network(_pictures())
    rough = network.to(torch.bfloat16)(_pictures())
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.1, rtol=0.1)


def test_clip_is_loaded_at_its_published_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = CLIPTowerConfig(64, 16, 32, 1)
    monkeypatch.setattr(tokens, "CLIPTowerConfig", lambda: small)
    state = {key: torch.rand(value.shape) for key, value in CLIPImageTower(small).state_dict().items()}
    save_file({f"visual.{key}": value for key, value in state.items()}, tmp_path / "clip.safetensors")
    network = load_token_network("clip-vit-b32", tmp_path / "clip.safetensors")
    assert network.size == small.size
    assert torch.equal(network.state_dict()["network.positional_embedding"], state["positional_embedding"])


@pytest.mark.parametrize("name", get_args(StyleBackbone))
def test_missing_weights_are_an_error_and_no_other_network_steps_in(
    name: StyleBackbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    with pytest.raises(CheckpointError, match=FILES[name]):
        load_token_network(name)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    save_file(SqueezeNet().state_dict(), tmp_path / "weights.safetensors")
    names: tuple[StyleBackbone, ...] = ("clip-vit-b32", "efficientnet-lite0")
    for name in names:
        with pytest.raises(CheckpointError, match="not the weights of"):
            load_token_network(name, tmp_path / "weights.safetensors")


def test_an_unknown_network_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'clip-vit-b32'"):
        load_token_network("clip-vit-b16")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", STAND_INS)
def test_trained_stand_ins_tell_a_mirrored_photograph_from_another_one(name: StyleBackbone) -> None:
    files = sorted((data_folder() / "camvid" / "test").glob("*.jpg"))[:1]
    files += sorted((data_folder() / "ade20k" / "images").rglob("*.jpg"))[:1]
    if len(files) < 2 or not default_path(FILES[name]).is_file():
        pytest.skip("SCUMBLE_DATA has no such weights or photographs")
    stack = [np.array(Image.open(file).convert("RGB").resize((256, 256))) for file in files]
    pictures = torch.from_numpy(np.stack(stack)).permute(0, 3, 1, 2).float() / 127.5 - 1
    network = load_token_network(name)
    found, mirrored = network(pictures), network(pictures.flip(3))
    assert (relaxed_earth_mover_distance(found, mirrored) < 0.3).all()
    assert (relaxed_earth_mover_distance(found, found.flip(0)) > 0.4).all()
