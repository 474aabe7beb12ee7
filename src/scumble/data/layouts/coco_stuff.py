"""COCO-Stuff in the folders of SPADE: ``train_img/``, ``train_label/``, ``train_inst/`` and ``val_...``.

``train_..._portrait`` belongs to the training split where it exists.
"""

from __future__ import annotations

from pathlib import Path

from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import MAPS, PICTURES, Found, find, pair
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

_PUBLISHED = ("coco-stuff", "coco-stuff-from-1")
"""The label spaces whose files have 255 where the class is unknown."""


def _splits(root: Path) -> list[str]:
    return sorted(p.name.removesuffix("_img") for p in root.glob("[!.]*_img") if p.is_dir())


def _find(root: Path, split: str, what: str, ending: str, kinds: tuple[str, ...]) -> Found:
    folders = (root / f"{split}_{ending}", root / f"{split}_{ending}_portrait")
    paths = [path for folder in folders for path in folder.glob("*")]
    return find(what, str(folders[0]), paths, kinds)


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    if label_space is None or label_space.name in _PUBLISHED:
        coding = LabelCoding.named(label_space.name if label_space else _PUBLISHED[0])
    else:
        coding = LabelCoding(label_space)
    pairs = pair(
        _find(root, split, "photograph", "img", PICTURES),
        _find(root, split, "label map", "label", MAPS),
        _find(root, split, "instance map", "inst", MAPS),
    )
    return Listing("coco-stuff", split, coding, pairs.files, pairs.problems, pairs.remarks)


LAYOUT = Layout(
    "coco-stuff",
    "SPLIT_img/*.jpg, SPLIT_label/*.png and optionally SPLIT_inst/*.png for train and val",
    lambda root: any((root / f"{split}_img").is_dir() for split in ("train", "val")),
    _splits,
    _list,
)
