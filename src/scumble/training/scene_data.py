"""Where the scenes of a training run come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scumble.data.editing import Scenes
from scumble.data.layouts import find_label_space, find_layout, open_scenes
from scumble.data.layouts.listing import Layout
from scumble.research_data import find_data
from scumble.streets import Streets

STREETS = "streets"
"""The layout of rendered scenes."""


@dataclass(frozen=True)
class SceneData:
    """Where the scenes are."""

    layout: str = ""
    """A layout of docs/data.md, or empty where the folder tells; ``streets`` are rendered unless a folder is
    named."""
    folder: str = "camvid"
    """The set: a folder, a TOML file, or a folder under SCUMBLE_DATA (default ../shared/data)."""
    label_space: str = ""
    """Name of a label space or path of a class table, for layouts that leave open what the ids mean."""
    description: str = ""
    """What the card says of the data."""
    licence: str = "as the training data"
    """Under what terms the weights may be used."""
    rendered: int = 2000
    """Number of training scenes of ``streets``."""
    rendered_size: tuple[int, int] = (352, 256)
    """Width and height of the scenes of ``streets`` in pixels."""

    @property
    def has_held_out(self) -> bool:
        """Whether ``test`` are other scenes than ``train``: a set may have one split alone."""
        if self.layout == STREETS and not self.folder:
            return True
        root, layout = self._place()
        return len(layout.splits(root)) > 1

    def scenes(self, split: str) -> Scenes:
        """Open a split: ``train``, or ``test`` for what the grids show (``val`` where a set has it)."""
        if self.layout == STREETS and not self.folder:
            return Streets(split, self.rendered, *self.rendered_size)
        root, layout = self._place()
        # A description of the set, or an index of shards, says itself what its classes are.
        named = "" if layout.name in ("folder", "shards") else self.label_space
        space = find_label_space(named) if named else None
        name = "train" if split == "train" or len(layout.splits(root)) == 1 else "val"
        return open_scenes(root, name, layout.name, space)

    def _place(self) -> tuple[Path, Layout]:
        root = find_data(self.folder)
        return root, find_layout(root, None if self.layout == STREETS else self.layout or None)
