"""Which files of CLIP's weights are read, and which are refused with which words."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from scumble.errors import CheckpointError
from scumble.nn.backbones.clip_files import read_clip, tower_weights
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.files import load_exactly

CONFIG = CLIPTowerConfig(width=64, patch=16, size=32, block=1)
BLOCKS = CONFIG.block + 1


def _tower_state() -> dict[str, Tensor]:
    """The entries that the tower needs, all of them random."""
    generator = torch.Generator().manual_seed(0)
    state = CLIPImageTower(CONFIG).state_dict()
    return {key: torch.randn(value.shape, generator=generator) for key, value in state.items()}


def _whole_state() -> dict[str, Tensor]:
    """With what comes behind the tower's last block, and with the text tower."""
    tower = _tower_state()
    behind = {
        key.replace(".1.", f".{block}."): value.clone()
        for block in (2, 11)
        for key, value in tower.items()
        if ".1." in key
    }
    head = {"ln_post.weight": torch.ones(64), "ln_post.bias": torch.ones(64), "proj": torch.ones(64, 32)}
    text = {"positional_embedding": torch.ones(77, 5), "transformer.resblocks.0.ln_1.weight": torch.ones(5)}
    return {**{f"visual.{key}": value for key, value in (tower | behind | head).items()}, **text}


def _transformers_state() -> dict[str, Tensor]:
    """The same entries as transformers names them."""
    renamed: dict[str, Tensor] = {
        "logit_scale": torch.ones(()),
        "text_model.final_layer_norm.bias": torch.ones(5),
    }
    names = {
        "transformer.resblocks": "encoder.layers",
        "ln_pre": "pre_layrnorm",
        "ln_": "layer_norm",
        "c_fc": "fc1",
        "c_proj": "fc2",
        "conv1": "embeddings.patch_embedding",
        "class_embedding": "embeddings.class_embedding",
        "positional_embedding": "embeddings.position_embedding.weight",
        "attn": "self_attn",
    }
    for key, value in _tower_state().items():
        for ours, theirs in names.items():
            key = key.replace(ours, theirs)
        if "in_proj_" in key:
            for letter, third in zip("qkv", value.chunk(3), strict=True):
                renamed[f"vision_model.{key.replace('in_proj_', f'{letter}_proj.')}"] = third
        else:
            renamed[f"vision_model.{key}"] = value
    renamed["vision_model.embeddings.position_ids"] = torch.arange(5)
    renamed["vision_model.post_layernorm.bias"] = torch.ones(64)
    return renamed


def _folder(path: Path, activation: str = "quick_gelu") -> Path:
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"vision_config": {"hidden_act": activation}}))
    state = {key: value.contiguous() for key, value in _transformers_state().items()}
    save_file(state, path / "model.safetensors")
    return path


def _same(state: dict[str, Tensor]) -> bool:
    expected = _tower_state()
    found = tower_weights(state, BLOCKS)
    return found.keys() == expected.keys() and all(torch.equal(found[key], expected[key]) for key in expected)


def test_only_the_wanted_blocks_of_the_image_tower_are_taken() -> None:
    assert _same(_whole_state())
    assert _same(_tower_state())


def test_names_of_transformers_mean_the_same_entries() -> None:
    state = _transformers_state()
    assert _same(state)
    assert _same({key.removeprefix("vision_model."): v for key, v in state.items() if "vision_model" in key})


@pytest.mark.parametrize("key", ["visual.transformer.resblocks.1.ln_1.bias", "visual.class_embedding"])
def test_a_lacking_entry_is_named(key: str) -> None:
    state = _whole_state()
    state.pop(key)
    with pytest.raises(CheckpointError, match=f"lacks {key.removeprefix('visual.')}"):
        load_exactly(CLIPImageTower(CONFIG), tower_weights(state, BLOCKS), "clip.safetensors")


def test_an_entry_that_belongs_nowhere_is_named() -> None:
    state = {**_whole_state(), "visual.stem.weight": torch.ones(1)}
    with pytest.raises(CheckpointError, match=r"unknown stem\.weight"):
        load_exactly(CLIPImageTower(CONFIG), tower_weights(state, BLOCKS), "clip.safetensors")


def test_safetensors_state_dict_and_transformers_folder_give_the_same_tower(tmp_path: Path) -> None:
    save_file(_whole_state(), tmp_path / "clip.safetensors")
    torch.save(_whole_state(), tmp_path / "clip.pt")
    folder = _folder(tmp_path / "folder")
    for path in (tmp_path / "clip.safetensors", tmp_path / "clip.pt", folder):
        state, source = read_clip(path)
        assert _same(state)
        assert source.startswith(str(path))


def test_half_precision_is_read_as_float32(tmp_path: Path) -> None:
    torch.save({"visual.proj": torch.ones(2, dtype=torch.float16)}, tmp_path / "clip.pt")
    assert read_clip(tmp_path / "clip.pt")[0]["visual.proj"].dtype == torch.float32


def test_missing_weights_say_where_they_belong_and_which_stand_in_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    with pytest.raises(CheckpointError, match="style_backbone 'efficientnet-lite0'") as caught:
        read_clip()
    assert str(tmp_path / "backbones" / "clip_vit_b32.safetensors") in str(caught.value)
    (tmp_path / "backbones").mkdir()
    save_file(_whole_state(), tmp_path / "backbones" / "clip_vit_b32.safetensors")
    assert _same(read_clip()[0])


def test_archives_and_models_that_can_run_code_are_refused(tmp_path: Path) -> None:
    torch.save({}, tmp_path / "ViT-B-32.pt")
    with zipfile.ZipFile(tmp_path / "ViT-B-32.pt", "a") as archive:
        archive.writestr("ViT-B-32/constants.pkl", b"")  # what makes it TorchScript's
    torch.save(nn.Linear(2, 2), tmp_path / "model.pt")
    (tmp_path / "damaged.pt").write_bytes(b"not tensors")
    for name in ("ViT-B-32.pt", "model.pt", "damaged.pt"):
        with pytest.raises(CheckpointError, match="TorchScript archive") as caught:
            read_clip(tmp_path / name)
        assert "weights_only" not in str(caught.value)


def test_a_training_checkpoint_is_no_state_dict(tmp_path: Path) -> None:
    torch.save({"state_dict": _tower_state(), "epoch": 3}, tmp_path / "clip.pt")
    with pytest.raises(CheckpointError, match="expected tensors by name"):
        read_clip(tmp_path / "clip.pt")


def test_folders_of_another_clip_or_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"hidden_act is 'gelu'"):
        read_clip(_folder(tmp_path / "gelu", "gelu"))
    with pytest.raises(CheckpointError, match=r"config\.json: not the description"):
        read_clip(tmp_path)
    folder = _folder(tmp_path / "empty")
    (folder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"neither model\.safetensors nor"):
        read_clip(folder)


def test_tokens_are_the_hidden_states_of_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.CLIPVisionModel(
        transformers.CLIPVisionConfig(
            hidden_size=128, intermediate_size=512, num_hidden_layers=3, num_attention_heads=2, image_size=64
        )
    ).eval()
    theirs.save_pretrained(tmp_path)
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    for block in range(3):
        tower = CLIPImageTower(CLIPTowerConfig(128, 32, 64, block))
        load_exactly(tower, tower_weights(read_clip(tmp_path)[0], block + 1), str(tmp_path))
        with torch.no_grad():
            expected = theirs(pixel_values=x, output_hidden_states=True).hidden_states[block + 1][:, 1:]
            torch.testing.assert_close(tower(x), expected, atol=1e-4, rtol=0)
