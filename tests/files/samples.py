"""Picture files for tests, also of kinds that Pillow does not write."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path: Path, width: int, height: int, depth: int, color_type: int, rows: bytes) -> Path:
    """A PNG of any bit depth, which Pillow cannot always write; each row begins with filter byte 0."""
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks))
    return path


def save(path: Path, array: Any, dtype: Any = np.uint8, **options: Any) -> Path:
    Image.fromarray(np.array(array, dtype=dtype)).save(path, **options)
    return path
