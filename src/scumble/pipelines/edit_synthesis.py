"""Editing what has been painted from a map: objects or their parts change, all else keeps its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scumble.checkpoint import Checkpoint
from scumble.edit import Edit, Edited
from scumble.edit.operations import MID_GREY
from scumble.errors import InputError
from scumble.pipelines.synthesize import Synthesis, SynthesisSession
from scumble.scene import IdArray, ImageArray, Scene


@dataclass(frozen=True, eq=False)
class EditedSynthesis:
    """Pictures of a map before and after an edit.

    Attributes:
        before: pictures of the map as it was, and the parts they follow.
        edited: the new maps, and the mask of what they change.
        images: the pictures after the edit, ``[H, W, 3]`` each; outside the mask byte for byte those before.
        parts: the part of every pixel that they follow, ``[H, W]``; None without parts.
    """

    before: Synthesis
    edited: Edited
    images: tuple[ImageArray, ...]
    parts: IdArray | None


def edit_synthesis(
    session: SynthesisSession,
    scene: Scene,
    edit: Edit,
    seeds: Sequence[int],
    *,
    progress: Callable[[], None] = lambda: None,
) -> EditedSynthesis:
    """Paint a map, edit it, and paint with the same noise what the edit changes.

    Args:
        session: of a synthesis system.
        scene: the maps, see `maps_only`; its picture is not looked at. Parts that it knows are followed,
            otherwise they are inferred.
        edit: what to change, objects or parts of objects.
        seeds: one picture each.
        progress: called after every picture, those before the edit too.

    Raises:
        InputError: the edit cannot be carried out, or names a style.
        LabelError: as `SynthesisSession`.
    """
    before = session(scene.labels, scene.instances, seeds, parts=scene.parts, progress=progress)
    edited = edit.apply(replace(scene, parts=before.parts))
    if edited.styles:
        system = session.checkpoint.system
        raise InputError(f"The edit names a style, but {system} has no style codes; leave it out.")
    new = edited.scene
    after = session(new.labels, new.instances, seeds, parts=new.parts, progress=progress)
    pairs = zip(before.images, after.images, strict=True)
    images = tuple(_pasted(old, new, edited) for old, new in pairs)
    return EditedSynthesis(before, edited, images, after.parts)


def maps_only(checkpoint: Checkpoint, labels: IdArray, instances: IdArray, parts: IdArray | None) -> Scene:
    """A scene of maps without a photograph, for `edit_synthesis`.

    Args:
        checkpoint: whose label space it has.
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``, in scumble's numbering.
        parts: ``[H, W]`` 0..8, or None.

    Raises:
        InputError: the maps differ in size.
        LabelError: an id is outside the label space.
    """
    image = np.full((*labels.shape, 3), MID_GREY, dtype=np.uint8)
    return Scene(image, labels, instances, checkpoint.label_space, parts)


def _pasted(old: ImageArray, new: ImageArray, edited: Edited) -> ImageArray:
    """The new picture inside the mask, the old one outside."""
    canvas = new.copy()
    (x, y), (height, width) = edited.offset, old.shape[:2]
    window = canvas[y : y + height, x : x + width]
    mask = edited.mask[y : y + height, x : x + width, None]
    window[:] = np.where(mask, window, old)
    return canvas
