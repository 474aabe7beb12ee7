"""Light and air of a street scene: one sun, the sky's light from everywhere, haze."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scumble.streets.camera import FloatArray

Colour = tuple[float, float, float]
"""Red, green, blue in 0..1, as displayed."""


@dataclass(frozen=True)
class Light:
    """What the time of day and the weather do to colours."""

    direction: Colour
    """Unit vector towards the sun (x, y, z of the world)."""
    sun: Colour
    """Colour and strength of what comes from the sun."""
    ambient: Colour
    """Colour and strength of what comes from the whole sky."""
    zenith: Colour
    """The sky overhead."""
    haze: Colour
    """The sky at the horizon, which distant things fade to."""
    haze_distance: float
    """Metres after which 63 % of a colour is haze."""
    clouds: float
    """Share of the sky that is cloudy, 0..1."""

    def shade(self, colours: FloatArray, normals: FloatArray) -> FloatArray:
        """Colours ``[N, 3]`` of matt surfaces with unit normals ``[N, 3]`` in this light.

        Surfaces that look down get half of the sky's light.
        """
        facing = np.clip(normals @ np.array(self.direction), 0, None)[:, None]
        open_sky = 0.75 + 0.25 * normals[:, 1:2]
        lit: FloatArray = colours * (facing * np.array(self.sun) + open_sky * np.array(self.ambient))
        return lit

    def shine(
        self, colours: FloatArray, normals: FloatArray, sight: FloatArray, gloss: FloatArray
    ) -> FloatArray:
        """What this light makes of varnish or glass, and what it mirrors, as colours ``[N, 3]``.

        Args:
            colours: ``[N, 3]`` beneath the varnish.
            normals: ``[N, 3]``, unit length.
            sight: unit vectors ``[N, 3]`` towards the camera.
            gloss: ``[N]``; 0 is matt, 1 is varnish, more is glass.
        """
        gloss = gloss[:, None]
        facing = (normals * sight).sum(1, keepdims=True)
        mirrored = 2 * facing * normals - sight
        up = mirrored[:, 1:2]
        haze, zenith, ambient = np.array(self.haze), np.array(self.zenith), np.array(self.ambient)
        sky = haze + (zenith - haze) * np.clip(up, 0, 1) ** 0.6
        # Below the sky there are house fronts and, lower, the road.
        street = ambient * (0.46 + 0.16 * np.clip(3 * up, -1, 0))
        around = street + (sky - street) * np.clip(up / 0.25 + 0.2, 0, 1)
        # Schlick's approximation of Fresnel's formulae, with the share at right angles raised for a wet look.
        share = np.clip(gloss * (0.07 + 0.7 * (1 - facing) ** 4), 0, 0.8)
        glint = np.clip(mirrored @ np.array(self.direction), 0, 1)[:, None] ** 30 * np.array(self.sun)
        shone: FloatArray = self.shade(colours, normals) * (1 - share) + around * share
        shone += 0.28 * np.minimum(gloss, 1.5) * glint
        return shone

    def fade(self, colours: FloatArray, distance: FloatArray) -> FloatArray:
        """Colours ``[N, 3]`` seen through air from distances ``[N]`` in metres."""
        clear = np.exp(-np.maximum(distance, 0) / self.haze_distance)[:, None]
        faded: FloatArray = colours * clear + np.array(self.haze) * (1 - clear)
        return faded


def random_light(rng: np.random.Generator) -> Light:
    """A time of day and weather: the lower the sun, the warmer it is; under clouds it is weak and white."""
    elevation = math.radians(rng.uniform(14, 65))
    azimuth = rng.uniform(0, 2 * math.pi)
    direction = (
        math.cos(elevation) * math.sin(azimuth),
        math.sin(elevation),
        math.cos(elevation) * math.cos(azimuth),
    )
    clouds = float(rng.beta(0.8, 1.2))
    low = 1 - math.sin(elevation)
    warm = np.array([1.0, 1.0 - 0.22 * low, 1.0 - 0.48 * low])
    sun = warm * (0.72 - 0.6 * clouds**2)
    cool = np.array([0.88, 0.95, 1.06])
    ambient = (cool * (1 - clouds) + clouds) * (0.50 + 0.28 * clouds**2)
    zenith = np.array([0.30, 0.50, 0.80]) * (1 - clouds) + np.array([0.66, 0.68, 0.72]) * clouds
    zenith = zenith * rng.uniform(0.85, 1.1)
    haze = np.array([0.80, 0.86, 0.92]) * (1 - 0.5 * low) + warm * np.array([0.95, 0.88, 0.82]) * 0.5 * low
    return Light(
        direction,
        as_colour(sun, high=1.2),
        as_colour(ambient, high=1.2),
        as_colour(zenith, high=1.2),
        as_colour(haze, high=1.2),
        float(rng.uniform(120, 420)),
        clouds,
    )


def as_colour(values: Iterable[float], low: float = 0.0, high: float = 1.0) -> Colour:
    """Three values as a colour within limits."""
    red, green, blue = (min(max(float(value), low), high) for value in values)
    return red, green, blue
