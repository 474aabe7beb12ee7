"""A part set that tests write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.data.parts.part_set import PartArray, Split


def car(height: int = 20, width: int = 40) -> PartArray:
    """A part map: body with two windows and two wheels; the corners are no part."""
    parts = np.full((height, width), 5, dtype=np.uint8)
    parts[0, [0, -1]] = 0
    parts[2 : height // 2, 3 : width // 3] = 1
    parts[2 : height // 2, width // 2 : -4] = 1
    parts[-height // 4 :, 4:10] = 2
    parts[-height // 4 :, -10:-4] = 2
    return parts


def write_object(
    root: Path,
    name: str = "1",
    *,
    category: int = 26,
    split: Split = "train",
    parts: PartArray | None = None,
    silhouette: NDArray[np.uint8] | None = None,
) -> Path:
    """Write an object; its silhouette (0 or 255) is by default where it has parts. Returns the folder."""
    parts = car() if parts is None else parts
    silhouette = (parts > 0).astype(np.uint8) * 255 if silhouette is None else silhouette
    folder = root / str(category) / split
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(silhouette).save(folder / f"{name}_label.png")
    Image.fromarray(parts).save(folder / f"{name}_part.png")
    return folder
