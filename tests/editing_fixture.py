"""A scene drawn by rule and an untrained DivSem checkpoint for it, small enough for every test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.transforms import resize_image, resize_map
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_bank import StyleBank
from scumble.presets.divsem import divsem_camvid_tiny
from scumble.scene import Scene
from tests.miniature import label_map, photograph


def untrained(*, width: int = 1) -> Checkpoint:
    """A DivSem network with random weights and a bank of two very different codes for every class.

    Args:
        width: scale of the weights' deviation, so that styles show in the result.
    """
    model = divsem_camvid_tiny().model
    assert model.style is not None
    torch.manual_seed(0)
    network = DivSemGenerator(model)
    for name, parameter in network.named_parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.0 if name.endswith("bias") else 0.3 * width)
    network.eval().requires_grad_(False)
    codes = torch.randn(24, model.style.length) * 5
    bank = StyleBank(codes, torch.arange(24) % 12)
    origin = Origin(0, "nothing: random weights", "free")
    return Checkpoint("divsem", model, LabelSpace.load("camvid"), origin, network, bank)


def scene(width: int = 160, height: int = 128, seed: int = 0) -> Scene:
    """A street of flat colours with noise, and its maps."""
    rng = np.random.default_rng(seed)
    drawn = label_map(rng)
    image = resize_image(photograph(rng, drawn), width, height)
    labels = resize_map(drawn.astype(np.int32), width, height)
    space = LabelSpace.load("camvid")
    return Scene(image, labels, derive_instances(labels, space), space)


@dataclass(frozen=True)
class Files:
    """Paths of a scene and a checkpoint on disk."""

    image: Path
    labels: Path
    instances: Path
    checkpoint: Path


def write_files(folder: Path, width: int = 160, height: int = 128) -> Files:
    """The scene as PNG files and the checkpoint as a folder."""
    drawn = scene(width, height)
    files = Files(*(folder / name for name in ("photo.png", "labels.png", "instances.png", "checkpoint")))
    Image.fromarray(drawn.image).save(files.image)
    Image.fromarray(drawn.labels.astype(np.uint8)).save(files.labels)
    Image.fromarray(drawn.instances.astype(np.uint16)).save(files.instances)
    save_checkpoint(files.checkpoint, untrained(), card="# untrained\n")
    return files
