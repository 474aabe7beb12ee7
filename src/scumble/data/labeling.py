"""Training samples of the labeler: a window of a scene with changed colours, and its label map."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

from scumble.data.draws import draw
from scumble.data.editing import Scenes
from scumble.data.transforms import random_window
from scumble.scene import ImageArray


def jitter_colours(image: ImageArray, rng: np.random.Generator, strength: float) -> ImageArray:
    """Change brightness, contrast and saturation, in this order.

    Args:
        image: uint8 ``[H, W, 3]``.
        rng: source of randomness.
        strength: each is multiplied by a factor from [1 - strength, 1 + strength]; 0 changes nothing.
    """
    picture = Image.fromarray(image)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhance(picture).enhance(rng.uniform(1 - strength, 1 + strength))
    return np.asarray(picture)


class LabelingSamples(torch.utils.data.Dataset[dict[str, Tensor]]):
    """Window, mirror and colours drawn from (seed, sample number) alone, so that nothing else matters.

    Args:
        scenes: where to cut.
        size: side of a sample.
        smallest: smallest side of a window before resizing.
        largest: largest side of a window; None for the shorter side of the photograph.
        jitter: strength of the change of colours, see `jitter_colours`.
        seed: of everything that is random.
    """

    def __init__(
        self,
        scenes: Scenes,
        *,
        size: int,
        smallest: int,
        largest: int | None = None,
        jitter: float,
        seed: int,
    ) -> None:
        self.scenes = scenes
        self.size = size
        self.smallest = smallest
        self.largest = largest
        self.jitter = jitter
        self.seed = seed

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Sample ``number`` of an endless stream.

        Returns:
            ``image`` uint8 [H, W, 3], ``labels`` int32 [H, W].
        """
        index, rng = draw(len(self.scenes), self.seed, number)
        window = random_window(self.scenes[index], rng, self.size, self.smallest, largest=self.largest)
        # A mirrored window is a view with negative strides, which torch does not take.
        image = jitter_colours(np.ascontiguousarray(window.image), rng, self.jitter)
        return {"image": torch.from_numpy(np.array(image)), "labels": torch.from_numpy(window.labels.copy())}
