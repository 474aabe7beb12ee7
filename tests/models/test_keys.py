"""Renaming of state-dict entries."""

from __future__ import annotations

import pytest
import torch

from scumble.errors import CheckpointError
from scumble.models.keys import Entry, KeyMap

KEYS = KeyMap(
    [
        Entry("head_b.weight", "heads.weight", 1, 2),
        Entry("body.weight", "trunk.weight"),
        Entry("head_a.weight", "heads.weight", 0, 2),
    ]
)
OURS = {"trunk.weight": torch.randn(3, 2), "heads.weight": torch.randn(4, 3)}


def test_pieces_are_split_and_named_in_the_published_order() -> None:
    published = KEYS.to_published(OURS)
    assert list(published) == ["head_b.weight", "body.weight", "head_a.weight"]
    assert torch.equal(published["head_a.weight"], OURS["heads.weight"][:2])
    assert torch.equal(published["head_b.weight"], OURS["heads.weight"][2:])


def test_a_state_survives_the_way_out_and_back() -> None:
    back = KEYS.to_ours(KEYS.to_published(OURS))
    assert back.keys() == OURS.keys()
    assert all(torch.equal(back[name], OURS[name]) for name in OURS)


def test_a_missing_entry_is_named_with_the_count_of_the_others() -> None:
    with pytest.raises(CheckpointError, match=r"'body\.weight' \(and 1 more\) is missing"):
        KEYS.to_ours({"head_a.weight": torch.zeros(2, 3)})


def test_an_unknown_entry_is_named() -> None:
    with pytest.raises(CheckpointError, match=r"'surplus' is not expected"):
        KEYS.to_ours({**KEYS.to_published(OURS), "surplus": torch.zeros(1)})


def test_prefixes_are_put_before_both_names() -> None:
    entry = Entry("weight", "w", 1, 2).prefixed("netG.", "generator.")
    assert entry == Entry("netG.weight", "generator.w", 1, 2)
