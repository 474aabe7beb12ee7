"""Cityscapes: ``leftImg8bit/SPLIT/CITY/`` and ``gtFine/SPLIT/CITY/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import Found, find, pair
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

IMAGES = "leftImg8bit"
MAPS = "gtFine"
PARTS = "gtFinePanopticParts"


def frame(ending: str) -> Callable[[Path], str | None]:
    """The function that gives a file's pairing key: city, sequence and frame, where the name ends so."""

    def key(path: Path) -> str | None:
        fields = path.stem.split("_", 3)
        return "_".join(fields[:3]) if len(fields) == 4 and fields[3] == ending else None

    return key


def frames(root: Path, folder: str, split: str, what: str, ending: str) -> Found:
    """The files ``CITY_SEQUENCE_FRAME_ending`` of all cities of a split."""
    where = root / folder / split
    return find(what, str(where), where.glob("[!.]*/*"), (".png", ".tif"), frame(ending))


def splits(root: Path) -> list[str]:
    """The folders under ``leftImg8bit``."""
    return sorted(p.name for p in (root / IMAGES).glob("[!.]*") if p.is_dir())


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    # Cityscapes comes with labelIds; its scripts make labelTrainIds of them.
    labels = frames(root, MAPS, split, "label map", "gtFine_labelIds")
    trained_on = frames(root, MAPS, split, "label map", "gtFine_labelTrainIds")
    by_train_id = label_space is not None and label_space.name == "cityscapes-train"
    if trained_on and (by_train_id or not labels):
        labels, coding = trained_on, LabelCoding.named("cityscapes-train")
    else:
        coding = LabelCoding(label_space or LabelSpace.load("cityscapes"))
    pairs = pair(
        frames(root, IMAGES, split, "photograph", "leftImg8bit"),
        labels,
        frames(root, MAPS, split, "instance map", "gtFine_instanceIds"),
        frames(root, PARTS, split, "part map", "gtFinePanopticParts"),
    )
    return Listing("cityscapes", split, coding, pairs.files, pairs.problems, pairs.remarks)


LAYOUT = Layout(
    "cityscapes",
    "leftImg8bit/SPLIT/CITY/*_leftImg8bit.png with gtFine/SPLIT/CITY/*_gtFine_labelIds.png (or "
    "labelTrainIds) and optionally *_gtFine_instanceIds.png and gtFinePanopticParts/",
    lambda root: (root / IMAGES).is_dir() and (root / MAPS).is_dir(),
    splits,
    _list,
)
