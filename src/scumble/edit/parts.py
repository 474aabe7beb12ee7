"""Operations on the parts of objects, which confine what they change to these objects.

They need a scene whose parts are known, such as `scumble.pipelines.parts.infer_parts` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from scumble.edit.edited import Edited, checked_mask, expect_size, frozen
from scumble.errors import InputError
from scumble.scene import MAX_PARTS, UNKNOWN_PART, IdArray, MaskArray, Scene


@dataclass(frozen=True)
class RemovePart:
    """Take a part away from objects; the nearest other part of the same object continues in its place.

    Attributes:
        selector: which objects, see `Scene.select`.
        part: number of the part, 1..8.

    Raises:
        InputError: the number is outside 1..8.
    """

    selector: str
    part: int

    def __post_init__(self) -> None:
        _check_number(self.part, smallest=1)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing is selected, the scene's parts are not known, or what is selected has no such
                part.
        """
        selected, parts = _selected(scene, self.selector)
        if not (selected & (parts == self.part)).any():
            there = [str(p) for p in np.unique(parts[selected]).tolist() if 0 < p < UNKNOWN_PART]
            raise InputError(
                f"{self.selector!r} has no part {self.part}; it has the parts: {', '.join(there) or 'none'}."
            )
        changed = parts.copy()
        for instance in np.unique(scene.instances[selected]).tolist():
            inside = selected & (scene.instances == instance)
            changed[inside] = without_part(parts, inside, self.part)[inside]
        return Edited(replace(scene, parts=changed), frozen(selected), (0, 0), {})


@dataclass(frozen=True, eq=False)
class PaintPart:
    """Turn a region of objects into a part of theirs; what of the region lies outside them stays.

    Attributes:
        selector: which objects, see `Scene.select`.
        part: number of the part, 1..8; 0 for none.
        mask: ``[H, W]``, True for the region; at least one pixel.

    Raises:
        InputError: the number is outside 0..8, or the mask is empty or not a boolean ``[H, W]`` array.
    """

    selector: str
    part: int
    mask: MaskArray

    def __post_init__(self) -> None:
        _check_number(self.part, smallest=0)
        object.__setattr__(self, "mask", checked_mask(self.mask))

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing is selected, the scene's parts are not known, the mask is of another size or
                touches nothing that is selected.
        """
        expect_size(self.mask, scene)
        selected, parts = _selected(scene, self.selector)
        if not (selected & self.mask).any():
            raise InputError(
                f"The region of part {self.part} touches nothing of {self.selector!r}; expected at least one "
                "pixel of it; paint on the object."
            )
        touched = np.isin(scene.instances, np.unique(scene.instances[selected & self.mask])) & selected
        changed = np.where(selected & self.mask, np.int32(self.part), parts)
        return Edited(replace(scene, parts=changed), frozen(touched), (0, 0), {})


def _check_number(part: int, smallest: int) -> None:
    if not smallest <= part <= MAX_PARTS:
        raise InputError(f"There is no part {part}; expected {smallest}..{MAX_PARTS}.")


def _selected(scene: Scene, selector: str) -> tuple[MaskArray, IdArray]:
    """The pixels that a selector means, and the scene's parts."""
    selected = scene.select(selector)
    if scene.parts is None or (scene.parts[selected] == UNKNOWN_PART).any():
        raise InputError(
            f"The parts of {selector!r} are not known, so they cannot be changed; give a part map, change "
            "parts before the objects themselves, or use a system that infers parts (iPOSE)."
        )
    return selected, scene.parts


def without_part(parts: IdArray, inside: MaskArray, part: int) -> IdArray:
    """A part map in which the nearest other part of one object takes the place of a part of it.

    Args:
        parts: ``[H, W]`` 0..8.
        inside: ``[H, W]``, the pixels of the object.
        part: which goes, 1..8; of an object without another one nothing but 0 remains.
    """
    others = inside & (parts != part) & (parts > 0)
    if not others.any():
        return np.where(inside & (parts == part), np.int32(0), parts)
    y, x = ndimage.distance_transform_edt(~others, return_distances=False, return_indices=True)
    nearest: IdArray = np.where(inside & (parts == part), parts[y, x], parts)
    return nearest
