"""Cases of iPOSE's style loss."""

from __future__ import annotations

import torch

from scumble.losses.remd import relaxed_earth_mover_distance
from scumble.models.ipose.style import StyleLoss, style_crops
from scumble.nn.backbones.clip_files import tower_weights
from scumble.nn.backbones.clip_vit import HEAD_WIDTH, CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.tokens import TokenNetwork
from tests.reference.case import Case, Computed
from tests.reference.systems.editing import expect


def remd(case: Case) -> Computed:
    """The distance of two sets of tokens."""
    distances = relaxed_earth_mover_distance(case.tensor("x_tokens"), case.tensor("y_tokens"))
    return Computed({"loss": distances.mean(), "per_sample": distances})


def crops(case: Case) -> Computed:
    """All objects of two pictures, in order."""
    counts = case.tensor("count")
    chosen = torch.arange(int(counts.sum()))
    return Computed({"crops": style_crops(case.tensor("image"), case.tensor("boxes"), counts, chosen)})


def style_loss(case: Case) -> Computed:
    """The whole loss on a small tower."""
    config = case.config
    expect(config, heads=config["width"] // HEAD_WIDTH)
    tower = CLIPImageTower(
        CLIPTowerConfig(config["width"], config["patch"], config["image_size"], config["token_block"])
    )
    tower.load_state_dict(tower_weights(case.weights, config["token_block"] + 1))
    loss = StyleLoss(TokenNetwork(tower, config["image_size"]))
    x, y = case.tensor("x"), case.tensor("y")
    return Computed({"tokens_x": loss.backbone(x), "loss": loss.whole(x, y)})


KINDS = {"remd": remd, "style_crops": crops, "style_loss_tiny": style_loss}
"""The kinds of cases that this module runs."""
