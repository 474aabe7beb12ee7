"""Configuration of the labeler."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scumble.errors import ConfigError
from scumble.models.labeler.config import LabelerConfig


def test_every_width_halves_the_size() -> None:
    assert LabelerConfig(5, widths=(4, 4), blocks=(1, 1)).reduction == 4
    assert LabelerConfig(5).reduction == 32


@pytest.mark.parametrize(
    ("widths", "blocks"), [((4, 4, 4), (1, 1)), ((4, 4), (1, 1, 1)), ((4,), (1,)), ((), ())]
)
def test_every_size_has_a_width_and_a_depth(widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="give one of each for every size"):
        LabelerConfig(5, widths=widths, blocks=blocks)


@pytest.mark.parametrize(
    "value", [{"classes": 0}, {"size": 0}, {"widths": (4, 0)}, {"blocks": (0, -1)}, {"decoder_blocks": -1}]
)
def test_values_that_are_not_possible_are_refused(value: dict[str, Any]) -> None:
    small = LabelerConfig(5, widths=(4, 4), blocks=(0, 0), decoder_blocks=0)
    with pytest.raises(ConfigError, match="is not possible"):
        replace(small, **value)
