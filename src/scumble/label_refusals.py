"""Why a label map cannot be used: what was found, where, what it looks like, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scumble.errors import LabelError
from scumble.label_colors import AMBIGUOUS, UNKNOWN, packed

if TYPE_CHECKING:
    from scumble.label_space import LabelSpace

_NAMED = 3
"""How many values or colors a message names."""
_NEAR = 16
"""Colors that resampling, blending or compression made are mostly within this distance of a class color."""
_MANY = 256
"""A picture with more colors than this outside the palette is not a map of another label space."""
_SAMPLE = 1000
"""How many pixels are compared with all class colors."""


def refused_values(
    head: str, values: NDArray[Any], wrong: NDArray[np.bool_], expected: str, dont_care: str | None
) -> LabelError:
    """The error for values that are no ids.

    Args:
        head: the beginning of the message: which file, and what is wrong.
        values: ``[H, W]``, integers.
        wrong: ``[H, W]``, True where a value must not be; at least once.
        expected: the values that may be, in words.
        dont_care: the value for pixels whose class is unknown, in words, if there is one.

    Returns:
        An error that names up to three values, the first place of each and their numbers of pixels.
    """
    found, counts = np.unique(values[wrong], return_counts=True)
    named = []
    for value, count in zip(found[:_NAMED].tolist(), counts[:_NAMED].tolist(), strict=True):
        y, x = np.unravel_index(int(np.argmax(values == value)), values.shape)
        named.append(f"{value} (first at x={x}, y={y}; {count} pixels)")
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    remedy = "choose the label space that the map was made for"
    if found.tolist() == [255]:
        instead = f"write {dont_care} instead" if dont_care else "give the label space a don't-care class"
        remedy = (
            f'255 looks like a "don\'t care" id: {instead}, or describe the data set in a TOML file with '
            "dont_care = 255"
        )
    elif expected == f"0..{int(found[0]) - 1}" and len(found) == 1 and values.min() > 0:
        remedy = f"the ids look as if counted from 1: subtract 1 from all, or {remedy}"
    elif dont_care:
        remedy = f"use {dont_care} where the class is unknown, or {remedy}"
    return LabelError(f"{head}: {', '.join(named)}{more}; expected {expected}; {remedy}.")


def looks_like_mask(source: str, space: str, expected: str) -> LabelError:
    """The error for a picture in black and white.

    Args:
        source: which file; begins the message.
        space: name of the label space.
        expected: the values of a label map, in words.
    """
    return LabelError(
        f"{source} has only the values 0 and 255, which looks like a mask; expected a label map with the "
        f"values {expected} of label space {space!r}; give this file as the mask, and the label map of the "
        "picture here."
    )


def refused_colors(
    source: str, picture: NDArray[np.uint8], ids: NDArray[np.int32], space: LabelSpace
) -> LabelError:
    """The error for a colored map with colors that no class, or more than one, has.

    It tells apart a mask, ids in three channels, a map that was resampled with smoothing or compressed, a
    map in the colors of another label space, and a photograph.

    Args:
        source: which file; begins the message.
        picture: ``[H, W, 3]`` RGB, 0..255.
        ids: ``[H, W]``, what `ids_of_colors` made of it; at least one is no class id.
        space: the label space.
    """
    unknown = ids == UNKNOWN
    if not unknown.any():
        return _ambiguous(source, picture, ids == AMBIGUOUS, space)
    if (picture == picture[..., :1]).all():
        if np.isin(picture[..., 0], (0, 255)).all():
            return looks_like_mask(source, space.name, f"0..{len(space) - 1}")
        color, where = _first(picture, unknown)
        return LabelError(
            f"{source} is grey in three channels, with colors outside label space {space.name!r} (first "
            f"{color} at {where}; {_share(unknown)}); expected class ids in one channel, or the colors of "
            "the classes; if the grey values are the ids, save them as a single-channel PNG of 8 bits."
        )
    numbers = packed(picture)
    positions = np.flatnonzero(unknown)
    sample = picture.reshape(-1, 3)[positions[:: -(-len(positions) // _SAMPLE)]]
    near = float(np.mean([_nearest(color, space)[1] <= _NEAR for color in sample]))
    distinct = np.unique(numbers[unknown])
    if _flat_share(numbers, unknown) < 0.5 or near >= 0.5:
        if 1 - float(unknown.mean()) * (1 - near) >= 0.5:
            return _blended(source, picture, unknown, space)
        if len(distinct) > _MANY:
            color, where = _first(picture, unknown)
            return LabelError(
                f"{source} looks like a photograph: {_share(unknown)} have colors outside label space "
                f"{space.name!r}, {len(distinct):,} different ones (first {color} at {where}); expected a "
                "label map; give the label map of the photograph here."
            )
    return _foreign(source, picture, numbers, unknown, space)


def _ambiguous(
    source: str, picture: NDArray[np.uint8], shared: NDArray[np.bool_], space: LabelSpace
) -> LabelError:
    color, where = _first(picture, shared)
    names = [repr(c.name) for c in space.classes if c.color == color]
    return LabelError(
        f"{source} has the color {color} at {where}, which is that of {' and '.join(names)} in label space "
        f"{space.name!r} ({_share(shared)} have a color of several classes); expected a color for every "
        "class; save the class ids in a single-channel PNG instead."
    )


def _blended(
    source: str, picture: NDArray[np.uint8], unknown: NDArray[np.bool_], space: LabelSpace
) -> LabelError:
    color, where = _first(picture, unknown)
    return LabelError(
        f"{source} has the color {color} at {where}, which no class of label space {space.name!r} has "
        f"(nearest: {_nearest(np.array(color), space)[0]}), and {_share(unknown)} have such colors between "
        "those of classes, as resampling with smoothing, blended borders or lossy compression leave them; "
        "expected exact colors; export it again with nearest neighbour, without smoothing, as PNG."
    )


def _foreign(
    source: str,
    picture: NDArray[np.uint8],
    numbers: NDArray[np.intp],
    unknown: NDArray[np.bool_],
    space: LabelSpace,
) -> LabelError:
    found, counts = np.unique(numbers[unknown], return_counts=True)
    named = []
    for number in found[np.argsort(-counts, kind="stable")][:_NAMED]:
        here = numbers == number
        color, where = _first(picture, here)
        nearest = _nearest(np.array(color), space)[0]
        named.append(f"{color} (first at {where}; {int(here.sum())} pixels; nearest: {nearest})")
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return LabelError(
        f"{source} has colors that no class of label space {space.name!r} has: {', '.join(named)}{more}; "
        f"{_share(unknown)} have such; expected only colors of its classes; choose the label space that the "
        "map was colored for, or give a class table with its colors."
    )


def _first(picture: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> tuple[tuple[int, ...], str]:
    y, x = np.unravel_index(int(np.argmax(chosen)), chosen.shape)
    return tuple(picture[y, x].tolist()), f"x={x}, y={y}"


def _share(chosen: NDArray[np.bool_]) -> str:
    count = int(chosen.sum())
    return f"{count:,} of {chosen.size:,} pixels ({count / chosen.size:.2%})"


def _nearest(color: NDArray[Any], space: LabelSpace) -> tuple[str, float]:
    """The class whose color is nearest, in words, and how far it is."""
    squared = ((space.palette.astype(np.int64) - color) ** 2).sum(axis=1)
    nearest = space.classes[int(np.argmin(squared))]
    return f"{nearest.name!r} {nearest.color}", float(squared.min()) ** 0.5


def _flat_share(numbers: NDArray[np.intp], chosen: NDArray[np.bool_]) -> float:
    """Share of the chosen pixels whose right and lower neighbours have the same color.

    Areas painted in one color are flat; what blending leaves along borders, and photographs, are not.
    """
    here = numbers[:-1, :-1]
    flat = ((here == numbers[:-1, 1:]) & (here == numbers[1:, :-1]))[chosen[:-1, :-1]]
    return float(flat.mean()) if flat.size else 0.0
