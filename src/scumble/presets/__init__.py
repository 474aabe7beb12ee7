"""Training presets by name; every preset is a function that returns a complete configuration."""

from __future__ import annotations

from collections.abc import Callable

from scumble.presets.divsem import DIVSEM
from scumble.presets.spmpgan import SPMPGAN
from scumble.training.editing import EditingPreset

PRESETS: dict[str, Callable[[], EditingPreset]] = {**DIVSEM, **SPMPGAN}
