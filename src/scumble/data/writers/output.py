"""What all writers share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import ConfigError, InputError
from scumble.label_space import LabelSpace
from scumble.scene import IdArray

Split = Literal["train", "test"]
"""Every layout has its own word for these."""


def save(path: Path, values: NDArray[Any], **options: Any) -> None:
    """Write a picture or a map in the format that the ending names, and the folders above it.

    Args:
        path: where to.
        values: ``[H, W, 3]`` of uint8, or ``[H, W]`` of uint8, uint16 or (TIFF) int32.
        options: of the format, as Pillow calls them.

    Raises:
        InputError: the place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(path, **options)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; choose another place."
        ) from None


def class_table(space: LabelSpace, ids: Mapping[str, int], layout: str) -> IdArray:
    """What the classes of a label space are in the numbers of a layout.

    Args:
        space: of the scenes.
        ids: the layout's number for each class name.
        layout: its name, for the message.

    Returns:
        ``[number of classes]``, to be indexed by a label map.

    Raises:
        ConfigError: a class has no number.
    """
    unknown = [name for name in space.names if name not in ids]
    if unknown:
        raise ConfigError(
            f"The layout {layout} has no number for the class {unknown[0]!r} of label space {space.name!r}; "
            f"it is written for scenes of the classes {', '.join(ids)}; choose the layout editing."
        )
    return np.array([ids[name] for name in space.names], dtype=np.int32)
