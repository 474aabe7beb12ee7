"""An untrained labeler checkpoint that gives every picture several labels, small enough for every test."""

from __future__ import annotations

from dataclasses import replace

import torch

from scumble.checkpoint import Checkpoint, Origin
from scumble.label_space import LabelSpace
from scumble.models.labeler.network import Labeler
from scumble.presets.labeler import labeler_camvid_tiny

VOID = 11


def untrained_labeler(*, size: int = 128) -> Checkpoint:
    """A labeler of CamVid with random weights.

    Args:
        size: shorter side at which whole pictures are looked at.
    """
    model = replace(labeler_camvid_tiny().model, size=size)
    torch.manual_seed(0)
    network = Labeler(model)
    network(torch.rand(4, 3, 64, 64) * 2 - 1)
    torch.nn.init.normal_(network.classifier.weight)
    network.eval().requires_grad_(False)
    origin = Origin(0, "nothing: random weights", "free")
    return Checkpoint("labeler", model, LabelSpace.load("camvid"), origin, network)
