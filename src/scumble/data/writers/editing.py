"""The layout of SPMPGAN and DivSem: ``SPLIT/images``, ``labels``, ``inst_map``, and ``parts``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scumble.data.writers.output import Split, save
from scumble.errors import InputError
from scumble.scene import IdArray, Scene


def scene_name(index: int) -> str:
    """The file stem of a scene."""
    return f"{index:06d}"


def write_scene(folder: Path, split: Split, index: int, scene: Scene) -> None:
    """Write PNG files: the picture, labels (8 bits), instances (16 bits) and, where known, parts (8 bits).

    Ids are those of the scene.

    Args:
        folder: of the set.
        split: ``train`` or ``test``, as in the layout.
        index: number of the scene.
        scene: to write.

    Raises:
        InputError: the place cannot be written, or an id has too many bits for its file.
    """
    maps: dict[str, tuple[IdArray | None, type[np.uint8 | np.uint16]]] = {
        "labels": (scene.labels, np.uint8),
        "inst_map": (scene.instances, np.uint16),
        "parts": (scene.parts, np.uint8),
    }
    name = f"{scene_name(index)}.png"
    for kind, (ids, dtype) in maps.items():
        if ids is None:
            continue
        if ids.max() > np.iinfo(dtype).max:
            raise InputError(
                f"Scene {index} has the id {ids.max()} in {kind}; the editing layout has room for "
                f"0..{np.iinfo(dtype).max}; number the ids smaller."
            )
        save(folder / split / kind / name, ids.astype(dtype))
    save(folder / split / "images" / name, scene.image)
