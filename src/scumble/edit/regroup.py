"""Operations on which pixels are one object: two instances become one, or one becomes several.

They put right what a label map or a labeler took for one object or for two. Neither labels nor parts change,
and nothing is generated for their sake: the masks of these operations are empty. What an edit generates
besides follows the new instances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from scumble.edit.drawing import check_points, check_radius
from scumble.edit.edited import Edited, frozen, new_instance_ids, select_one
from scumble.edit.geometry import Point, stroke_region
from scumble.errors import InputError
from scumble.scene import IdArray, MaskArray, Scene

_NEIGHBOURS = np.ones((3, 3), dtype=np.bool_)
"""Over sides and corners."""


@dataclass(frozen=True)
class Merge:
    """Let one object be part of another; they need not touch. The look that was wanted for the latter stays.

    Attributes:
        target: the object that grows, as ``car#0``, see `Scene.select`; it must mean one instance.
        other: the object that becomes part of it; another instance of the same class.
    """

    target: str
    other: str

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing or several instances are selected, they are no objects or the same, or their
                classes differ.
            LabelError: there is no such class.
        """
        target_id, class_id = _countable(self.target, scene, "merge")[1:]
        selected, other_id, other_class = _countable(self.other, scene, "merge")
        if class_id != other_class:
            raise InputError(
                f"{self.target!r} and {self.other!r} are of different classes; expected two objects of one "
                "class to merge; paint one as the other's class first."
            )
        if target_id == other_id:
            raise InputError(
                f"{self.target!r} and {self.other!r} are the same instance; expected two to merge; name "
                "another one."
            )
        return _regrouped(scene, np.where(selected, np.int32(target_id), scene.instances))


@dataclass(frozen=True)
class Split:
    """Cut an object along a stroke: the pieces on its sides become instances of their own.

    Pieces are connected over sides or corners of pixels, as in `derive_instances`, and count where the stroke
    touches them. The largest (of equal ones that which the stroke touches first, row by row) stays the
    instance that it was and keeps its look; the others get new ids, the larger first. All other pixels of the
    object, such as those under the stroke, go to the piece of the nearest pixel (of equally near ones to that
    which ``scipy.ndimage.distance_transform_edt`` names).

    Attributes:
        target: ``car#0``, see `Scene.select`; it must mean one instance.
        points: of the stroke, ``(x, y)`` in pixels, 1..10,000 of them.
        radius: of the stroke, 0..512, in pixels; from 1 on it has no gaps.

    Raises:
        InputError: a number is out of bounds.
    """

    target: str
    points: tuple[Point, ...]
    radius: int = 1

    def __post_init__(self) -> None:
        check_points(self.points, 1)
        check_radius(self.radius)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing or several instances are selected, they are no object, the stroke does not
                part it, or the pieces are too many.
            LabelError: there is no such class.
        """
        selected, instance_id, class_id = _countable(self.target, scene, "split")
        (window,) = ndimage.find_objects(selected.astype(np.int8))
        inside = selected[window]
        stroke = stroke_region(self.points, self.radius, scene.size)[window]
        pieces = ndimage.label(inside & ~stroke, _NEIGHBOURS)[0]
        beside = np.where(ndimage.binary_dilation(stroke, _NEIGHBOURS), pieces, 0)
        touched, first = np.unique(beside, return_index=True)
        touched, first = touched[touched > 0], first[touched > 0]
        if len(touched) < 2:
            raise InputError(
                f"The stroke does not part {self.target!r}; expected it to leave at least two pieces; draw "
                "it across the object from border to border."
            )
        area = np.bincount(pieces.ravel())[touched]
        id_of_piece = np.zeros(int(pieces.max()) + 1, dtype=np.int32)
        new_ids = new_instance_ids(scene, class_id, len(touched) - 1)
        id_of_piece[touched[np.lexsort((first, -area))]] = [instance_id, *new_ids]
        ids = id_of_piece[pieces]
        y, x = ndimage.distance_transform_edt(ids == 0, return_distances=False, return_indices=True)
        instances = scene.instances.copy()
        instances[window][inside] = ids[y, x][inside]
        return _regrouped(scene, instances)


def _countable(selector: str, scene: Scene, purpose: str) -> tuple[MaskArray, int, int]:
    """The pixels of one object, its instance id and its class."""
    selected, instance_id = select_one(scene, selector, purpose)
    class_id = scene.label_space.index(selector.partition("#")[0])
    if class_id not in scene.label_space.things or instance_id < len(scene.label_space):
        raise InputError(
            f"{selector!r} is no single object; expected an instance of a countable class to {purpose}, such "
            "as a car."
        )
    return selected, instance_id, class_id


def _regrouped(scene: Scene, instances: IdArray) -> Edited:
    nothing = np.zeros(scene.labels.shape, dtype=np.bool_)
    return Edited(replace(scene, instances=instances), frozen(nothing), (0, 0), {})
