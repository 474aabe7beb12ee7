"""Which class of one label space a class of another stands for, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scumble.errors import LabelError, short
from scumble.label_space import LabelSpace
from scumble.label_tables import UNKNOWN_NAMES

_SHOWN = 12
"""Names that a message lists."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    # flat
    "sidewalk": ("pavement", "path"),
    "pavement": ("sidewalk",),
    "path": ("pavement", "sidewalk"),
    "parking": ("road",),
    "runway": ("road",),
    "dirt track": ("road",),
    "ground": ("earth", "terrain"),
    "earth": ("ground", "terrain"),
    "terrain": ("grass", "earth", "tree"),
    "grass": ("terrain", "tree"),
    "field": ("terrain", "grass"),
    # construction
    "house": ("building",),
    "skyscraper": ("building",),
    "tower": ("building",),
    "hovel": ("building",),
    "bridge": ("building",),
    "tunnel": ("building",),
    "wall": ("building",),
    "pole": ("column",),
    "polegroup": ("pole", "column"),
    "column": ("pole",),
    "streetlight": ("pole", "column"),
    "street light": ("pole", "column"),
    "railing": ("fence",),
    "guard rail": ("fence", "railing"),
    "bannister": ("railing", "fence"),
    "fence": ("railing",),
    # signs
    "sign": ("traffic sign", "signboard", "street sign"),
    "traffic sign": ("sign", "signboard", "street sign"),
    "traffic light": ("sign",),
    "signboard": ("sign", "traffic sign"),
    "street sign": ("sign", "traffic sign", "signboard"),
    "stop sign": ("sign", "traffic sign", "signboard"),
    "trade name": ("sign", "signboard"),
    # nature
    "tree": ("vegetation",),
    "vegetation": ("tree",),
    "plant": ("tree", "vegetation"),
    "palm": ("tree", "vegetation"),
    "bush": ("tree", "vegetation"),
    "flower": ("plant", "tree", "vegetation"),
    # people
    "person": ("pedestrian",),
    "pedestrian": ("person",),
    "rider": ("bicyclist", "person", "pedestrian"),
    "bicyclist": ("rider", "person"),
    "bicycle": ("bicyclist",),
    "motorcycle": ("minibike", "bicyclist"),
    "minibike": ("motorcycle", "bicyclist"),
    # vehicles
    "truck": ("car",),
    "bus": ("car",),
    "van": ("car",),
    "caravan": ("van", "car"),
    "trailer": ("truck", "car"),
    "train": ("car",),
}
"""For a name of Cityscapes, ADE20K or CamVid the classes that may stand for it, the best first."""


@dataclass(frozen=True)
class Matches:
    """What the classes of a network are called in a label space.

    Attributes:
        ids: the class id for every class of the network; None where none stands for it.
        unmatched: names of the latter, without those that mean nothing in particular, such as ``void``.
    """

    ids: tuple[int | None, ...]
    unmatched: tuple[str, ...]


def match_names(names: Sequence[str], space: LabelSpace) -> Matches:
    """Find the classes that have the same name, else one that `SYNONYMS` allows.

    Args:
        names: of the network's classes, in any case; several words for one may have commas or semicolons
            between them (``building, edifice``).
        space: whose classes are wanted.

    Raises:
        LabelError: no name stands for a class that counts.
    """
    known = {_plain(c.name): c.id for c in space.classes}
    found = tuple(_match(name, known) for name in names)
    if all(k is None or k == space.dont_care for k in found):
        raise LabelError(
            f"None of the {len(names)} class names ({_listed(names)}) stands for a class of the label space "
            f"{space.name!r} ({', '.join(space.names)}); name the classes in id2label of its config.json."
        )
    unmatched = (
        name for name, k in zip(names, found, strict=True) if k is None and _plain(name) not in UNKNOWN_NAMES
    )
    return Matches(found, tuple(unmatched))


def unmatched_note(matches: Matches, space: LabelSpace) -> str | None:
    """A sentence that lists what was not matched; None if that is nothing.

    Args:
        matches: of a network's classes.
        space: with which they were matched.
    """
    if not matches.unmatched:
        return None
    fate = (
        "another class is taken where they are"
        if space.dont_care is None
        else f"their pixels are {space.names[space.dont_care]!r}"
    )
    return f"No class of {space.name!r} stands for {_listed(matches.unmatched)}; {fate}."


def _match(name: str, known: dict[str, int]) -> int | None:
    words = [_plain(word) for word in name.replace(";", ",").split(",")]
    for word in words:
        if word in known:
            return known[word]
    others = (other for word in words for other in SYNONYMS.get(word, ()))
    return next((known[other] for other in others if other in known), None)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(short(name) for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
