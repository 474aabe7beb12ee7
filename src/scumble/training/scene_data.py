"""Where the scenes of a training run come from."""

from __future__ import annotations

from dataclasses import dataclass

from scumble.data.editing import Scenes
from scumble.data.layouts import find_label_space, open_scenes
from scumble.research_data import data_folder
from scumble.streets import Streets


@dataclass(frozen=True)
class SceneData:
    """Where the scenes are."""

    layout: str = ""
    """A layout of docs/data.md, or empty where the folder tells; ``streets`` are rendered, from no folder."""
    folder: str = "camvid"
    """The set's folder; a relative one is looked up under SCUMBLE_DATA (default ../shared/data)."""
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

    def scenes(self, split: str) -> Scenes:
        """Open a split: ``train``, or ``test`` for what the grids show (``val`` where a set has it)."""
        if self.layout == "streets":
            return Streets(split, self.rendered, *self.rendered_size)
        space = find_label_space(self.label_space) if self.label_space else None
        name = "train" if split == "train" else "val"
        return open_scenes(data_folder() / self.folder, name, self.layout or None, space)
