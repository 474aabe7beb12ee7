"""Operations on the maps of a scene: they change what is where, or only what is painted anew."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from scumble import files
from scumble.edit.edited import (
    Edited,
    Style,
    checked_mask,
    dilated,
    expect_size,
    fill_with_background,
    frozen,
    paint_region,
    with_maps,
)
from scumble.errors import InputError
from scumble.scene import UNKNOWN_PART, MaskArray, Scene

DEFAULT_GROW = 5
"""Pixels around a removed object that are generated too: its antialiased border and contact shadow."""
MID_GREY = 128
"""The image value of pixels that an extension adds, until they are generated."""


@dataclass(frozen=True)
class Remove:
    """Take away what a selector means; the nearest background continues in the maps.

    Background is stuff that counts and is not itself selected.

    Attributes:
        selector: ``car`` or ``car#0``, see `Scene.select`.
        grow: the mask reaches this many pixels beyond what is selected.

    Raises:
        InputError: ``grow`` is negative.
    """

    selector: str
    grow: int = DEFAULT_GROW

    def __post_init__(self) -> None:
        if self.grow < 0:
            raise InputError(f"The mask of a removal grows by {self.grow} pixels; expected 0 or more.")

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing is selected, or there is no background.
        """
        selected = scene.select(self.selector)
        labels, instances = scene.labels.copy(), scene.instances.copy()
        fill_with_background(scene, selected, selected, labels, instances, self.selector)
        changed = with_maps(scene, labels, instances, selected)
        return Edited(changed, dilated(selected, self.grow), (0, 0), {})


@dataclass(frozen=True, eq=False)
class Box:
    """Generate a rectangle, with a new instance of a class in it or (without a class) as the maps say.

    Attributes:
        x0: left column.
        y0: upper row.
        x1: column behind the last one.
        y1: row behind the last one.
        class_name: what to paint, or None.
        style: the look of the new instance, or None.
        outline: ``[y1 - y0, x1 - x0]``, True where the new instance is, see `OutlineBank`; None means
            everywhere. The maps around it stay; all of the rectangle is generated.

    Raises:
        InputError: there is a style or an outline but no class, or the outline is not of the box's size.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    class_name: str | None = None
    style: Style | None = None
    outline: MaskArray | None = None

    def __post_init__(self) -> None:
        if self.outline is not None:
            object.__setattr__(self, "outline", checked_mask(self.outline))
            size, expected = self.outline.shape, (self.y1 - self.y0, self.x1 - self.x0)
            if size != expected or self.class_name is None:
                raise InputError(
                    f"A box of {expected[1]} x {expected[0]} pixels and class {self.class_name} has an "
                    f"outline of {size[1]} x {size[0]} (width x height); expected the same size and a class."
                )
        if self.style is not None and self.class_name is None:
            raise InputError(
                f"A box has the style {self.style.path!r} but no class; expected a class that is to look so; "
                "name it, or restyle an object instead."
            )

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the box is empty or not inside the picture.
            LabelError: there is no such class.
        """
        width, height = scene.size
        if not (0 <= self.x0 < self.x1 <= width and 0 <= self.y0 < self.y1 <= height):
            raise InputError(
                f"The box x {self.x0}..{self.x1}, y {self.y0}..{self.y1} is empty or not inside the picture, "
                f"which is {width} x {height} pixels; expected 0 <= x0 < x1 <= {width} and "
                f"0 <= y0 < y1 <= {height}."
            )
        region = np.zeros((height, width), dtype=np.bool_)
        region[self.y0 : self.y1, self.x0 : self.x1] = True
        if self.class_name is None:
            return Edited(scene, frozen(region), (0, 0), {})
        painted = region.copy()
        if self.outline is not None:
            painted[self.y0 : self.y1, self.x0 : self.x1] = self.outline
        edited = paint_region(scene, painted, self.class_name, self.style)
        return dataclasses.replace(edited, mask=frozen(region))


@dataclass(frozen=True, eq=False)
class Paint:
    """Paint a free-form region as a new instance of a class and generate it.

    Attributes:
        mask: ``[H, W]``, True for the region; at least one pixel.
        class_name: what to paint.
        style: the look of the new instance, or None.

    Raises:
        InputError: the mask is empty or not a boolean ``[H, W]`` array.
    """

    mask: MaskArray
    class_name: str
    style: Style | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", checked_mask(self.mask))

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the mask does not have the size of the picture.
            LabelError: there is no such class.
        """
        expect_size(self.mask, scene)
        return paint_region(scene, self.mask, self.class_name, self.style)


@dataclass(frozen=True, eq=False)
class FreeMask:
    """Generate a free-form region; the maps stay.

    Attributes:
        mask: ``[H, W]``, True for the region; at least one pixel.

    Raises:
        InputError: the mask is empty or not a boolean ``[H, W]`` array.
    """

    mask: MaskArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", checked_mask(self.mask))

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the mask does not have the size of the picture.
        """
        expect_size(self.mask, scene)
        return Edited(scene, self.mask, (0, 0), {})


@dataclass(frozen=True)
class Restyle:
    """Generate exactly what a selector means anew; the maps stay.

    Attributes:
        selector: ``car`` or ``car#0``, see `Scene.select`.
        style: the look of every selected instance, or None for any.
    """

    selector: str
    style: Style | None = None

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing is selected.
        """
        selected = scene.select(self.selector)
        styles: dict[int, Style] = {}
        if self.style is not None:
            styles = dict.fromkeys(np.unique(scene.instances[selected]).tolist(), self.style)
        return Edited(scene, frozen(selected), (0, 0), styles)


@dataclass(frozen=True)
class Extend:
    """Make the canvas larger and generate what is new.

    Attributes:
        left: columns to add, and so on.
        top: rows to add.
        right: columns to add.
        bottom: rows to add.
        class_name: what the new pixels show, as a new instance; None continues the border of the maps. What
            is countable (a pole, half a car) does not go on: the nearest stuff takes its place.

    Raises:
        InputError: a number is negative, or all are 0.
    """

    left: int
    top: int
    right: int
    bottom: int
    class_name: str | None = None

    def __post_init__(self) -> None:
        amounts = (self.left, self.top, self.right, self.bottom)
        if min(amounts) < 0 or not any(amounts):
            raise InputError(
                f"The picture is extended by {amounts} (left, top, right, bottom); expected 0 or more "
                "pixels, and at least one above 0."
            )

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the result has more than `files.MAX_PIXELS` pixels.
            LabelError: there is no such class.
        """
        width, height = scene.size
        new_width, new_height = self.left + width + self.right, self.top + height + self.bottom
        if new_width * new_height > files.MAX_PIXELS:
            raise InputError(
                f"The extended picture has {new_width} x {new_height} pixels; expected at most "
                f"{files.MAX_PIXELS:,} in all; extend it by less."
            )
        margins = (self.top, self.bottom), (self.left, self.right)
        image = np.pad(scene.image, (*margins, (0, 0)), constant_values=MID_GREY)
        labels = np.pad(scene.labels, margins, mode="edge")
        instances = np.pad(scene.instances, margins, mode="edge")
        region = np.pad(np.zeros((height, width), dtype=np.bool_), margins, constant_values=True)
        things = np.isin(labels, sorted(scene.label_space.things))
        ended = region & things
        if ended.any() and not things.all():
            y, x = ndimage.distance_transform_edt(things, return_distances=False, return_indices=True)
            source = y[ended], x[ended]
            labels[ended], instances[ended] = labels[source], instances[source]
        parts = None if scene.parts is None else np.pad(scene.parts, margins, constant_values=UNKNOWN_PART)
        grown = Scene(image, labels, instances, scene.label_space, parts)
        offset = (self.left, self.top)
        if self.class_name is None:
            return Edited(grown, frozen(region), offset, {})
        return dataclasses.replace(paint_region(grown, region, self.class_name, None), offset=offset)
