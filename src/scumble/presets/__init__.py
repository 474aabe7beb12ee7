"""Training presets by name; every preset is a function that returns a complete configuration."""

from __future__ import annotations

from collections.abc import Callable

from scumble.presets.divsem import DIVSEM
from scumble.presets.labeler import LABELER
from scumble.presets.spmpgan import SPMPGAN
from scumble.training.editing import EditingPreset
from scumble.training.labeling import LabelingPreset

PRESETS: dict[str, Callable[[], EditingPreset]] = {**DIVSEM, **SPMPGAN}
"""Those of the editing systems."""

ALL_PRESETS: dict[str, Callable[[], EditingPreset | LabelingPreset]] = {**PRESETS, **LABELER}
"""Everything that can be trained."""
