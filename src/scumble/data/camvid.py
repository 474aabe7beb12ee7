"""CamVid in the layout of the SegNet split: 11 classes and void, derived instances."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from scumble.data.scenes import read_scene
from scumble.errors import DataError
from scumble.label_space import LabelSpace
from scumble.scene import Scene

Split = Literal["train", "val", "test"]


class CamVid:
    """Photographs with label and instance maps.

    The folder holds ``train.txt`` with a pair "photograph annotation" in every line, relative to the
    folder, and beside ``trainannot/`` optionally ``traininst/`` with instance maps of the same names (16-bit,
    class id or class * 1000 + k); the same for ``val`` and ``test``. Without instance maps the connected
    components of the thing classes take their place.

    Args:
        root: the folder.
        split: ``train``, ``val`` or ``test``.

    Raises:
        DataError: the list is missing or empty, or a line is not a pair of files that exist.
    """

    def __init__(self, root: Path, split: Split) -> None:
        self.label_space = LabelSpace.load("camvid")
        listing = root / f"{split}.txt"
        if not listing.is_file():
            raise DataError(
                f"{listing} is missing: a CamVid folder holds the list {split}.txt with a photograph and "
                "its annotation in every line; give the folder that holds it."
            )
        self.pairs: list[tuple[Path, Path]] = []
        for number, line in enumerate(listing.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            fields = line.split()
            if not fields:
                continue
            if len(fields) != 2 or not all((root / field).is_file() for field in fields):
                raise DataError(
                    f"{listing}, line {number}: {line!r} is not a photograph and an annotation that exist "
                    f"under {root}; mend or remove the line."
                )
            self.pairs.append((root / fields[0], root / fields[1]))
        if not self.pairs:
            raise DataError(f"{listing} is empty; write a photograph and its annotation into every line.")
        self.instances = root / f"{split}inst"

    def __len__(self) -> int:
        return len(self.pairs)

    def name(self, index: int) -> str:
        """The file stem of a photograph."""
        return self.pairs[index][0].stem

    def __getitem__(self, index: int) -> Scene:
        """Read one scene; errors name the file."""
        photograph, annotation = self.pairs[index]
        instances = self.instances / annotation.name
        return read_scene(
            photograph, annotation, instances if instances.is_file() else None, self.label_space
        )
