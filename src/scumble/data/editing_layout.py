"""The folders of SPMPGAN and DivSem: ``images/``, ``labels/``, ``inst_map/`` under each split."""

from __future__ import annotations

from pathlib import Path

from scumble.data.scenes import read_scene
from scumble.errors import DataError
from scumble.label_space import LabelSpace
from scumble.scene import Scene

_PICTURES = (".jpg", ".png")


class EditingLayout:
    """Scenes paired by file stem; without ``inst_map/`` the components of thing classes are the instances.

    Args:
        root: the folder that holds the splits.
        split: ``train`` or ``test``.
        label_space: of the label maps.

    Raises:
        DataError: there are no pictures, or one has no label map.
    """

    def __init__(self, root: Path, split: str, label_space: LabelSpace) -> None:
        self.label_space = label_space
        folder = root / split
        images = sorted(p for p in (folder / "images").glob("*") if p.suffix.lower() in _PICTURES)
        if not images:
            raise DataError(
                f"{folder / 'images'} holds no .jpg or .png; the editing layout has images/, labels/ and "
                "inst_map/ under train/ and test/."
            )
        self.files = [(p, folder / "labels" / f"{p.stem}.png") for p in images]
        for image, labels in self.files:
            if not labels.is_file():
                raise DataError(f"{image} has no label map {labels}; add it or remove the picture.")
        self.instances = folder / "inst_map"

    def __len__(self) -> int:
        return len(self.files)

    def name(self, index: int) -> str:
        """The file stem of a picture."""
        return self.files[index][0].stem

    def __getitem__(self, index: int) -> Scene:
        """Read one scene; errors name the file."""
        photograph, annotation = self.files[index]
        instances = self.instances / annotation.name
        return read_scene(
            photograph, annotation, instances if instances.is_file() else None, self.label_space
        )
