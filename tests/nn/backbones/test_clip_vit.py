"""What CLIP's image tower promises beyond the reference case of the style loss."""

from __future__ import annotations

import pytest
import torch

from scumble.errors import ConfigError
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig


def test_the_default_tower_has_the_shapes_of_vit_b_32() -> None:
    with torch.device("meta"):
        shapes = {
            key: tuple(value.shape) for key, value in CLIPImageTower(CLIPTowerConfig()).state_dict().items()
        }
    block = "transformer.resblocks.8"
    assert shapes["conv1.weight"] == (768, 3, 32, 32)
    assert shapes["positional_embedding"] == (50, 768)
    assert shapes[f"{block}.attn.in_proj_weight"] == (2304, 768)
    assert shapes[f"{block}.mlp.c_fc.weight"] == (3072, 768)
    assert len(shapes) == 5 + 9 * 12  # the three blocks after the ninth are not built


def test_pictures_are_brought_to_the_mean_and_deviation_of_clip() -> None:
    mean = torch.tensor((0.48145466, 0.4578275, 0.40821073)).view(1, 3, 1, 1)
    deviation = torch.tensor((0.26862954, 0.26130258, 0.27577711)).view(1, 3, 1, 1)
    torch.testing.assert_close(CLIPImageTower.scale(2 * mean - 1), torch.zeros(1, 3, 1, 1), atol=1e-6, rtol=0)
    torch.testing.assert_close(CLIPImageTower.scale(2 * (mean + deviation) - 1), torch.ones(1, 3, 1, 1))


def test_any_width_patch_and_size_gives_one_token_for_each_patch() -> None:
    tower = CLIPImageTower(CLIPTowerConfig(width=128, patch=8, size=24, block=0))
    assert tower(torch.zeros(2, 3, 24, 24)).shape == (2, 9, 128)


@pytest.mark.parametrize("wrong", [{"width": 100}, {"patch": 33}, {"size": 0}, {"block": -1}])
def test_impossible_towers_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        CLIPTowerConfig(**wrong)
