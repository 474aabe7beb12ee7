"""Training presets by name; every preset is a function that returns a complete configuration."""

from __future__ import annotations

from collections.abc import Callable

from scumble.presets.divsem import DIVSEM
from scumble.presets.ipose import IPOSE
from scumble.presets.labeler import LABELER
from scumble.presets.oasis import OASIS
from scumble.presets.partnet import PARTNET
from scumble.presets.spmpgan import SPMPGAN
from scumble.training.editing import EditingPreset
from scumble.training.labeling import LabelingPreset
from scumble.training.parts import PartPreset
from scumble.training.synthesis import SynthesisPreset

PRESETS: dict[str, Callable[[], EditingPreset]] = {**DIVSEM, **SPMPGAN}
"""Those of the editing systems."""

Preset = EditingPreset | LabelingPreset | PartPreset | SynthesisPreset
"""A complete training configuration of any system."""

ALL_PRESETS: dict[str, Callable[[], Preset]] = {**PRESETS, **LABELER, **PARTNET, **OASIS, **IPOSE}
"""Everything that can be trained."""
