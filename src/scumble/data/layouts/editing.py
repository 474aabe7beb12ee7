"""The folders of SPMPGAN, DivSem and SIEDOB: ``images/``, ``labels/``, ``inst_map/`` under each split.

The layout does not say what the ids mean: Cityscapes, ADE20K-Room and the landscapes of DivSem all come in
it. Where no label space is given, the first instance map tells (see `guess_label_space`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scumble.data.layouts.class_table import own_classes
from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import MAPS, PICTURES, Found, Pairs, find, pair
from scumble.data.scenes import SceneFiles
from scumble.errors import DataError, InputError
from scumble.files import ADE_CATEGORY_STEP, read_instances, read_labels
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

_LANDSCAPE_STEP = 121
_WHOLE = "."
"""The split of a folder that holds ``images/`` itself."""
_USUAL = ("train", "val", "test", "training", "validation")
"""Folders of these names are splits even where the label maps are missing."""


def _is_split(folder: Path) -> bool:
    return (folder / "images").is_dir() and (folder / "labels").is_dir()


def _splits(root: Path) -> list[str]:
    inner = sorted(
        p.name for p in root.glob("[!.]*") if _is_split(p) or (p.name in _USUAL and (p / "images").is_dir())
    )
    return [_WHOLE, *inner] if _is_split(root) else inner


def _find(folder: Path, what: str, name: str, endings: tuple[str, ...]) -> Found:
    return find(what, str(folder / name), (folder / name).glob("*"), endings)


def _pairs(folder: Path) -> Pairs:
    return pair(
        _find(folder, "photograph", "images", PICTURES),
        _find(folder, "label map", "labels", MAPS),
        _find(folder, "instance map", "inst_map", MAPS),
        _find(folder, "part map", "parts", MAPS),
    )


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    pairs = _pairs(root / split)
    instances = [files.instances for files in pairs.files if files.instances]
    space = label_space or own_classes(root, instances)
    if space is None:
        # The classes of an empty split are those of another.
        others = (_pairs(root / other).files for other in _splits(root))
        files = pairs.files or next(filter(None, others), ())
        if not files:
            raise DataError(pairs.problems[0])
        space = guess_label_space(root, files)
    return Listing("editing", split, LabelCoding(space), pairs.files, pairs.problems, pairs.remarks)


def guess_label_space(root: Path, files: Sequence[SceneFiles]) -> LabelSpace:
    """The published set that a folder in this layout must be.

    Colored instance maps are those of ADE20K; ids of ``121 * class + 120`` are the landscapes of DivSem; ids
    of ``class * 1000 + k`` for the things of Cityscapes, or of our own streets, are theirs.

    Raises:
        DataError: the maps do not tell.
    """
    for entry in files[:5]:
        if entry.instances is None:
            break
        try:
            for name in ("ade20k-from-0", "cityscapes", "camvid", "ade20k"):
                space = LabelSpace.load(name)
                if _fits(entry, space):
                    return space
        except InputError:
            continue  # a damaged file: the reader of the set reports it, the next scene may tell
    raise DataError(
        f"{root} does not say what its label ids mean; expected a table classes.txt in it, or the name of a "
        "label space: give --label-space cityscapes, ade20k, ade20k-from-0, camvid, or a file with a class "
        "table."
    )


def _fits(entry: SceneFiles, space: LabelSpace) -> bool:
    """Whether the instance map of a scene is numbered as that set numbers them."""
    assert entry.instances is not None
    ids = read_instances(entry.instances)
    try:
        labels = read_labels(entry.labels, space)
    except InputError:
        return False
    if ids.shape != labels.shape:
        return False
    if space.name == "ade20k":
        # Colored maps; where nothing is an instance all pixels are 0, which tells nothing. Those of
        # Cityscapes have smaller ids too: a damaged one must not pass for a map of this set.
        colored = (ids >= ADE_CATEGORY_STEP) & (ids // ADE_CATEGORY_STEP <= 100)
        return bool(colored.any() and (colored | (ids == 0)).all())
    if space.name == "ade20k-from-0":
        return bool((ids == _LANDSCAPE_STEP * labels + _LANDSCAPE_STEP - 1).mean() > 0.9)
    things = np.isin(labels, sorted(space.things))
    in_class = np.where(things, (ids // INSTANCES_PER_CLASS == labels) | (ids == labels), ids == labels)
    return bool(things.any() and in_class.mean() > 0.9)


LAYOUT = Layout(
    "editing",
    "SPLIT/images/, SPLIT/labels/ and optionally SPLIT/inst_map/ and SPLIT/parts/ with files of the same "
    "names",
    lambda root: bool(_splits(root)),
    _splits,
    _list,
)
