"""The ADE20K challenge: ``images/``, ``annotations/`` and ``annotations_instance/``, each by split.

The published loaders of the SPADE family walk the whole folder and would take the instance maps for label
maps; here the folders are read by name.
"""

from __future__ import annotations

from pathlib import Path

from scumble.data.layouts.class_table import own_classes
from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import MAPS, PICTURES, find, pair
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace


def _splits(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "images").glob("[!.]*") if p.is_dir())


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    images, labels, instances = (
        find(what, str(root / folder / split), (root / folder / split).glob("*"), endings)
        for what, folder, endings in (
            ("photograph", "images", PICTURES),
            ("label map", "annotations", MAPS),
            ("instance map", "annotations_instance", MAPS),
        )
    )
    pairs = pair(images, labels, instances)
    space = label_space or own_classes(root, list(instances.files.values())) or LabelSpace.load("ade20k")
    return Listing("ade20k", split, LabelCoding(space), pairs.files, pairs.problems, pairs.remarks)


LAYOUT = Layout(
    "ade20k",
    "images/SPLIT/, annotations/SPLIT/ and optionally annotations_instance/SPLIT/ with files of the same "
    "names, and classes.txt for classes other than those of ADE20K",
    lambda root: (root / "images").is_dir() and (root / "annotations").is_dir(),
    _splits,
    _list,
)
