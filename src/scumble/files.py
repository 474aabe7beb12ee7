"""The only place that opens pictures and maps that a user names, and that writes results.

Whatever a file holds, reading it ends in an array or in an `InputError` that says what is wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from scumble.errors import InputError, LabelError, ScumbleError
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, ImageArray, MaskArray

MAX_PIXELS = 64_000_000
"""Width times height of the largest picture that is read or made."""
MAX_FILE_BYTES = 256 * 1024 * 1024
"""Size of the largest picture file that is read."""
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
"""The formats of Pillow that may be opened; the others are refused unread."""
MASK_THRESHOLD = 128
"""Grey values from here on belong to a mask."""
ADE_CATEGORY_STEP = 1000
"""Instance ids from ADE's colored instance maps are ``R * 1000 + G``."""

_PHOTO_MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
_SINGLE_CHANNEL_MODES = ("1", "L", "P", "I", "I;16", "I;16B", "I;16L", "I;16N")


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
    picture, raw_modes = _load(path)
    if picture.mode not in _PHOTO_MODES or ";16" in raw_modes:
        raise InputError(
            f"{path} has more than 8 bits per channel (mode {picture.mode}); expected an 8-bit photograph; "
            "save it with 8 bits per channel, for instance as PNG or JPEG."
        )
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def read_labels(
    path: str | os.PathLike[str], label_space: LabelSpace, size: tuple[int, int] | None = None
) -> IdArray:
    """Read a label map.

    Args:
        path: a PNG with one class id per pixel: single-channel of 8 or 16 bits, or a palette PNG, whose
            palette indices are the ids.
        label_space: the ids that are allowed.
        size: width and height of the photograph, in pixels, if there is one.

    Returns:
        ``[H, W]`` class ids.

    Raises:
        InputError: the file cannot be used, or its size is not ``size``.
        LabelError: it holds ids outside the label space, or is a black-and-white mask.
    """
    picture = _load_map(path, "label map", ("PNG",), _SINGLE_CHANNEL_MODES)
    labels = _ids(picture)
    _check_size(path, "label map", labels, size)
    if len(label_space) <= 255 and labels.max() == 255 and np.isin(labels, (0, 255)).all():
        raise LabelError(
            f"{path} has only the values 0 and 255, which looks like a mask; expected a label map with "
            f"the ids 0..{len(label_space) - 1} of label space {label_space.name!r}; give this file as the "
            "mask, and the label map of the picture here."
        )
    label_space.check(labels, str(path))
    return labels


def read_instances(path: str | os.PathLike[str], size: tuple[int, int] | None = None) -> IdArray:
    """Read an instance map as its file numbers it.

    `scumble.instances.consistent_instances` says what it means together with the label map.

    Args:
        path: PNG or TIFF; single-channel of 8, 16 or 32 bits, or a palette PNG, one id per pixel; or
            colored in the manner of ADE20K: red is the category (1..100), green alone is the number of the
            instance (unique in the picture; 0 = no instance) and blue is 0. Such a pixel gets the id
            ``red * 1000 + green``, which cannot be confused with the bare class ids of stuff; pixels
            without an instance get 0 whatever their class.
        size: width and height of the photograph, in pixels, if there is one.

    Returns:
        ``[H, W]`` ids, 0..2147483647.

    Raises:
        InputError: the file cannot be used, or its size is not ``size``.
    """
    picture = _load_map(path, "instance map", ("PNG", "TIFF"), (*_SINGLE_CHANNEL_MODES, "RGB"))
    if picture.mode == "RGB":
        channels = np.asarray(picture).astype(np.int32)
        y, x = np.unravel_index(int(np.argmax(channels[..., 2])), channels.shape[:2])
        if channels[y, x, 2] > 0:
            raise InputError(
                f"{path} has blue {channels[y, x, 2]} at x={x}, y={y}; expected 0 everywhere in a colored "
                "instance map (red = category, green = number); save the instance ids in one channel of "
                "16 bits."
            )
        instances = channels[..., 0] * ADE_CATEGORY_STEP + channels[..., 1]
    else:
        instances = _ids(picture)
    _check_size(path, "instance map", instances, size)
    if instances.min() < 0:
        y, x = np.unravel_index(int(np.argmin(instances)), instances.shape)
        raise InputError(
            f"{path} has the instance id {instances[y, x]} at x={x}, y={y}; expected 0..2147483647; "
            "number the instances from 0."
        )
    return instances


def read_mask(path: str | os.PathLike[str], size: tuple[int, int] | None = None) -> MaskArray:
    """Read a mask: bright pixels are to be generated.

    Args:
        path: a picture of 8 bits per channel; its grey values from 128 on are in the mask. What is
            transparent counts as black.
        size: width and height of the photograph, in pixels, if there is one.

    Returns:
        ``[H, W]``, True where the picture is bright; at least one pixel.

    Raises:
        InputError: the file cannot be used, no pixel is bright, or its size is not ``size``.
    """
    picture, raw_modes = _load(path)
    if picture.mode not in _PHOTO_MODES or ";16" in raw_modes:
        raise InputError(
            f"{path} has more than 8 bits per channel (mode {picture.mode}); expected a mask in black and "
            "white; save it as an 8-bit grey PNG."
        )
    if picture.mode not in ("1", "L"):
        picture = picture.convert("RGBA")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, picture)
    grey = np.asarray(picture.convert("L"))
    _check_size(path, "mask", grey, size)
    mask = grey >= MASK_THRESHOLD
    if not mask.any():
        raise InputError(
            f"{path} is an empty mask: its brightest grey value is {grey.max()}; expected "
            f"{MASK_THRESHOLD} or more where pixels shall be generated; paint that region white (255)."
        )
    return mask


def _load(path: str | os.PathLike[str]) -> tuple[Image.Image, str]:
    """Open, limit, decode and turn upright one picture.

    Also returns the raw modes that Pillow decoded from, because it opens 16-bit colors and greys of 2 or 4
    bits as 8-bit ones without a word.
    """
    file = _existing_file(path)
    too_large = f"expected at most {MAX_PIXELS:,}; make it smaller or cut it into pieces"
    try:
        with warnings.catch_warnings():
            # Damaged metadata, which Pillow warns of, does not matter here.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise InputError(
                        f"{path} has {width} x {height} = {width * height:,} pixels; {too_large}."
                    )
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
        raise InputError(f"{path} has too many pixels ({error}); {too_large}.") from None
    except Exception as error:
        # Decoders fail on damaged files with nearly every exception there is (struct.error, IndexError...).
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{path} cannot be read: the file is damaged or cut short ({reason}); save or copy it again."
        ) from error
    return picture, raw_modes


def _load_map(
    path: str | os.PathLike[str], what: str, formats: tuple[str, ...], modes: tuple[str, ...]
) -> Image.Image:
    """A picture whose values are exact ids; refuses the formats and modes that cannot hold them."""
    picture, raw_modes = _load(path)
    expected = f"expected a {what} as {' or '.join(formats)} with one id per pixel"
    found = picture.format or "of an unknown format"
    if found in ("JPEG", "MPO") or "jpeg" in str(picture.info.get("compression")):
        raise InputError(
            f"{path} is a JPEG, whose compression changes ids near every border; {expected}; export it anew "
            "from the source of the annotation."
        )
    if found not in formats:
        raise InputError(f"{path} is {found}; {expected}; convert it without loss.")
    if picture.mode not in modes:
        raise InputError(
            f"{path} is a color picture or has transparency (mode {picture.mode}); {expected}, "
            "not colors; save the ids as a single-channel PNG of 8 or 16 bits."
        )
    if picture.mode == "L" and ("L;2" in raw_modes or "L;4" in raw_modes):
        raise InputError(
            f"{path} has fewer than 8 bits per pixel, which stretches the ids when read; {expected}; save it "
            "with 8 bits."
        )
    return picture


def _ids(picture: Image.Image) -> IdArray:
    values = np.asarray(picture)
    # A picture of 1 bit means black and white, as an 8-bit one with 0 and 255 does.
    return values.astype(np.int32) * (255 if values.dtype == np.bool_ else 1)


def _existing_file(path: str | os.PathLike[str]) -> Path:
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


def _check_size(
    path: str | os.PathLike[str], what: str, values: NDArray[Any], size: tuple[int, int] | None
) -> None:
    found = (values.shape[1], values.shape[0])
    if size is not None and found != size:
        raise InputError(
            f"{path}: the {what} is {found[0]} x {found[1]} pixels (width x height), the picture "
            f"{size[0]} x {size[1]}; expected the same size; export the {what} at the size of the picture "
            "(resize ids by nearest neighbour only)."
        )


@contextmanager
def _replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A stream whose content becomes the file at ``path`` in one step when the block ends well."""
    target = Path(path)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        try:
            with temporary.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; choose another place."
        ) from None


def write_image(path: str | os.PathLike[str], array: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write a PNG in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        array: ``[H, W, 3]`` RGB or ``[H, W]`` grey of uint8, or ``[H, W]`` of uint16.

    Raises:
        InputError: the place cannot be written.
    """
    picture = Image.fromarray(array)
    with _replacing(path) as stream:
        picture.save(stream, format="PNG")


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write JSON in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        value: JSON-able; NaN and infinities are not.

    Raises:
        InputError: the place cannot be written.
        ValueError: the value holds NaN or an infinity.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text in UTF-8 in one step: the file is complete or not there.

    Args:
        path: where to; an existing file is replaced.
        text: what to write.

    Raises:
        InputError: the place cannot be written.
    """
    with _replacing(path) as stream:
        stream.write(text.encode("utf-8"))


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}; check the path.") from None


class OutputFolder:
    """Collects the files of a run and puts them into a folder only if the run succeeds.

    Use it as a context manager, which gives a hidden temporary folder to write to. When the block ends
    well, its files move into the output folder: same-named files there are replaced, others stay. When the
    block fails, nothing of it remains and the output folder is as before.

    The temporary folder lies inside the output folder where that exists (it may be a mounted volume, across
    whose border files cannot be moved in one step), else in the nearest folder above it that exists.

    Args:
        path: the output folder; it need not exist.
        new: refuse an output folder that holds anything.
    """

    def __init__(self, path: str | os.PathLike[str], *, new: bool = False) -> None:
        self._target = Path(path)
        self._new = new
        self._temporary = Path()

    def __enter__(self) -> Path:
        """Make the temporary folder.

        Returns:
            The folder to write files to; subfolders are allowed.

        Raises:
            InputError: the output folder is a file, cannot be written, or is not empty but should be new.
        """
        try:
            if self._new and self._target.is_dir() and any(self._target.iterdir()):
                raise InputError(
                    f"The output folder {self._target} is not empty; expected a new or an empty one; choose "
                    "another place or move it away."
                )
            place = self._target.absolute()
            while not place.exists():
                place = place.parent
            if not place.is_dir():
                raise InputError(
                    f"{self._target} cannot be the output folder: {place} is a file; expected a folder; "
                    "choose another place."
                )
            self._temporary = place / f".scumble-{secrets.token_hex(8)}.tmp"
            self._temporary.mkdir()
        except (OSError, ValueError) as error:
            raise self._not_writable(error) from None
        return self._temporary

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Move the files into the output folder, or remove them if the block failed."""
        try:
            if kind is None:
                self._move()
        except OSError as problem:
            raise self._not_writable(problem) from None
        finally:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _move(self) -> None:
        if not self._target.exists():
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.rename(self._target)
            return
        files = sorted(file for file in self._temporary.rglob("*") if file.is_file())
        targets = [self._target / file.relative_to(self._temporary) for file in files]
        for target in targets:
            # Looked at before the first file moves, so that a clash leaves the folder as it was.
            if target.is_dir():
                raise InputError(
                    f"{target} is a folder; expected a file or nothing there; move it away or choose another "
                    "output folder."
                )
        for file, target in zip(files, targets, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)

    def _not_writable(self, error: OSError | ValueError) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(
            f"The output folder {self._target} cannot be written: {reason}; choose another place."
        )
