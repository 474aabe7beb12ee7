"""Label maps, instance maps and masks: understood exactly, or refused with the reason."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import InputError, LabelError
from scumble.files.reading import load_array, load_photograph, load_picture
from scumble.label_coding import LabelCoding
from scumble.label_refusals import looks_like_mask
from scumble.label_space import LabelSpace
from scumble.label_tables import voc_color
from scumble.scene import IdArray, ImageArray, MaskArray

MASK_THRESHOLD = 128
"""Grey values from here on belong to a mask."""
ADE_CATEGORY_STEP = 1000
"""Instance ids from ADE's colored instance maps are ``R * 1000 + G``."""

_LARGEST_ID = 2**31 - 1
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_SINGLE_CHANNEL_MODES = ("1", "L", "P", "I", "I;16", "I;16B", "I;16L", "I;16N")
# Palettes that programs attach to any ids: they say nothing of what the ids mean.
_STANDARD_PALETTES = (
    np.array([voc_color(i) for i in range(256)], np.uint8),
    np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1),
)
_SHORTEST_STANDARD = 4
"""A palette of fewer colors may agree with the beginning of a standard palette by chance."""


def read_labels(
    path: str | os.PathLike[str], labels_of: LabelSpace | LabelCoding, size: tuple[int, int] | None = None
) -> IdArray:
    """Read a label map.

    A palette picture's indices are the values, as data sets have it, with one exception: paint programs
    number the colors of a colored map anew. So the colors count if all that occur are exact colors of the
    label space, at least one is not the color of the class that its index means, and the palette is not a
    standard one (the colors of PASCAL VOC or shades of grey in order) that says nothing about classes.

    Args:
        path: one of

            * a PNG or TIFF with one value per pixel, 8, 16 or 32 bits, or with a palette;
            * a PNG or TIFF in RGB, or opaque RGBA, with 8 bits per channel, in which every pixel has exactly
              the color of a class (a color of several classes means the don't-care class if it is among
              them, else the file is refused);
            * a ``.npy`` file with a 2-D array of whole numbers.
        labels_of: what the values mean; a label space if they are the class ids.
        size: width and height of the photograph, in pixels, if there is one.

    Returns:
        ``[H, W]`` class ids.

    Raises:
        InputError: the file cannot be used, or its size is not ``size``.
        LabelError: it holds values or colors without a meaning, or is another kind of picture.
    """
    coding = labels_of if isinstance(labels_of, LabelCoding) else LabelCoding(labels_of)
    if Path(path).suffix.lower() == ".npy":
        values = load_array(path, "a label map")
    else:
        picture = _load_map(path, "a label map", (*_SINGLE_CHANNEL_MODES, "RGB", "RGBA"))
        colors = _class_colors(path, picture, coding)
        if colors is not None:
            _check_size(path, "label map", colors, size)
            return coding.label_space.ids_of(colors, str(path))
        values = _values(picture)
    _check_size(path, "label map", values, size)
    meant = coding.knows(255) and not coding.customary
    if values.max() == 255 and not meant and np.isin(values, (0, 255)).all():
        raise looks_like_mask(str(path), coding.label_space.name, coding.expected)
    return coding.decode(values, str(path))


def read_instances(
    path: str | os.PathLike[str], size: tuple[int, int] | None = None, what: str = "instance map"
) -> IdArray:
    """Read an instance map as its file numbers it.

    `scumble.instances.consistent_instances` says what it means together with the label map.

    Args:
        path: PNG or TIFF; single-channel of 8, 16 or 32 bits, or a palette PNG, one id per pixel; a ``.npy``
            file with a 2-D array of whole numbers; or colored in the manner of ADE20K: red is the category
            (1..100), green alone is the number of the instance (unique in the picture; 0 = no instance) and
            blue is 0. Such a pixel gets the id ``red * 1000 + green``, which cannot be confused with the
            bare class ids of stuff; pixels without an instance get 0 whatever their class.
        size: width and height of the photograph, in pixels, if there is one.
        what: the map is called in messages.

    Returns:
        ``[H, W]`` ids, 0..2147483647.

    Raises:
        InputError: the file cannot be used, or its size is not ``size``.
    """
    if Path(path).suffix.lower() == ".npy":
        instances = load_array(path, f"a map ({what})")
    else:
        picture = _load_map(path, f"a map ({what})", (*_SINGLE_CHANNEL_MODES, "RGB"))
        instances = _colored_instances(path, picture) if picture.mode == "RGB" else _values(picture)
    _check_size(path, what, instances, size)
    for worst in (int(np.argmin(instances)), int(np.argmax(instances))):
        y, x = np.unravel_index(worst, instances.shape)
        if not 0 <= instances[y, x] <= _LARGEST_ID:
            raise InputError(
                f"{path} has the instance id {instances[y, x]} at x={x}, y={y}; expected 0..{_LARGEST_ID}; "
                "number the instances from 0."
            )
    return instances.astype(np.int32)


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
    picture = load_photograph(path, "a mask in black and white", "for instance as a grey PNG")
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


def _load_map(path: str | os.PathLike[str], what: str, modes: tuple[str, ...]) -> Image.Image:
    """A picture whose values are exact; refuses the formats and modes that cannot hold such."""
    picture, raw_modes = load_picture(path)
    expected = f"expected {what} as PNG or TIFF with one id per pixel"
    found = picture.format or "of an unknown format"
    if found in ("JPEG", "MPO") or "jpeg" in str(picture.info.get("compression")):
        raise InputError(
            f"{path} is a JPEG, whose compression changes ids near every border; {expected}; export it anew "
            "from the source of the annotation."
        )
    if found not in ("PNG", "TIFF"):
        raise InputError(f"{path} is {found}; {expected}; convert it without loss.")
    if picture.mode not in modes:
        raise InputError(
            f"{path} has several channels, transparency or fractions (mode {picture.mode}); {expected}; save "
            "the ids as a single-channel PNG of 8 or 16 bits."
        )
    if picture.mode in ("RGB", "RGBA") and ";16" in raw_modes:
        raise InputError(
            f"{path} has 16 bits per color; {expected}, or with 8 bits per color; save the ids as a "
            "single-channel PNG of 8 or 16 bits."
        )
    # Pillow stretches greys of 2 and 4 bits to 0..255 and inverts those that a TIFF stores with white as 0.
    if re.search(r"L;[24]|[1L];I", raw_modes):
        raise InputError(
            f"{path} has fewer than 8 bits per pixel or counts down from white (raw mode {raw_modes}), which "
            f"changes the ids when read; {expected}; save it with 8 bits."
        )
    return picture


def _values(picture: Image.Image) -> NDArray[Any]:
    values = np.asarray(picture)
    # A picture of 1 bit means black and white, as an 8-bit one with 0 and 255 does.
    return values.astype(np.uint8) * 255 if values.dtype == np.bool_ else values


def _colored_instances(path: str | os.PathLike[str], picture: Image.Image) -> IdArray:
    channels = np.asarray(picture).astype(np.int32)
    y, x = np.unravel_index(int(np.argmax(channels[..., 2])), channels.shape[:2])
    if channels[y, x, 2] > 0:
        raise InputError(
            f"{path} has blue {channels[y, x, 2]} at x={x}, y={y}; expected 0 everywhere in a colored "
            "instance map (red = category, green = number); save the instance ids in one channel of "
            "16 bits."
        )
    instances: IdArray = channels[..., 0] * ADE_CATEGORY_STEP + channels[..., 1]
    return instances


def _class_colors(
    path: str | os.PathLike[str], picture: Image.Image, coding: LabelCoding
) -> ImageArray | None:
    """The colors of a map in which colors mean the classes; None where the values do."""
    if picture.mode == "RGB":
        return np.asarray(picture)
    if picture.mode == "RGBA":
        channels = np.asarray(picture)
        y, x = np.unravel_index(int(np.argmin(channels[..., 3])), channels.shape[:2])
        if channels[y, x, 3] < 255:
            raise LabelError(
                f"{path} is transparent (alpha {channels[y, x, 3]}) at x={x}, y={y}; expected a label map in "
                "which every pixel has the full color of its class; paint the place or save it without "
                "transparency."
            )
        return channels[..., :3]
    if picture.mode == "P":
        indices = np.asarray(picture)
        palette = np.array(picture.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
        used = np.flatnonzero(np.bincount(indices.ravel(), minlength=256))
        # A missing entry of the palette is a color that no class has, which makes the indices count.
        if used[-1] < len(palette) and _colors_decide(used, palette, coding, str(path)):
            colors: ImageArray = palette[indices]
            return colors
    return None


def _colors_decide(
    used: NDArray[np.intp], palette: NDArray[np.uint8], coding: LabelCoding, source: str
) -> bool:
    """Whether a palette picture is a colored map whose colors a program numbered anew; see `read_labels`.

    Raises:
        LabelError: the colors are the black and white of a mask.
    """
    space = coding.label_space
    shown = [tuple(color) for color in palette[used].tolist()]
    class_colors = {label_class.color for label_class in space.classes}
    if (
        len(space) > 2
        and _WHITE in shown
        and {_BLACK, _WHITE}.issuperset(shown)
        and _WHITE not in class_colors
    ):
        raise looks_like_mask(source, space.name, coding.expected)
    if len(palette) >= _SHORTEST_STANDARD and any(
        (palette == standard[: len(palette)]).all() for standard in _STANDARD_PALETTES
    ):
        return False
    return class_colors.issuperset(shown) and any(
        not coding.knows(index) or space.classes[coding.class_of(index)].color != color
        for index, color in zip(used.tolist(), shown, strict=True)
    )


def _check_size(
    path: str | os.PathLike[str], what: str, values: NDArray[Any], size: tuple[int, int] | None
) -> None:
    found = (values.shape[1], values.shape[0])
    if size is not None and found != size:
        remedy = f"export the {what} at the size of the picture (resize ids by nearest neighbour only)"
        if found == size[::-1]:
            remedy = (
                "width and height are exchanged: pictures with an EXIF orientation are turned upright, so "
                f"turn the {what} likewise, or save the picture without the orientation"
            )
        raise InputError(
            f"{path}: the {what} is {found[0]} x {found[1]} pixels (width x height), the picture "
            f"{size[0]} x {size[1]}; expected the same size; {remedy}."
        )
