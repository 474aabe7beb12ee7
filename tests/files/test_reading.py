"""Opening the pictures and maps that users name, and photographs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from scumble import files
from scumble.errors import InputError
from scumble.files import read_image, read_instances, read_labels, read_mask
from scumble.label_space import LabelSpace
from tests.files.samples import save, write_png

CAMVID = LabelSpace.load("camvid")


def read_camvid(path: Path) -> NDArray[np.int32]:
    return read_labels(path, CAMVID)


READERS: list[Callable[[Path], NDArray[Any]]] = [read_image, read_camvid, read_instances, read_mask]
every_reader = pytest.mark.parametrize("read", READERS, ids=["image", "labels", "instances", "mask"])


RANDOM = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)


# --- photographs


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tiff", "a.webp", "wrong_extension.jpg"])
def test_lossless_photographs_come_back_exactly(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    kind = {".jpg": "PNG", ".tiff": "TIFF", ".bmp": "BMP", ".webp": "WEBP", ".png": "PNG"}[path.suffix]
    options = {"lossless": True} if kind == "WEBP" else {}
    Image.fromarray(RANDOM).save(path, format=kind, **options)
    image = read_image(path)
    assert image.dtype == np.uint8
    assert (image == RANDOM).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_exif_says(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(RANDOM)
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "a.png", exif=exif)
    turned = [None, RANDOM, RANDOM[:, ::-1], RANDOM[::-1, ::-1], RANDOM[::-1]]
    turned += [
        RANDOM.transpose(1, 0, 2),
        np.rot90(RANDOM, -1),
        np.rot90(RANDOM, 2).transpose(1, 0, 2),
        np.rot90(RANDOM),
    ]
    expected = turned[orientation]
    assert expected is not None
    assert np.array_equal(read_image(tmp_path / "a.png"), expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_grey_palette_and_alpha_become_rgb(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.array([[0, 255], [255, 0]], np.uint8))
    grey.convert(mode).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png").tolist() == [[[0] * 3, [255] * 3], [[255] * 3, [0] * 3]]


def test_colors_under_transparency_stay_as_they_are_stored(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[[10, 20, 30, 0], [40, 50, 60, 128]]])
    assert read_image(path).tolist() == [[[10, 20, 30], [40, 50, 60]]]


def test_a_cmyk_photograph_becomes_rgb(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "a.tiff")
    assert (read_image(tmp_path / "a.tiff") == [255, 0, 0]).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (9, 1, 3)])
def test_the_thinnest_photographs_are_read(tmp_path: Path, shape: tuple[int, ...]) -> None:
    assert read_image(save(tmp_path / "a.png", np.zeros(shape))).shape == shape


@pytest.mark.parametrize(
    "make",
    [
        lambda path: save(path, np.zeros((2, 2)), np.uint16),
        lambda path: write_png(path, 1, 1, 16, 2, b"\0" + bytes(6)),
        lambda path: write_png(path, 1, 1, 16, 6, b"\0" + bytes(8)),
    ],
    ids=["grey", "rgb", "rgba"],
)
@pytest.mark.parametrize("read", [read_image, read_mask], ids=["image", "mask"])
def test_sixteen_bit_photographs_and_masks_are_refused(
    tmp_path: Path, make: Callable[[Path], Path], read: Callable[[Path], Any]
) -> None:
    path = make(tmp_path / "deep.png")
    with pytest.raises(InputError, match=r"deep\.png has more than 8 bits per channel.*; save it"):
        read(path)


def test_floating_point_photographs_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tiff", np.zeros((2, 2)), np.float32)
    with pytest.raises(InputError, match="more than 8 bits"):
        read_image(path)


# --- files that no reader accepts


@every_reader
@pytest.mark.parametrize("name", ["missing.png", "nul\0byte.png", "x" * 5000, "missing/below.png"])
def test_a_missing_file_is_named(tmp_path: Path, read: Callable[[Path], Any], name: str) -> None:
    with pytest.raises(InputError, match=r"does not exist|cannot be opened"):
        read(tmp_path / name)


@every_reader
def test_folders_pipes_and_empty_files_are_refused(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "empty.png").touch()
    for name, message in [
        ("folder", "is a folder"),
        ("pipe", "is not an ordinary file"),
        ("empty", "is empty"),
    ]:
        with pytest.raises(InputError, match=rf"{name}\.png {message}"):
            read(tmp_path / f"{name}.png")


@every_reader
@pytest.mark.parametrize(
    "content", [b"no picture", b"<svg/>", b"GIF89a\x01\0\x01\0\0\0\0;", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n"]
)
def test_other_kinds_of_files_are_refused(
    tmp_path: Path, read: Callable[[Path], Any], content: bytes
) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png (is not a picture|cannot be read)"):
        read(tmp_path / "a.png")


@every_reader
def test_a_bomb_is_refused_from_its_header(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    for side in (8001, 9500, 30000, 2**31 - 1):  # Pillow itself is silent, warns, refuses, refuses
        path = write_png(tmp_path / "bomb.png", side, side, 8, 0, b"\0")
        with pytest.raises(InputError, match=r"bomb\.png has .*pixels.*at most 64,000,000"):
            read(path)


@every_reader
def test_a_file_of_too_many_bytes_is_refused(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    path = save(tmp_path / "large.png", RANDOM)
    os.truncate(path, files.MAX_FILE_BYTES + 1)  # a sparse file, which takes no room
    with pytest.raises(InputError, match=r"large\.png has 268,435,457 bytes; expected at most 268,435,456"):
        read(path)


@every_reader
def test_an_animation_is_refused(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    frames = [Image.new("L", (3, 3), value) for value in (0, 1, 2)]
    frames[0].save(tmp_path / "moving.png", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match=r"moving\.png holds 3 pictures; expected one"):
        read(tmp_path / "moving.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff", "bmp", "webp"])
def test_a_photograph_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3))
    path = save(tmp_path / f"short.{suffix}", noise)
    whole = path.read_bytes()
    for keep in (0.9, 0.5, 0.02):
        path.write_bytes(whole[: int(len(whole) * keep)])
        with pytest.raises(InputError, match=rf"short\.{suffix} (cannot be read|is not a picture)"):
            read_image(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(["png", "jpg", "tiff", "bmp", "webp"]),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    ),
)
def test_no_damaged_file_raises_anything_but_an_input_error(
    tmp_path: Path, suffix: str, changes: list[tuple[float, int]]
) -> None:
    path = save(tmp_path / f"a.{suffix}", RANDOM)
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    path.write_bytes(content)
    for read in READERS:
        try:
            array = read(path)
        except InputError as error:
            assert path.name in str(error)
        else:
            assert array.shape[0] * array.shape[1] <= files.MAX_PIXELS
