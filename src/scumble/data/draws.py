"""Which picture a training sample shows, and with what randomness."""

from __future__ import annotations

import numpy as np


def draw(pictures: int, seed: int, number: int) -> tuple[int, np.random.Generator]:
    """What sample ``number`` of an endless stream is made of; nothing but the arguments matters.

    Every picture comes once in a pass, in an order of its own for each pass.

    Args:
        pictures: pictures of the set.
        seed: of everything that is random.
        number: of the sample, at least 0.

    Returns:
        The picture's number and a source of randomness for this sample alone.
    """
    passes, place = divmod(number, pictures)
    order = np.random.default_rng([seed, passes]).permutation(pictures)
    return int(order[place]), np.random.default_rng([seed, passes, place])
