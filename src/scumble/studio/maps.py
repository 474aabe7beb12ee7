"""Maps as PNG bytes that a browser's canvas reads exactly, and back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.files import write_image
from scumble.scene import IdArray

_FAST = 1
"""Level of zlib: pictures are looked at once and seldom kept, so that time counts more than size."""


def png(picture: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """A picture ``[H, W, 3]`` or ``[H, W]`` as the bytes of a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="PNG", compress_level=_FAST)
    return stream.getvalue()


def ids_as_colors(ids: IdArray) -> NDArray[np.uint8]:
    """Ids ``[H, W]`` below 2**24 as colours ``[H, W, 3]``: ``id = red * 65536 + green * 256 + blue``."""
    return np.stack([ids >> 16 & 255, ids >> 8 & 255, ids & 255], axis=-1).astype(np.uint8)


def write_ids(path: Path, ids: IdArray) -> None:
    """Keep a map: as 8 or 16 bits of grey, which every reader of maps takes, or as colours for larger ids.

    Args:
        path: a PNG file.
        ids: ``[H, W]``, 0..2**24 - 1.
    """
    largest = int(ids.max())
    if largest < 2**8:
        write_image(path, ids.astype(np.uint8))
    elif largest < 2**16:
        write_image(path, ids.astype(np.uint16))
    else:
        write_image(path, ids_as_colors(ids))


def read_ids(path: Path) -> IdArray:
    """The map that `write_ids` kept, ``[H, W]``."""
    with Image.open(path, formats=("PNG",)) as picture:
        return ids_of(picture)


def ids_of(picture: Image.Image) -> IdArray:
    """The map ``[H, W]`` that a picture holds, grey or as colours (see `ids_as_colors`)."""
    values: NDArray[Any] = np.asarray(picture).astype(np.int32)
    if values.ndim == 3:
        values = values[..., 0] << 16 | values[..., 1] << 8 | values[..., 2]
    return values
