"""What the values in a label file mean, where they are not the class ids themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.errors import LabelError
from scumble.label_refusals import refused_values
from scumble.label_space import LabelSpace

LOWEST, HIGHEST = -1, 65535
"""The values that a coding may give a meaning: those of 16 bits, and -1, which arrays use for "none"."""

UNKNOWN = 255
"""The value that most data sets give to pixels without a class."""

_COCO_IN_FILES = 182
_PUBLISHED: Mapping[str, Mapping[int, int]] = {
    "coco-stuff": {**{v: v for v in range(_COCO_IN_FILES)}, 255: 182},
    "coco-stuff-from-1": {**{v: v + 1 for v in range(_COCO_IN_FILES)}, 255: 0},
    "cityscapes-train": {**{v: v for v in range(19)}, 255: 19},
}
"""Data sets whose files do not hold the ids of the label space of the same name."""


@dataclass(frozen=True)
class LabelCoding:
    """Which class every value in a label file means.

    Attributes:
        label_space: the classes.
        ids: the class id of every value that may occur; None if the values are the class ids.
        customary: whether 255 has its meaning by custom alone; a map of 0 and 255 is then taken for a mask.

    Raises:
        LabelError: a value is not within -1..65535, or a class id not in the label space.
    """

    label_space: LabelSpace
    ids: Mapping[int, int] | None = None
    customary: bool = False

    def __post_init__(self) -> None:
        for value, class_id in ({} if self.ids is None else self.ids).items():
            if type(value) is not int or not LOWEST <= value <= HIGHEST:
                raise LabelError(
                    f"A label coding names the value {value!r}; expected whole numbers from {LOWEST} to "
                    f"{HIGHEST}."
                )
            if type(class_id) is not int or not 0 <= class_id < len(self.label_space):
                raise LabelError(
                    f"A label coding gives the value {value} the class id {class_id!r}; expected one of the "
                    f"ids 0..{len(self.label_space) - 1} of label space {self.label_space.name!r}."
                )
        if self.ids is not None and not self.ids:
            raise LabelError("A label coding names no values; expected at least one.")

    @classmethod
    def named(cls, name: str) -> LabelCoding:
        """How the files of a public data set are coded.

        ``coco-stuff`` and ``coco-stuff-from-1`` read the published files (0..181, and 255 where the class is
        unknown), ``cityscapes-train`` the files ``labelTrainIds`` (0..18 and 255). In the files of the other
        shipped label spaces the values are the ids.

        Args:
            name: of a shipped label space.

        Raises:
            LabelError: there is no label space of that name.
        """
        return cls(LabelSpace.load(name), _PUBLISHED.get(name))

    @classmethod
    def of_photograph(cls, label_space: LabelSpace) -> LabelCoding:
        """How people write label maps: class ids, and 255 where the class is unknown.

        Args:
            label_space: 255 means its don't-care class, if it has one and does not go that far.
        """
        if label_space.dont_care is None or len(label_space) > UNKNOWN:
            return cls(label_space)
        own = {class_id: class_id for class_id in range(len(label_space))}
        return cls(label_space, {**own, UNKNOWN: label_space.dont_care}, customary=True)

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        """Class ids by value, from `LOWEST` on; -1 for values without a meaning."""
        ids = self.ids or {}
        table = np.full(max(ids) - LOWEST + 1, -1, dtype=np.int32)
        for value, class_id in ids.items():
            table[value - LOWEST] = class_id
        return table

    def knows(self, value: int) -> bool:
        """Whether a value in a file has a meaning."""
        return value in self.ids if self.ids is not None else 0 <= value < len(self.label_space)

    def class_of(self, value: int) -> int:
        """The class id that a value means.

        Raises:
            KeyError: it has no meaning; see `knows`.
        """
        if not self.knows(value):
            raise KeyError(value)
        return value if self.ids is None else self.ids[value]

    @property
    def expected(self) -> str:
        """The values that have a meaning, in words: ``0..18, 255``."""
        values = np.array(sorted(self.ids) if self.ids is not None else range(len(self.label_space)))
        runs = np.split(values, np.flatnonzero(np.diff(values) > 1) + 1)
        words = [f"{run[0]}..{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
        return ", ".join(words if len(words) <= 6 else [*words[:5], f"... up to {values[-1]}"])

    def decode(self, values: NDArray[Any], source: str = "The label map") -> NDArray[np.int32]:
        """The class ids that the values of a label file mean.

        Args:
            values: ``[H, W]``, of any integer type.
            source: where they come from; begins the message.

        Returns:
            ``[H, W]`` class ids.

        Raises:
            LabelError: names up to three values without a meaning, the first place of each and their numbers
                of pixels.
        """
        if self.ids is None:
            self.label_space.check(values, source)
            return values.astype(np.int32)
        if values.min() >= LOWEST and values.max() < len(self._table) + LOWEST:
            labels: NDArray[np.int32] = self._table[values.astype(np.intp) - LOWEST]
            if labels.min() >= 0:
                return labels
        space = self.label_space
        dont_care = [value for value, class_id in self.ids.items() if class_id == space.dont_care]
        raise refused_values(
            f"{source} has values without a meaning in label space {space.name!r}",
            values,
            ~np.isin(values, list(self.ids)),
            self.expected,
            f"{dont_care[0]} ({space.classes[self.ids[dont_care[0]]].name!r})" if dont_care else None,
        )
