"""Edits as data: what to change in a scene, and the mask of pixels to generate that this implies.

An `Edit` is an ordered list of operations. Each sees the scene as the earlier ones left it. Maps change only
inside the mask. Edits can be saved as JSON, compared and replayed.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import ndimage

from scumble import files
from scumble.codec import from_plain, to_plain
from scumble.errors import InputError, nearest, short
from scumble.instances import instance_ids
from scumble.scene import IdArray, MaskArray, Scene

DEFAULT_GROW = 5
"""Pixels around a removed object that are generated too: its antialiased border and contact shadow."""
MID_GREY = 128
"""The image value of pixels that an extension adds, until they are generated."""
LARGEST_NUMBER = 2**31 - 1
"""Bound of the size of numbers in a written edit, so that no arithmetic on pixels overflows."""


@dataclass(frozen=True)
class Style:
    """Where the look of an instance comes from.

    Attributes:
        path: a picture file; it is opened only when the edit is carried out by a model.
        class_name: the class in that picture to take the look from; None means the class of the instance.
        labels: the picture's label map; without one the look of the whole picture is taken.
    """

    path: str
    class_name: str | None = None
    labels: str | None = None


@dataclass(frozen=True, eq=False)
class Edited:
    """What an edit makes of a scene.

    Attributes:
        scene: the new maps; the image is the old one, with mid grey where the canvas grew.
        mask: ``[H, W]``, True for the pixels to generate, at least one.
        offset: place (x, y) of the old picture's upper left pixel in the new one.
        styles: the wanted look of instances, by instance id; all these ids occur in the scene.
    """

    scene: Scene
    mask: MaskArray
    offset: tuple[int, int]
    styles: dict[int, Style]


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
        space = scene.label_space
        is_background = np.ones(len(space), dtype=np.bool_)
        is_background[sorted(space.things)] = False
        if space.dont_care is not None:
            is_background[space.dont_care] = False
        background = is_background[scene.labels] & ~selected
        if not background.any():
            raise InputError(
                f"{self.selector!r} cannot be removed: outside it the scene has no pixel of a stuff "
                "class that counts, to continue in its place; expected at least one; paint it with a class "
                "instead."
            )
        y, x = ndimage.distance_transform_edt(~background, return_distances=False, return_indices=True)
        source = y[selected], x[selected]
        labels, instances = scene.labels.copy(), scene.instances.copy()
        labels[selected] = scene.labels[source]
        instances[selected] = scene.instances[source]
        changed = Scene(scene.image, labels, instances, space)
        return Edited(changed, _dilate(selected, self.grow), (0, 0), {})


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
            object.__setattr__(self, "outline", _checked_mask(self.outline))
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
            return Edited(scene, _frozen(region), (0, 0), {})
        painted = region.copy()
        if self.outline is not None:
            painted[self.y0 : self.y1, self.x0 : self.x1] = self.outline
        edited = _paint(scene, painted, self.class_name, self.style)
        return dataclasses.replace(edited, mask=_frozen(region))


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
        object.__setattr__(self, "mask", _checked_mask(self.mask))

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the mask does not have the size of the picture.
            LabelError: there is no such class.
        """
        _expect_size(self.mask, scene)
        return _paint(scene, self.mask, self.class_name, self.style)


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
        object.__setattr__(self, "mask", _checked_mask(self.mask))

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the mask does not have the size of the picture.
        """
        _expect_size(self.mask, scene)
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
        return Edited(scene, _frozen(selected), (0, 0), styles)


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
        grown = Scene(image, labels, instances, scene.label_space)
        offset = (self.left, self.top)
        if self.class_name is None:
            return Edited(grown, _frozen(region), offset, {})
        return dataclasses.replace(_paint(grown, region, self.class_name, None), offset=offset)


Operation: TypeAlias = Remove | Box | Paint | FreeMask | Restyle | Extend

_NAMES: dict[str, type[Operation]] = {
    "remove": Remove,
    "box": Box,
    "paint": Paint,
    "free_mask": FreeMask,
    "restyle": Restyle,
    "extend": Extend,
}


@dataclass(frozen=True, eq=False)
class Edit:
    """Operations to carry out one after the other. Two edits are equal if they are written alike.

    Attributes:
        operations: in order; at least one.

    Raises:
        InputError: there are no operations.
    """

    operations: tuple[Operation, ...]

    def __post_init__(self) -> None:
        if not self.operations:
            raise InputError("The edit has no operations; expected at least one, such as removing an object.")

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Edit) else NotImplemented

    def apply(self, scene: Scene) -> Edited:
        """Carry out all operations.

        Args:
            scene: what to change; it stays as it is.

        Returns:
            The new scene, and the union of the masks of all operations.

        Raises:
            InputError: an operation cannot be carried out; says which, if there are several.
            LabelError: likewise, because of a class name.
        """
        mask: MaskArray = np.zeros(scene.labels.shape, dtype=np.bool_)
        offset = (0, 0)
        styles: dict[int, Style] = {}
        for number, operation in enumerate(self.operations, start=1):
            try:
                step = operation.apply(scene)
            except InputError as error:
                if len(self.operations) == 1:
                    raise
                raise type(error)(f"Operation {number} of the edit: {error}") from None
            scene = step.scene
            x, y = step.offset
            earlier, mask = mask, step.mask.copy()
            mask[y : y + earlier.shape[0], x : x + earlier.shape[1]] |= earlier
            offset = (offset[0] + x, offset[1] + y)
            # An instance that is painted over is gone, and its number may be given to another.
            styles = {
                key: style for key, style in (styles | step.styles).items() if (scene.instances == key).any()
            }
        return Edited(scene, _frozen(mask), offset, styles)

    def to_dict(self) -> dict[str, Any]:
        """The edit as JSON-able values; `from_dict` gives it back exactly."""
        names = {kind: name for name, kind in _NAMES.items()}
        return {
            "operations": [
                {"operation": names[type(operation)], **to_plain(operation, keep_none=False)}
                for operation in self.operations
            ]
        }

    @classmethod
    def from_dict(cls, value: Any) -> Edit:
        """The edit that `to_dict` wrote.

        Args:
            value: what a JSON file held; nothing about it is trusted.

        Raises:
            InputError: an operation or a key is unknown (the message names the nearest) or missing, or a
                value has the wrong type or is not possible.
        """
        if not isinstance(value, dict) or set(value) != {"operations"}:
            raise InputError("An edit is written with one key, 'operations'; found something else.")
        if not isinstance(value["operations"], list):
            raise InputError(f"The operations of the edit are {short(value['operations'])}, expected a list.")
        operations = []
        for number, entry in enumerate(value["operations"], start=1):
            place = f"Operation {number} of the edit"
            name = entry.get("operation") if isinstance(entry, dict) else None
            if not isinstance(name, str):
                raise InputError(
                    f"{place} is {short(entry)}, expected keys and values, with the name as 'operation'."
                )
            if name not in _NAMES:
                raise InputError(f"{place} is called {short(name)}; {nearest(name, _NAMES)}")
            rest = {key: item for key, item in entry.items() if key != "operation"}
            operations.append(
                from_plain(_NAMES[name], rest, f"{place} ({name})", error=InputError, largest=LARGEST_NUMBER)
            )
        return cls(tuple(operations))


def _frozen(mask: MaskArray) -> MaskArray:
    mask.flags.writeable = False
    return mask


def _checked_mask(mask: MaskArray) -> MaskArray:
    """A read-only copy of a mask that a caller gave."""
    array = np.asarray(mask)
    if array.dtype != np.bool_ or array.ndim != 2:
        raise InputError(f"The mask is an array {array.shape} of {array.dtype}; expected [H, W] of bool.")
    if not array.any():
        raise InputError("The mask is empty; expected at least one pixel to generate; paint a region.")
    return _frozen(array.copy())


def _expect_size(mask: MaskArray, scene: Scene) -> None:
    found = (mask.shape[1], mask.shape[0])
    if found != scene.size:
        raise InputError(
            f"The mask is {found[0]} x {found[1]} pixels (width x height), the picture {scene.size[0]} x "
            f"{scene.size[1]}; expected the same size; draw the mask at the size of the picture."
        )


def _dilate(mask: MaskArray, radius: int) -> MaskArray:
    """The pixels within a Euclidean distance of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    window = (
        slice(max(rows[0] - radius, 0), rows[-1] + radius + 1),
        slice(max(columns[0] - radius, 0), columns[-1] + radius + 1),
    )
    dilated = mask.copy()
    dilated[window] = ndimage.distance_transform_edt(~mask[window]) <= radius if not mask.all() else True
    return _frozen(dilated)


def _paint(scene: Scene, region: MaskArray, class_name: str, style: Style | None) -> Edited:
    class_id = scene.label_space.index(class_name)
    instance_id = _new_instance_id(scene, class_id)
    labels: IdArray = np.where(region, np.int32(class_id), scene.labels)
    instances: IdArray = np.where(region, np.int32(instance_id), scene.instances)
    changed = Scene(scene.image, labels, instances, scene.label_space)
    return Edited(changed, _frozen(region), (0, 0), {} if style is None else {instance_id: style})


def _new_instance_id(scene: Scene, class_id: int) -> int:
    """An unused id for a thing; for stuff the class id, so that it looks like what is visible of it."""
    if class_id not in scene.label_space.things:
        return class_id
    used = set(np.unique(scene.instances).tolist())
    free = next((i for i in instance_ids(class_id, scene.label_space) if i not in used), None)
    if free is None:
        name = scene.label_space.names[class_id]
        raise InputError(f"There are too many instances of {name!r} to add one; remove some first.")
    return free
