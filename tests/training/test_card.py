"""The card of a checkpoint."""

from __future__ import annotations

from scumble.training.card import write_card
from scumble.training.synthesis_card import write_synthesis_card
from tests.editing_fixture import untrained
from tests.ipose_fixture import ipose


def test_card_states_origin_licence_classes_and_a_command() -> None:
    text = write_card(untrained(), "squeezenet")
    for part in ("divsem on camvid", "nothing: random weights", "free", "car 8", "squeezenet", "24 codes"):
        assert part in text
    assert "scumble edit photo.jpg --labels labels.png --remove pole" in text


def test_the_card_of_a_synthesis_system_names_terms_classes_with_parts_and_a_command() -> None:
    text = write_synthesis_card(ipose(), {"style": "squeezenet"}, "FID 1 (table 2)")
    expected = (
        "ipose on camvid",
        "style by squeezenet",
        "car 8",
        "car (category 26 car: window, wheel",
        "bicyclist (category 25 rider)",
        "Support maps: in this folder",
        "FID 1 (table 2)",
        "scumble synthesize labels.png --checkpoint FOLDER",
    )
    for part in expected:
        assert part in text
    assert "give a part set as `--supports`" in write_synthesis_card(ipose(supports=False), {}, "")
