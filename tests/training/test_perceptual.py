"""The perceptual term of a training."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.errors import CheckpointError
from scumble.training.perceptual import perceptual_term


def test_who_has_no_weights_is_told_what_does_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path))
    with pytest.raises(CheckpointError, match=r"--losses\.perceptual 0 needs none, and --perceptual vgg19"):
        perceptual_term("squeezenet")
