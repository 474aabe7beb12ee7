"""An edit: operations one after the other, carried out, saved and replayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from scumble.codec import from_plain, to_plain
from scumble.edit.drawing import Brush, Erase, Fill, Polygon, Rectangle
from scumble.edit.edited import Edited, frozen
from scumble.edit.instances import Move
from scumble.edit.operations import Box, Extend, FreeMask, Paint, Remove, Restyle
from scumble.edit.parts import PaintPart, RemovePart
from scumble.edit.regroup import Merge, Split
from scumble.errors import InputError, nearest, short
from scumble.scene import Scene

LARGEST_NUMBER = 2**31 - 1
"""Bound of the size of numbers in a written edit, so that no arithmetic on pixels overflows."""

Operation: TypeAlias = (
    Remove
    | Box
    | Paint
    | FreeMask
    | Restyle
    | Extend
    | RemovePart
    | PaintPart
    | Brush
    | Polygon
    | Rectangle
    | Fill
    | Erase
    | Move
    | Merge
    | Split
)

_NAMES: dict[str, type[Operation]] = {
    "remove": Remove,
    "box": Box,
    "paint": Paint,
    "free_mask": FreeMask,
    "restyle": Restyle,
    "extend": Extend,
    "remove_part": RemovePart,
    "paint_part": PaintPart,
    "brush": Brush,
    "polygon": Polygon,
    "rectangle": Rectangle,
    "fill": Fill,
    "erase": Erase,
    "move": Move,
    "merge": Merge,
    "split": Split,
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

    def apply(self, scene: Scene, *, generate: bool = True) -> Edited:
        """Carry out all operations.

        Args:
            scene: what to change; it stays as it is.
            generate: expect pixels to generate; without it only the maps are wanted, and none will do.

        Returns:
            The new scene, and the union of the masks of all operations, without what was erased later.

        Raises:
            InputError: an operation cannot be carried out; says which, if there are several. Or there
                is nothing to generate.
            LabelError: likewise, because of a class name.
        """
        edited = Edited(scene, np.zeros(scene.labels.shape, dtype=np.bool_), (0, 0), {})
        for number, operation in enumerate(self.operations, start=1):
            try:
                edited = _step(operation, edited, scene)
            except InputError as error:
                if len(self.operations) == 1:
                    raise
                raise type(error)(f"Operation {number} of the edit: {error}") from None
        if generate and not edited.mask.any():
            raise InputError(
                "The edit leaves nothing to generate, because all that it did is erased again or it only "
                "merges and splits objects; expected at least one pixel; draw one."
            )
        return edited

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


def _step(operation: Operation, before: Edited, first: Scene) -> Edited:
    """What has become of the first scene when one more operation is carried out."""
    if isinstance(operation, Erase):
        scene, erased = operation.restore(before.scene, first, before.offset)
        mask, offset, styles = before.mask & ~erased, before.offset, before.styles
    else:
        step = operation.apply(before.scene)
        scene, (x, y) = step.scene, step.offset
        mask = step.mask.copy()
        mask[y : y + before.mask.shape[0], x : x + before.mask.shape[1]] |= before.mask
        offset = (before.offset[0] + x, before.offset[1] + y)
        styles = before.styles | step.styles
    # An instance that is painted over is gone, and its number may be given to another.
    present = {key: style for key, style in styles.items() if (scene.instances == key).any()}
    return Edited(scene, frozen(mask), offset, present)
