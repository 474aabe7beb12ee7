"""Crops, resizes and flips of a picture with its maps; ids are never interpolated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.scene import IdArray, ImageArray, Scene

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Window:
    """A rectangle of a picture with its maps.

    Attributes:
        image: uint8 ``[H, W, 3]``.
        labels: int32 ``[H, W]``.
        instances: int32 ``[H, W]``.
    """

    image: ImageArray
    labels: IdArray
    instances: IdArray

    def flipped(self) -> Window:
        """Mirrored left to right."""
        return Window(self.image[:, ::-1], self.labels[:, ::-1], self.instances[:, ::-1])

    def resized(self, width: int, height: int) -> Window:
        """Resized: the picture with an antialiased bilinear filter, the maps by nearest neighbour."""
        return Window(
            resize_image(self.image, width, height),
            resize_map(self.labels, width, height),
            resize_map(self.instances, width, height),
        )


def resize_image(image: ImageArray, width: int, height: int) -> ImageArray:
    """Bilinear resize of ``[H, W, 3]``, antialiased where it shrinks."""
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def resize_map(values: NDArray[T], width: int, height: int) -> NDArray[T]:
    """Nearest-neighbour resize of ``[H, W]``, taking the value at the centre of every new pixel."""
    old_height, old_width = values.shape
    if (old_height, old_width) == (height, width):
        return values
    rows = ((np.arange(height) + 0.5) * old_height / height).astype(np.intp)
    columns = ((np.arange(width) + 0.5) * old_width / width).astype(np.intp)
    resized: NDArray[T] = values[rows[:, None], columns]
    return resized


def random_window(
    scene: Scene, rng: np.random.Generator, size: int, smallest: int, *, largest: int | None = None
) -> Window:
    """A square window of random side and place, mirrored half of the time.

    Args:
        scene: where to cut.
        rng: source of randomness.
        size: side of the result in pixels.
        smallest: smallest side to cut; the scene's shorter side if that is smaller still.
        largest: largest side to cut; by default, and at most, the scene's shorter side.
    """
    width, height = scene.size
    shorter = min(width, height)
    high = min(largest or shorter, shorter)
    side = int(rng.integers(min(smallest, high), high + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    cut = (slice(top, top + side), slice(left, left + side))
    window = Window(scene.image[cut], scene.labels[cut], scene.instances[cut]).resized(size, size)
    return window.flipped() if rng.random() < 0.5 else window
