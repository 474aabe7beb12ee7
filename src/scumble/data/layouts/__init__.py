"""Data sets on disk: one module for every layout, and opening a folder in whichever it has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scumble.data.layouts import (
    ade20k,
    camvid,
    cityscapes,
    coco_stuff,
    editing,
    folder,
    panoptic_parts,
    shards,
)
from scumble.data.layouts.class_table import find_label_space
from scumble.data.layouts.listing import FileScenes, Layout, Listing
from scumble.errors import DataError, nearest
from scumble.label_space import LabelSpace

__all__ = ["LAYOUTS", "find_label_space", "find_layout", "list_split", "open_scenes"]

_MODULES = (folder, shards, cityscapes, panoptic_parts, coco_stuff, camvid, ade20k, editing)
LAYOUTS: Mapping[str, Layout] = {module.LAYOUT.name: module.LAYOUT for module in _MODULES}
"""The layouts by name, in the order in which a folder is tried."""

_SAME_SPLIT = {
    "train": ("training", "trainval"),
    "training": ("train",),
    "val": ("validation", "test"),
    "validation": ("val",),
    "test": ("val", "validation"),
}
"""What the split of one layout is called in others."""


_UNDIVIDED = ("all", ".")
"""Splits of sets that have no splits; they are what every split means."""


def find_layout(root: Path, layout: str | None = None) -> Layout:
    """The layout of a folder.

    Args:
        root: the folder of a set, or a TOML file that describes one.
        layout: its name; None looks at the folder.

    Raises:
        DataError: the folder does not exist, has none of the layouts, or there is no layout of that name.
    """
    try:
        root.stat()
    except (OSError, ValueError) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be opened ({error})"
        raise DataError(f"{root} {reason}; give the folder of a data set.") from None
    if layout is not None:
        if layout not in LAYOUTS:
            raise DataError(f"There is no layout {layout!r}; {nearest(layout, LAYOUTS)}")
        return LAYOUTS[layout]
    for candidate in LAYOUTS.values():
        if candidate.recognises(root):
            return candidate
    shapes = "; ".join(f"{entry.name}: {entry.shape}" for entry in LAYOUTS.values())
    raise DataError(f"{root} has none of the known layouts; expected one of them ({shapes}).")


def list_split(
    root: Path, split: str | None = None, layout: str | None = None, label_space: LabelSpace | None = None
) -> Listing:
    """What a split of a set holds, whether sound or not.

    Args:
        root: the folder of a set, or a TOML file that describes one.
        split: ``train``, ``val`` or ``test`` (or as the layout calls it: ``training``, ...); ``test`` means
            ``val`` where there is no ``test``. None if the set has one split only.
        layout: its name; None looks at the folder.
        label_space: the classes, where the layout leaves them open; None lets it tell.

    Raises:
        DataError: the layout cannot be told, or there is no such split.
        LabelError: the class table of the set cannot be used.
    """
    chosen = find_layout(root, layout)
    splits = chosen.splits(root)
    if split is None and len(splits) == 1:
        split = splits[0]
    names = (split, *_SAME_SPLIT.get(split, ())) if split else ()
    found = next((name for name in names if name in splits), None)
    if len(splits) == 1 and splits[0] in _UNDIVIDED:
        found = splits[0]
    if found is None:
        asked = f"no split {split!r}" if split else "several splits"
        raise DataError(f"{root} has {asked}; name one of {', '.join(splits)}.")
    return chosen.list_files(root, found, label_space)


def open_scenes(
    root: Path, split: str | None = None, layout: str | None = None, label_space: LabelSpace | None = None
) -> FileScenes:
    """Open a split of a set; see `list_split` for the arguments.

    Raises:
        DataError: the set cannot be told or has a defect.
        LabelError: the class table of the set cannot be used.
    """
    return FileScenes(list_split(root, split, layout, label_space))
