"""Small data sets in the layouts on disk, drawn by rule, and a stand-in for the perceptual loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

WIDTH, HEIGHT = 160, 128
SKY, BUILDING, ROAD, CAR, VOID = 0, 1, 3, 8, 11


class MeanDifference(nn.Module):
    """In place of the perceptual loss, whose weights a miniature set does not have."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean absolute difference."""
        return (x - y).abs().mean()


def label_map(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Sky, building, road, one car and a strip of void."""
    labels = np.full((HEIGHT, WIDTH), BUILDING, np.uint8)
    labels[: int(rng.integers(20, 50))] = SKY
    labels[int(rng.integers(70, 90)) :] = ROAD
    left = int(rng.integers(10, 100))
    labels[80:110, left : left + 40] = CAR
    labels[-3:] = VOID
    return labels


def photograph(rng: np.random.Generator, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A colour for every class, with noise."""
    colours = rng.integers(0, 200, (12, 3))
    noise = rng.integers(0, 50, (*labels.shape, 3))
    return (colours[labels] + noise).astype(np.uint8)


def write_camvid(root: Path, train: int = 3, val: int = 2) -> Path:
    """A folder of the SegNet split without instance maps."""
    for split, count in (("train", train), ("val", val)):
        (root / split).mkdir(parents=True)
        (root / f"{split}annot").mkdir()
        lines = []
        for i in range(count):
            rng = np.random.default_rng([count, i])
            labels = label_map(rng)
            Image.fromarray(photograph(rng, labels)).save(root / split / f"{i}.png")
            Image.fromarray(labels).save(root / f"{split}annot" / f"{i}.png")
            lines.append(f"{split}/{i}.png {split}annot/{i}.png\n")
        (root / f"{split}.txt").write_text("".join(lines))
    return root
