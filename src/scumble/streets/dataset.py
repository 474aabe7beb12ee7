"""Rendered streets as a data set."""

from __future__ import annotations

from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.scene import Scene
from scumble.streets.render import LABEL_SPACE, render_street

_FIRST_SEEDS = {"train": 0, "test": 1_000_000_000}


class Streets:
    """Scenes that are rendered when they are asked for; scene i is the same on every machine.

    Args:
        split: ``train`` or ``test``; they have no seed in common.
        scenes: how many, at most a thousand million.
        width: of each in pixels.
        height: of each in pixels.

    Raises:
        ConfigError: there is no such split, or too many scenes.
    """

    def __init__(self, split: str, scenes: int, width: int = 256, height: int = 256) -> None:
        if split not in _FIRST_SEEDS:
            raise ConfigError(f"Streets have no split {split!r}; give one of {', '.join(_FIRST_SEEDS)}.")
        if not 1 <= scenes <= 1_000_000_000:
            raise ConfigError(f"{scenes} scenes cannot be rendered; give 1 to 1000000000.")
        self.label_space = LabelSpace.load(LABEL_SPACE)
        self.first_seed = _FIRST_SEEDS[split]
        self.scenes, self.width, self.height = scenes, width, height

    def __len__(self) -> int:
        return self.scenes

    def __getitem__(self, index: int) -> Scene:
        """Scene ``index``.

        Raises:
            IndexError: the index is not in 0..scenes-1.
        """
        if not 0 <= index < self.scenes:
            raise IndexError(f"Scene {index} of {self.scenes}.")
        return render_street(self.first_seed + index, self.width, self.height)
