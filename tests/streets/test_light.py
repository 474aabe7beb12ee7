"""Sun, sky light and haze."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.streets.light import random_light


@pytest.mark.parametrize("seed", range(20))
def test_every_light_is_possible(seed: int) -> None:
    light = random_light(np.random.default_rng(seed))
    assert np.linalg.norm(light.direction) == pytest.approx(1)
    assert light.direction[1] > 0.2
    assert 0 <= light.clouds <= 1
    assert min(*light.sun, *light.ambient, *light.zenith, *light.haze) > 0


def test_the_side_towards_the_sun_is_brighter() -> None:
    light = random_light(np.random.default_rng(1))
    sun = np.array(light.direction)
    grey = np.full((2, 3), 0.5)
    lit, dark = light.shade(grey, np.stack([sun, -sun]))
    assert (lit > dark).all()


def test_colours_fade_to_haze() -> None:
    light = random_light(np.random.default_rng(2))
    colours = np.array([[0.2, 0.1, 0.0]] * 3)
    faded = light.fade(colours, np.array([0.0, light.haze_distance, 1e6]))
    assert np.allclose(faded[0], colours[0])
    assert np.allclose(faded[1] - light.haze, (colours[1] - light.haze) / np.e)
    assert np.allclose(faded[2], light.haze)
