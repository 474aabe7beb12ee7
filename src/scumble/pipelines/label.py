"""A label map for a photograph, proposed by a labeler; things are the connected parts of their class."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.checkpoint import Checkpoint
from scumble.data.transforms import resize_image
from scumble.errors import CheckpointError
from scumble.instances import derive_instances
from scumble.models.labeler.network import Labeler
from scumble.nn.inference import usable_device
from scumble.nn.pictures import to_network
from scumble.pipelines.maps import resized
from scumble.pipelines.segmenters import Segmenter
from scumble.scene import IdArray, ImageArray

FINEST = 6
"""Side of the largest square that is labelled pixel by pixel, in units of that of the training pictures."""
WIDEST = 4
"""Side of the largest square that the network sees, likewise; narrow pictures have as many pixels."""


@dataclass(frozen=True, eq=False)
class Labels:
    """A proposal.

    Attributes:
        labels: ``[H, W]`` class ids; the don't-care class only where a segmenter sees what no class
            stands for.
        instances: ``[H, W]``, in scumble's numbering.
    """

    labels: IdArray
    instances: IdArray


@torch.inference_mode()
def label_image(checkpoint: Checkpoint, image: ImageArray, *, device: str = "cpu") -> Labels:
    """Propose a label map and an instance map.

    The network sees the picture with the shorter side that it was trained on. Very large pictures are
    labelled at a smaller size and the ids enlarged, since the scores of all classes would not fit into
    memory.

    Args:
        checkpoint: of a labeler, or what `scumble.pipelines.segmenters.load_segmenter` returns.
        image: ``[H, W, 3]``; any size.
        device: where to compute.

    Raises:
        CheckpointError: the checkpoint is of another system.
        ConfigError: the device cannot be used.
        InputError: the picture is too long for a segmenter.
    """
    network, space, place = checkpoint.network, checkpoint.label_space, usable_device(device)
    if isinstance(network, Segmenter):
        labels = network.to(place).label(image)
        return Labels(labels, derive_instances(labels, space))
    if not isinstance(network, Labeler):
        raise CheckpointError(
            f"The checkpoint is of the system {checkpoint.system!r}, which does not label photographs; give "
            "one of the system 'labeler'."
        )
    network.to(place)
    height, width = image.shape[:2]
    side = network.config.size
    small = resize_image(image, *_scaled(width, height, min(1.0, FINEST * side / sqrt(width * height))))
    picture = to_network(torch.tensor(small[None], device=place))
    wide, high = _scaled(width, height, min(side / min(height, width), WIDEST * side / sqrt(width * height)))
    logits = network(_interpolated(picture, high, wide))
    logits = _interpolated(logits, *picture.shape[-2:])
    if space.dont_care is not None:
        logits[:, space.dont_care] = -torch.inf
    labels = resized(logits.argmax(dim=1)[0].cpu().numpy().astype(np.int32), (height, width))
    return Labels(labels, derive_instances(labels, space))


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))


def _interpolated(x: Tensor, height: int, width: int) -> Tensor:
    if x.shape[-2:] == (height, width):
        return x
    return F.interpolate(x, (height, width), mode="bilinear", antialias=True)
