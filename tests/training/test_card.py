"""The card of a checkpoint."""

from __future__ import annotations

from scumble.training.card import write_card
from tests.editing_fixture import untrained


def test_card_states_origin_licence_classes_and_a_command() -> None:
    text = write_card(untrained(), "squeezenet")
    for part in ("divsem on camvid", "nothing: random weights", "free", "car 8", "squeezenet", "24 codes"):
        assert part in text
    assert "scumble edit photo.jpg --labels labels.png --remove pole" in text
