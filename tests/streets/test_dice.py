"""Draws of one thing among few."""

from __future__ import annotations

import numpy as np

from scumble.streets.dice import one_of, weighted


def test_draws_are_those_of_numpy() -> None:
    ours, theirs = np.random.default_rng(0), np.random.default_rng(0)
    things, chances = ("a", "b", "c", "d"), (0.1, 0.25, 0.3, 0.35)
    for _ in range(200):
        assert one_of(ours, things) == str(theirs.choice(things))
        assert weighted(ours, chances) == theirs.choice(4, p=chances)
    assert ours.random() == theirs.random()
