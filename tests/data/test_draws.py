"""Which picture a training sample shows."""

from __future__ import annotations

from scumble.data.draws import draw


def test_every_picture_comes_once_in_a_pass_in_changing_order() -> None:
    passes = [[draw(7, 0, 7 * p + i)[0] for i in range(7)] for p in range(6)]
    assert all(sorted(order) == list(range(7)) for order in passes)
    assert len(set(map(tuple, passes))) == 6


def test_every_sample_has_randomness_of_its_own_that_depends_on_the_seed() -> None:
    drawn = {(seed, n): draw(5, seed, n)[1].random() for seed in (0, 1) for n in range(20)}
    assert len(set(drawn.values())) == 40
    assert all(draw(5, seed, n)[1].random() == value for (seed, n), value in drawn.items())
