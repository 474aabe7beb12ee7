"""Does an instance map agree with the label map beside it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, MaskArray

TOLERATED_MIXED = 0.5
"""Share of the pixels of all instances that may be of another class than most of their instance.

Hand-drawn instances and labels of two origins (ADE20K, COCO) overlap by up to a fifth; the maps of two
different pictures by much more.
"""
TOLERATED_MISNUMBERED = 0.2
"""Share of the instance pixels whose id, ``class * 1000 + k``, may name another class than their label.

The published 512x256 maps of SPMPGAN disagree at 7 %, because two rules of the nearest pixel shrank them.
"""
TOLERATED_LOST = 0.5
"""Share of the instance pixels that may belong to instances which lie mostly on stuff or void, in a map in
which most things have no instance."""


@dataclass(frozen=True)
class Disagreement:
    """The worst place where two maps disagree.

    Attributes:
        share: of the instance pixels that disagree, 0..1.
        tolerated: the largest share that is no defect.
        text: what is wrong there: pixel, values.
    """

    share: float
    tolerated: float
    text: str

    @property
    def defect(self) -> bool:
        """Whether it is more than annotation leaves at borders."""
        return self.share > self.tolerated


def disagreement(labels: IdArray, instances: IdArray, space: LabelSpace) -> Disagreement | None:
    """Compare an instance map, as its file numbers it, with the label map.

    Where ids say their class (``class * 1000 + k`` for things and the class id for stuff, as in Cityscapes,
    for most pixels), it must be the class of the label. In any other numbering, an instance should lie in
    one class, and not beside the things.

    Args:
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``, ids from 0.
        space: the classes.

    Returns:
        None where there is nothing to compare or nothing to find.
    """
    is_thing = np.zeros(len(space), dtype=np.bool_)
    is_thing[sorted(space.things)] = True
    if _says_classes(labels, instances, is_thing):
        return _misnumbered(labels, instances, space)
    given, thing = instances != 0, is_thing[labels]
    if not given.any() or not thing.any():
        return None
    ids, position = np.unique(instances[given], return_inverse=True)
    counts = np.zeros((len(ids), len(space)), dtype=np.int64)
    np.add.at(counts, (position.ravel(), labels[given]), 1)
    on_thing = is_thing[counts.argmax(1)]
    # Where stuff is numbered too, ids lie on it rightly.
    if np.count_nonzero(given & ~thing) <= 0.5 * np.count_nonzero(~thing):
        covered = counts[on_thing][:, is_thing].sum() / thing.sum()
        share = float(counts[~on_thing].sum() / counts.sum())
        if covered < 0.5 and share > TOLERATED_LOST:
            return _lost(instances, ids[~on_thing], counts[~on_thing], share, space)
    return _mixed(instances, ids[on_thing], counts[on_thing], space) if on_thing.any() else None


def _says_classes(labels: IdArray, instances: IdArray, is_thing: MaskArray) -> bool:
    """Whether ids are ``class * 1000 + k``: by most that could be, or by most pixels, those of stuff too."""
    claimed = instances // INSTANCES_PER_CLASS
    numbered = (instances >= INSTANCES_PER_CLASS) & (claimed < len(is_thing))
    numbered &= is_thing[np.where(numbered, claimed, 0)]
    own = numbered & (claimed == labels)
    large = is_thing[labels] & (instances >= len(is_thing))
    if own.sum() > 0.5 * max(numbered.sum(), large.sum()):
        return True
    agreeing = own | ((instances == labels) & (instances != 0))
    return bool(numbered.any() and agreeing.sum() > 0.5 * np.count_nonzero(instances))


def _misnumbered(labels: IdArray, instances: IdArray, space: LabelSpace) -> Disagreement | None:
    numbered = instances >= INSTANCES_PER_CLASS
    wrong = numbered & (instances // INSTANCES_PER_CLASS != labels)
    if not wrong.any():
        return None
    y, x = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    claimed = instances[y, x] // INSTANCES_PER_CLASS
    says = repr(space.names[claimed]) if claimed < len(space) else f"class {claimed}, which does not exist"
    return Disagreement(
        float(wrong.sum() / numbered.sum()),
        TOLERATED_MISNUMBERED,
        f"the instance id {instances[y, x]} at x={x}, y={y} says {says}, the label "
        f"{space.names[labels[y, x]]!r}",
    )


def _lost(
    instances: IdArray, ids: IdArray, counts: NDArray[np.int64], share: float, space: LabelSpace
) -> Disagreement:
    """Instances that lie beside the things."""
    worst = int(np.argmax(counts.sum(1)))
    return Disagreement(
        float(share),
        TOLERATED_LOST,
        f"instance {_place(instances, ids[worst])} lies on {space.names[counts[worst].argmax()]!r}, which is "
        "not countable, and most things have no instance",
    )


def _mixed(
    instances: IdArray, ids: IdArray, counts: NDArray[np.int64], space: LabelSpace
) -> Disagreement | None:
    """The share of pixels that are not of their instance's main class, among instances of things."""
    others = counts.sum(1) - counts.max(1)
    worst = int(np.argmax(others))
    if others[worst] == 0:
        return None
    return Disagreement(
        float(others.sum() / counts.sum()),
        TOLERATED_MIXED,
        f"instance {_place(instances, ids[worst])} covers {int((counts[worst] > 0).sum())} classes; "
        f"{others[worst] / counts[worst].sum():.0%} of it is not {space.names[counts[worst].argmax()]!r}",
    )


def _place(instances: IdArray, instance: int) -> str:
    y, x = np.unravel_index(int(np.argmax(instances == instance)), instances.shape)
    return f"{instance} (first at x={x}, y={y})"
