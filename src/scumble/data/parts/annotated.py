"""Objects of annotated sets in the layout of the ADE20K challenge, with a class table of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from scumble.data.parts.assembly import assemble, class_codes, is_kept
from scumble.data.parts.cut import OBJECTS_PER_CATEGORY, ObjectMaps
from scumble.data.parts.part_set import PartArray, Split
from scumble.data.parts.recipe import Recipe
from scumble.errors import DataError, nearest
from scumble.files import ADE_CATEGORY_STEP, read_instances
from scumble.scene import IdArray, MaskArray

_SPLITS: dict[str, Split] = {"training": "train", "validation": "val"}
_TABLE = "classes.txt"


@dataclass(frozen=True)
class AnnotatedPicture:
    """A picture's annotation.

    Attributes:
        split: which split of a part set it belongs to.
        annotation: class ids, one channel.
        instances: red = class, green = number; read only where objects are instances.
        recipe: what is an object and what a part.
        class_ids: by class name.
    """

    split: Split
    annotation: Path
    instances: Path
    recipe: Recipe
    class_ids: Mapping[str, int]

    @property
    def name(self) -> str:
        """The file name without its ending."""
        return self.annotation.stem

    def read(self) -> ObjectMaps:
        """Read the annotation and keep the objects that the recipe wants.

        Raises:
            InputError: a file cannot be read.
            DataError: it has an id that the class table has not; names the file and the pixel.
        """
        code_of_class = class_codes(self.recipe, self.class_ids)
        labels = read_instances(self.annotation)
        if labels.max() >= len(code_of_class):
            y, x = np.unravel_index(int(np.argmax(labels)), labels.shape)
            raise DataError(
                f"{self.annotation} has the class id {labels[y, x]} at x={x}, y={y}; expected 0.."
                f"{len(code_of_class) - 1} as in {_TABLE}; add the class to the table or mend the annotation."
            )
        codes = code_of_class[labels]
        objects = np.zeros(labels.shape, dtype=np.int32)
        parts = np.zeros(labels.shape, dtype=np.uint8)
        number = self.recipe.category * OBJECTS_PER_CATEGORY
        for box, annotated in self._objects(codes):
            silhouette, found = assemble(annotated, codes[box], self.recipe)
            if is_kept(silhouette, found, int(annotated.sum()), self.recipe, labels.size):
                free = silhouette & (objects[box] == 0)
                objects[box][free] = number
                parts[box][free] = found[free]
                number += 1
        return ObjectMaps(self.split, self.name, objects, parts)

    def _objects(self, codes: PartArray) -> Iterator[tuple[tuple[slice, slice], MaskArray]]:
        """The box of each object and its annotated pixels there; the largest pieces come first."""
        if self.recipe.objects == "instances":
            pieces = self._instances((codes.shape[1], codes.shape[0]))
        elif self.recipe.objects == "picture":
            pieces = (codes > 0).astype(np.int32)
        else:
            pieces = ndimage.label(codes)[0]
        order = np.argsort(-np.bincount(pieces.ravel())[1:], kind="stable") + 1
        boxes = ndimage.find_objects(pieces)
        for piece in order[: 1 if self.recipe.objects == "largest" else OBJECTS_PER_CATEGORY].tolist():
            box = boxes[piece - 1]
            yield box, pieces[box] == piece

    def _instances(self, size: tuple[int, int]) -> IdArray:
        """Instances of the recipe's class, counted from 1."""
        assert self.recipe.instance_class is not None
        class_id = self.class_ids[self.recipe.instance_class]
        instances = read_instances(self.instances, size)
        ids = np.unique(instances)
        ids = ids[(ids // ADE_CATEGORY_STEP == class_id) & (ids % ADE_CATEGORY_STEP > 0)]
        return np.where(np.isin(instances, ids), np.searchsorted(ids, instances) + 1, 0)


def annotated_pictures(root: Path, recipe: Recipe) -> list[AnnotatedPicture]:
    """The annotations of a set, sorted.

    Args:
        root: holds ``classes.txt`` with an id and a name in each line, ``annotations/{training,validation}``
            and, where objects are instances, ``annotations_instance/{training,validation}``.
        recipe: what is an object and what a part.

    Raises:
        DataError: files are missing, or the set does not have a class of the recipe.
    """
    class_ids = _read_table(root / _TABLE)
    wanted = recipe.classes if recipe.instance_class is None else (*recipe.classes, recipe.instance_class)
    for name in wanted:
        if name not in class_ids:
            raise DataError(
                f"{root / _TABLE} has no class {name!r}, which the recipe names; {nearest(name, class_ids)}"
            )
    pictures = [
        AnnotatedPicture(split, path, root / "annotations_instance" / folder / path.name, recipe, class_ids)
        for folder, split in _SPLITS.items()
        for path in sorted((root / "annotations" / folder).glob("*.png"))
    ]
    if not pictures:
        raise DataError(
            f"{root} holds no annotations/training/*.png and no annotations/validation/*.png; give a set in "
            "the layout of the ADE20K challenge."
        )
    return pictures


def _read_table(path: Path) -> dict[str, int]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be read ({error}); expected a text file with the id and the name of a class in "
            "each line; add it."
        ) from None
    ids = {}
    for row, line in enumerate(lines, 1):
        number, _, name = line.strip().partition(" ")
        if not line.strip():
            continue
        if not (number.isascii() and number.isdigit() and len(number) < 6 and name.strip()):
            raise DataError(f"{path}, line {row}: {line!r}; expected an id and a name, as in '3 door'.")
        ids[name.strip()] = int(number)
    return ids
