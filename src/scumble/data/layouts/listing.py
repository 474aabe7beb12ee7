"""What every layout on disk comes down to: a list of files, and scenes read from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scumble.data.scenes import SceneFiles, read_scene
from scumble.errors import DataError
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.scene import Scene


@dataclass(frozen=True)
class Listing:
    """What a layout found in a folder, whether sound or not.

    Attributes:
        layout: its name.
        split: as the layout calls it.
        coding: the classes, and how label files write them.
        files: the scenes, sorted by name.
        problems: what does not fit together, one message each; a sound set has none.
        remarks: what takes the place of maps that are absent, one sentence each.
        reader: reads the files of a scene.
    """

    layout: str
    split: str
    coding: LabelCoding
    files: tuple[SceneFiles, ...]
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    reader: Callable[[SceneFiles, LabelCoding], Scene] = read_scene

    @property
    def label_space(self) -> LabelSpace:
        """The classes."""
        return self.coding.label_space

    def read(self, index: int) -> Scene:
        """Read one scene; errors name the file."""
        return self.reader(self.files[index], self.coding)


@dataclass(frozen=True)
class Layout:
    """One way to lay out a set on disk.

    Attributes:
        name: what users call it.
        shape: the folders that it consists of, for messages.
        recognises: whether a folder looks like this layout.
        find_splits: the splits that a folder has, as the layout calls them; none where it has none.
        list_files: what a split of a folder holds; a label space is given by users where the layout
            leaves it open, and is None otherwise.
    """

    name: str
    shape: str
    recognises: Callable[[Path], bool]
    find_splits: Callable[[Path], list[str]]
    list_files: Callable[[Path, str, LabelSpace | None], Listing]

    def splits(self, root: Path) -> list[str]:
        """The splits that a folder has, as the layout calls them.

        Raises:
            DataError: it has none.
        """
        found = self.find_splits(root)
        if not found:
            raise DataError(
                f"{root} has no splits in the layout {self.name}; expected {self.shape}; check the folder."
            )
        return found


class FileScenes:
    """Scenes in files, read when they are asked for.

    Args:
        listing: where they are.

    Raises:
        DataError: the set has a defect; the message says which, and how many more there are.
    """

    def __init__(self, listing: Listing) -> None:
        if listing.problems:
            more = len(listing.problems) - 1
            others = (
                f" ({more} more of this kind or another: scumble data check lists them all.)" if more else ""
            )
            raise DataError(listing.problems[0] + others)
        self.listing = listing
        self.label_space = listing.label_space

    def __len__(self) -> int:
        return len(self.listing.files)

    def name(self, index: int) -> str:
        """What the scene is called: its file's stem."""
        return self.listing.files[index].name

    def __getitem__(self, index: int) -> Scene:
        """Read one scene; errors name the file."""
        return self.listing.read(index)
