"""Operations on whole objects: moving, scaling and copying them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scumble.edit.edited import (
    Edited,
    Style,
    dilated,
    fill_with_background,
    new_instance_id,
    select_one,
    with_maps,
)
from scumble.edit.geometry import LARGEST_COORDINATE
from scumble.edit.operations import DEFAULT_GROW
from scumble.errors import InputError
from scumble.scene import MaskArray, Scene

LARGEST_PERCENT = 1000
"""The largest scale of an object, in percent."""


@dataclass(frozen=True)
class Move:
    """Shift and scale one object, or a copy of it; where it was, the nearest background continues.

    The object's rectangle becomes ``percent`` / 100 as wide and high (rounded, at least one pixel), grows or
    shrinks around its middle, and shifts; each pixel in it takes the class of the nearest one in the old
    rectangle. What leaves the picture is cut off.

    Attributes:
        selector: ``car#0``, see `Scene.select`; it must mean one instance.
        dx: columns to the right, up to 65,535 in size.
        dy: rows down, up to 65,535 in size.
        percent: scale, 1..1000.
        copy: leave the old one where it is; the new one gets an id of its own.
        style: the look of the object at its new place, or None.
        grow: the mask reaches this many pixels beyond the object and the place that it leaves.

    Raises:
        InputError: a number is out of bounds, or nothing would change.
    """

    selector: str
    dx: int = 0
    dy: int = 0
    percent: int = 100
    copy: bool = False
    style: Style | None = None
    grow: int = DEFAULT_GROW

    def __post_init__(self) -> None:
        if max(abs(self.dx), abs(self.dy)) > LARGEST_COORDINATE:
            raise InputError(
                f"{self.selector!r} moves by ({self.dx}, {self.dy}); expected at most "
                f"{LARGEST_COORDINATE:,} pixels."
            )
        if not 1 <= self.percent <= LARGEST_PERCENT or self.grow < 0:
            raise InputError(
                f"{self.selector!r} is scaled to {self.percent} % with a mask that grows by {self.grow} "
                f"pixels; expected 1 to {LARGEST_PERCENT} % and 0 or more pixels."
            )
        if (self.dx, self.dy, self.percent) == (0, 0, 100):
            raise InputError(f"{self.selector!r} neither moves nor is scaled; expected one of both.")

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing or several instances are selected, the object leaves the picture, or there is
                no background to continue where it was.
        """
        selected, instance_id = select_one(scene, self.selector, "move")
        y, x = self._sources(selected)
        moved = np.zeros_like(selected)
        target = np.ix_(y >= 0, x >= 0)
        source = np.ix_(y[y >= 0], x[x >= 0])
        moved[target] = selected[source]
        if not moved.any():
            raise InputError(
                f"{self.selector!r} leaves the picture when it moves by ({self.dx}, {self.dy}); expected at "
                "least one pixel inside; move it by less, or remove it."
            )
        labels, instances = scene.labels.copy(), scene.instances.copy()
        if self.copy:
            instance_id = new_instance_id(scene, int(np.bincount(scene.labels[selected]).argmax()))
        elif not (moved >= selected).all():
            fill_with_background(scene, selected, selected & ~moved, labels, instances, self.selector)
        labels[target] = np.where(moved[target], scene.labels[source], labels[target])
        instances[moved] = instance_id
        changed = moved if self.copy else moved | selected
        styles = {} if self.style is None else {instance_id: self.style}
        return Edited(
            with_maps(scene, labels, instances, changed), dilated(changed, self.grow), (0, 0), styles
        )

    def _sources(self, selected: MaskArray) -> tuple[np.ndarray, np.ndarray]:
        """The row and the column that each row and each column is taken from; -1 outside the rectangle."""
        rows, columns = np.flatnonzero(selected.any(axis=1)), np.flatnonzero(selected.any(axis=0))
        return (
            self._scaled(int(rows[0]), int(rows[-1]) + 1, self.dy, selected.shape[0]),
            self._scaled(int(columns[0]), int(columns[-1]) + 1, self.dx, selected.shape[1]),
        )

    def _scaled(self, start: int, stop: int, shift: int, size: int) -> np.ndarray:
        old = stop - start
        new = max(1, (old * self.percent + 50) // 100)
        place = np.arange(size) - (start + shift + (old - new) // 2)
        inside = (place >= 0) & (place < new)
        return np.where(inside, start + (2 * place + 1) * old // (2 * new), -1)
