"""The objects of Cityscapes-Panoptic-Parts and PASCAL-Panoptic-Parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scumble.data.parts.cut import ObjectMaps
from scumble.data.parts.part_set import Split
from scumble.data.parts.uids import DataSet, decode_uids, fold_parts
from scumble.data.parts.vocabularies import part_numbers, parts_of
from scumble.errors import DataError
from scumble.files import read_instances

_CITYSCAPES = "gtFinePanopticParts"
_ENDING = f"_{_CITYSCAPES}.tif"
_CITYSCAPES_SPLITS: dict[str, Split] = {"train": "train", "val": "val"}
_PASCAL_SPLITS: dict[str, Split] = {"training": "train", "validation": "val"}


@dataclass(frozen=True)
class PanopticPicture:
    """A file of uids.

    Attributes:
        split: which split of a part set it belongs to.
        path: of the TIFF.
        data_set: whose class and part ids it holds.
    """

    split: Split
    path: Path
    data_set: DataSet

    @property
    def name(self) -> str:
        """The file name without its ending; for Cityscapes city, sequence and frame."""
        return self.path.name.removesuffix(_ENDING).removesuffix(".tif")

    def read(self) -> ObjectMaps:
        """Read the file; the class id is the category.

        Raises:
            InputError: it cannot be read, or a uid is none; names the file and the pixel.
        """
        source = str(self.path)
        ids = fold_parts(decode_uids(read_instances(self.path), source), self.data_set, source)
        single = np.isin(ids.sid, list(parts_of(self.data_set))) & (ids.iid >= 0)
        parts = part_numbers(self.data_set)[ids.sid, np.maximum(ids.pid, 0)]
        return ObjectMaps(self.split, self.name, np.where(single, ids.sid_iid, 0), parts.astype(np.uint8))


def panoptic_pictures(root: Path) -> list[PanopticPicture]:
    """The files of a folder, sorted.

    Args:
        root: holds ``gtFinePanopticParts/{train,val}/CITY/*_gtFinePanopticParts.tif`` or
            ``{training,validation}/*.tif``.

    Raises:
        DataError: it holds neither.
    """
    cityscapes = [
        PanopticPicture(split, path, "cityscapes")
        for folder, split in _CITYSCAPES_SPLITS.items()
        for path in sorted((root / _CITYSCAPES / folder).glob(f"*/*{_ENDING}"))
    ]
    pascal = [
        PanopticPicture(split, path, "pascal")
        for folder, split in _PASCAL_SPLITS.items()
        for path in sorted((root / folder).glob("*.tif"))
    ]
    if not cityscapes and not pascal:
        raise DataError(
            f"{root} holds neither {_CITYSCAPES}/{{train,val}}/CITY/*{_ENDING} (Cityscapes) nor "
            "{training,validation}/*.tif (PASCAL); give the folder that holds these."
        )
    return cityscapes + pascal
