"""Opening what a user names: limits, decoding, and photographs."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from scumble.errors import InputError, ScumbleError
from scumble.files.members import MAX_FILE_BYTES, TarMember
from scumble.scene import ImageArray

MAX_PIXELS = 64_000_000
"""Width times height of the largest picture that is read or made."""
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
"""The formats of Pillow that may be opened; the others are refused unread."""

_PHOTO_MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
_TOO_MANY_PIXELS = f"expected at most {MAX_PIXELS:,}; make it smaller or cut it into pieces"


def read_image(path: str | os.PathLike[str]) -> ImageArray:
    """Read a photograph.

    The EXIF orientation is applied; grey, palette and CMYK pictures are converted; an alpha channel is
    dropped, which leaves the color values as they are stored.

    Args:
        path: PNG, JPEG, WEBP, BMP or TIFF with 8 bits per channel.

    Returns:
        ``[H, W, 3]`` RGB, 0..255.

    Raises:
        InputError: the file cannot be used.
    """
    picture = load_photograph(path, "an 8-bit photograph", "for instance as PNG or JPEG")
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def load_photograph(path: str | os.PathLike[str], expected: str, remedy: str) -> Image.Image:
    """A picture of 8 bits per channel in any mode.

    Args:
        path: a picture file.
        expected: what the file should be, for the message.
        remedy: how to save it, for the message.

    Raises:
        InputError: the file cannot be used or has more bits.
    """
    picture, raw_modes = load_picture(path)
    if picture.mode not in _PHOTO_MODES or ";16" in raw_modes:
        raise InputError(
            f"{path} has more than 8 bits per channel (mode {picture.mode}); expected {expected}; "
            f"save it with 8 bits per channel, {remedy}."
        )
    return picture


def load_picture(path: str | os.PathLike[str]) -> tuple[Image.Image, str]:
    """Open, limit, decode and turn upright one picture.

    Args:
        path: a file in one of `FORMATS`, on the disk or in a tar file.

    Returns:
        The picture, and the raw modes that Pillow decoded it from, because Pillow opens 16-bit colors and
        greys of 2 or 4 bits as 8-bit ones without a word.

    Raises:
        InputError: the file cannot be used.
    """
    file = io.BytesIO(path.read_bytes()) if isinstance(path, TarMember) else existing_file(path)
    try:
        with warnings.catch_warnings():
            # Damaged metadata, which Pillow warns of, does not matter here.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                _check_pixels(path, *picture.size)
                frames = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)
                if frames > 1:
                    raise InputError(
                        f"{path} holds {frames} pictures; expected one; save the one you mean as PNG."
                    )
                raw_modes = " ".join(str(tile[3]) for tile in getattr(picture, "tile", []))
                picture.load()
                ImageOps.exif_transpose(picture, in_place=True)
    except ScumbleError:
        raise
    except UnidentifiedImageError:
        raise InputError(
            f"{path} is not a picture, is damaged, or is of another kind; expected {', '.join(FORMATS)}; "
            "convert it to PNG."
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError(f"{path} has too many pixels ({error}); {_TOO_MANY_PIXELS}.") from None
    except Exception as error:
        # Decoders fail on damaged files with nearly every exception there is (struct.error, IndexError...).
        raise InputError(
            f"{path} cannot be read: the file is damaged or cut short ({_reason(error)}); save or copy it "
            "again."
        ) from error
    return picture, raw_modes


def load_array(path: str | os.PathLike[str], what: str) -> NDArray[Any]:
    """Read a map from a ``.npy`` file; its header is looked at before the values.

    Args:
        path: what ``numpy.save`` wrote.
        what: the kind of map with its article, for messages.

    Returns:
        ``[H, W]``, of an integer type, with at least one element.

    Raises:
        InputError: the file cannot be used or is not a 2-D array of whole numbers.
    """
    file = existing_file(path)
    expected = f"expected {what} as a 2-D array of whole numbers, written by numpy.save"
    try:
        with file.open("rb") as stream:
            # What does not begin so may be a pickle or a zip file, which numpy.load would take as well.
            if stream.read(6) != b"\x93NUMPY":
                raise InputError(f"{path} does not begin as a .npy file does; {expected}; save it again.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.load(file, mmap_mode="r", allow_pickle=False)
        if array.ndim != 2 or array.dtype.kind not in "biu" or array.size == 0:
            raise InputError(
                f"{path} holds an array of shape {array.shape} and type {array.dtype}; {expected}; save one "
                "id per pixel, rows first."
            )
        _check_pixels(path, array.shape[1], array.shape[0])
        native = np.uint8 if array.dtype.kind == "b" else array.dtype.newbyteorder("=")
        return np.array(array, dtype=native)
    except ScumbleError:
        raise
    except Exception as error:
        raise InputError(
            f"{path} is damaged, cut short or an array of objects ({_reason(error)}); {expected}; save or "
            "copy it again."
        ) from error


def existing_file(path: str | os.PathLike[str]) -> Path:
    """An ordinary file that can be opened and is neither empty nor too large.

    Raises:
        InputError: there is no such file.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise InputError(f"{path} is a folder; expected a picture file; name a file in it.")
        if not file.is_file():
            reason = "is not an ordinary file" if file.exists() else "does not exist"
            raise InputError(f"{path} {reason}; expected a picture file; check the path.")
        length = file.stat().st_size
        if length > MAX_FILE_BYTES:
            raise InputError(
                f"{path} has {length:,} bytes; expected at most {MAX_FILE_BYTES:,}; save it with compression."
            )
        if length == 0:
            raise InputError(f"{path} is empty (0 bytes); expected a picture file; copy it again.")
        with file.open("rb"):
            pass
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror or error}; check the path.") from None
    return file


def _check_pixels(path: str | os.PathLike[str], width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InputError(f"{path} has {width} x {height} = {width * height:,} pixels; {_TOO_MANY_PIXELS}.")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
