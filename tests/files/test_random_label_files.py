"""Whatever a label file holds, reading it ends in ids or in an error that names the file.

``SCUMBLE_LABEL_FILES=10000`` sets how many files are made.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import InputError
from scumble.files import MAX_PIXELS, read_instances, read_labels
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

CAMVID = LabelSpace.load("camvid")
CODINGS = (LabelCoding(CAMVID), LabelCoding.named("coco-stuff"), LabelCoding.named("cityscapes"))
MODES = {
    "PNG": ("1", "L", "P", "LA", "RGB", "RGBA", "I;16"),
    "TIFF": ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I", "I;16", "F"),
}
PICTURE_SUFFIXES = (".png", ".png", ".tif", ".jpg", ".PNG", "", ".npy")
ARRAY_SUFFIXES = (".npy", ".npy", ".NPY", ".png")

shapes = st.tuples(st.integers(1, 24), st.integers(1, 24))
ids = st.sampled_from([0, 1, 3, 11, 12, 18, 19, 33, 128, 181, 182, 255])


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    """A picture of any mode in any format that holds the mode, its pixels ids, class colors or noise."""
    values = draw(hnp.arrays(np.uint8, draw(shapes), elements=ids | st.integers(0, 255)))
    content = draw(st.sampled_from(["ids", "colors", "noise"]))
    picture = Image.fromarray(values)
    if content == "colors":
        picture = Image.fromarray(CAMVID.palette[values % len(CAMVID)])
    elif content == "noise":
        noise = np.random.default_rng(int(values.sum())).integers(0, 256, (*values.shape, 3))
        picture = Image.fromarray(noise.astype(np.uint8))
    kind = draw(st.sampled_from(["PNG", "PNG", "TIFF", "TIFF", "WEBP", "JPEG", "BMP"]))
    mode = draw(st.sampled_from(MODES.get(kind, ("L", "RGB"))))
    if mode in ("I", "I;16"):
        picture = Image.fromarray(values.astype(np.int32 if mode == "I" else np.uint16) * draw(ids))
    elif mode == "P" and content == "ids":
        picture = Image.fromarray(values, mode="P")
        picture.putpalette(CAMVID.palette.tobytes() + bytes(draw(st.sampled_from([0, 3, 720]))))
    else:
        picture = picture.convert("RGB" if mode == "CMYK" else "L" if mode == "F" else mode).convert(mode)
    options: dict[str, Any] = {}
    if kind == "TIFF":
        options = {"compression": draw(st.sampled_from([None, "tiff_lzw", "tiff_deflate", "packbits"]))}
        options |= {"tiffinfo": {262: 0}} if mode in ("1", "L") and draw(st.booleans()) else {}
    stream = io.BytesIO()
    picture.save(stream, format=kind, **options)
    return stream.getvalue()


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """A ``.npy`` file of any type and of any shape up to three dimensions."""
    types = hnp.integer_dtypes(endianness="?") | hnp.boolean_dtypes() | hnp.scalar_dtypes()
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9) | shapes)
    array = np.zeros(shape, draw(types))
    if array.dtype.kind in "iuf":
        array[...] = draw(st.sampled_from([0, 1, 11, 100]))
    if draw(st.booleans()):
        array = array.astype(object)
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


@st.composite
def label_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The name and the content of a label file, whole or with changed, lost or added bytes."""
    is_picture = draw(st.sampled_from([True, True, True, False]))
    content = bytearray(draw(pictures() if is_picture else arrays()))
    suffix = draw(st.sampled_from(PICTURE_SUFFIXES if is_picture else ARRAY_SUFFIXES))
    damage = draw(st.sampled_from(["none", "bytes", "bytes", "bytes", "end", "more"]))
    place = st.integers(0, len(content) - 1)
    if damage == "bytes":
        for where, change in draw(st.lists(st.tuples(place, st.integers(1, 255)), min_size=1, max_size=6)):
            content[where] ^= change
        if draw(st.booleans()):
            mend_checksums(content)
    elif damage == "end":
        del content[draw(place) :]
    elif damage == "more":
        content += draw(st.binary(max_size=40))
    return f"random{suffix}", bytes(content)


def mend_checksums(content: bytearray) -> None:
    """Make the checksums of a PNG's chunks right again, so that decoders look at what is in them."""
    start = 8
    while start + 12 <= len(content):
        end = start + 8 + int.from_bytes(content[start : start + 4], "big")
        if end + 4 > len(content) or content[1:4] != b"PNG":
            break
        content[end : end + 4] = zlib.crc32(content[start + 4 : end]).to_bytes(4, "big")
        start = end + 4


@settings(
    max_examples=int(os.environ.get("SCUMBLE_LABEL_FILES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    file=label_files()
    | label_files()
    | label_files()
    | st.tuples(st.sampled_from(["random.png", "random.npy"]), st.binary(max_size=100)),
    coding=st.sampled_from(CODINGS),
)
def test_no_random_label_file_raises_anything_but_an_input_error(
    tmp_path: Path, file: tuple[str, bytes], coding: LabelCoding
) -> None:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    readers: list[Callable[[], NDArray[np.int32]]] = [
        lambda: read_labels(path, coding),
        lambda: read_instances(path),
    ]
    for read, top in zip(readers, (len(coding.label_space), 2**31), strict=True):
        try:
            array = read()
        except InputError as error:
            assert str(path) in str(error)
            assert "expected" in str(error) or "again" in str(error)
        else:
            assert array.dtype == np.int32
            assert array.ndim == 2
            assert 0 < array.size <= MAX_PIXELS
            assert 0 <= array.min() <= array.max() < top
