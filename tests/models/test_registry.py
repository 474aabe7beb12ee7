"""The systems by name."""

from __future__ import annotations

import pytest

from scumble.errors import ConfigError
from scumble.models.labeler.config import LabelerConfig
from scumble.models.registry import SYSTEMS


def test_nobody_else_released_weights_of_our_own_system() -> None:
    with pytest.raises(ConfigError, match="LabelerConfig: this system is scumble's own"):
        SYSTEMS["labeler"].published(LabelerConfig(3))
