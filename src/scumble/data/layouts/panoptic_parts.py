"""Panoptic Parts: one TIFF of uids a photograph says class, instance and part (``datasets``, section 5).

Cityscapes has the photographs in ``leftImg8bit/SPLIT/CITY/`` and the uids in ``gtFinePanopticParts/``; PASCAL
has the uids in ``training/`` and ``validation/`` and the photographs, of VOC 2010, in ``JPEGImages/``.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from scumble.data.layouts.cityscapes import IMAGES, PARTS, frames
from scumble.data.layouts.cityscapes import splits as cityscapes_splits
from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import Found, find, pair
from scumble.data.parts.uids import DataSet, decode_uids, fold_parts
from scumble.data.scenes import SceneFiles
from scumble.files import read_image, read_instances
from scumble.instances import consistent_instances
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.scene import Scene

_PASCAL_IMAGES = "JPEGImages"
_PASCAL_SPLITS = ("training", "validation")


def _is_pascal(root: Path) -> bool:
    return (root / _PASCAL_IMAGES).is_dir() and any(_splits(root))


def _splits(root: Path) -> list[str]:
    if (root / PARTS).is_dir():
        return cityscapes_splits(root)
    return [split for split in _PASCAL_SPLITS if (root / split).is_dir()]


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    what = "map of uids"
    data_set: DataSet
    if (root / PARTS).is_dir():
        data_set, name = "cityscapes", "cityscapes"
        images = frames(root, IMAGES, split, "photograph", "leftImg8bit")
        uids = frames(root, PARTS, split, what, "gtFinePanopticParts")
    else:
        data_set, name = "pascal", "pascal-parts"
        uids = find(what, str(root / split), (root / split).glob("*"), (".tif",))
        # The folder holds the photographs of all of VOC; only those with uids belong to the split.
        photographs = find(
            "photograph", str(root / _PASCAL_IMAGES), (root / _PASCAL_IMAGES).glob("*"), (".jpg",)
        )
        images = Found(
            photographs.what,
            photographs.where,
            {stem: path for stem, path in photographs.files.items() if stem in uids.files},
        )
    pairs = pair(images, uids)
    coding = LabelCoding(label_space or LabelSpace.load(name))
    reader = partial(_read, data_set)
    return Listing("panoptic-parts", split, coding, pairs.files, pairs.problems, (), reader)


def _read(data_set: DataSet, files: SceneFiles, coding: LabelCoding) -> Scene:
    """A scene whose maps all come from the uids."""
    image = read_image(files.image)
    source = str(files.labels)
    uids = read_instances(files.labels, (image.shape[1], image.shape[0]))
    ids = fold_parts(decode_uids(uids, source), data_set, source)
    labels = coding.decode(ids.sid, source)
    instances = consistent_instances(labels, ids.sid_iid, coding.label_space)
    return Scene(image, labels, instances, coding.label_space, np.maximum(ids.pid, 0))


LAYOUT = Layout(
    "panoptic-parts",
    f"leftImg8bit/ with gtFinePanopticParts/SPLIT/CITY/*.tif, or {_PASCAL_IMAGES}/ with training/*.tif and "
    "validation/*.tif",
    lambda root: ((root / IMAGES).is_dir() and (root / PARTS).is_dir()) or _is_pascal(root),
    _splits,
    _list,
)
