"""Panes: the sky and the houses opposite reflected over what is behind them."""

from __future__ import annotations

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.houses.architecture import Style
from scumble.streets.light import Light

OPPOSITE_HEIGHT = 11.0
"""Height in metres of the houses that windows reflect."""
STREET_WIDTH = 17.0
"""Distance in metres between windows and the houses that they reflect."""
_OPPOSITE = np.array([0.42, 0.39, 0.36])


def glass_colours(
    light: Light,
    style: Style,
    viewer: tuple[float, float, float],
    u: FloatArray,
    v: FloatArray,
    behind: FloatArray,
) -> FloatArray:
    """Colours ``[N, 3]`` of panes in a wall.

    Args:
        light: of the scene.
        style: of the house.
        viewer: u, v, w of the camera; w is its distance from the wall's plane.
        u: of their middles ``[N]``.
        v: of their middles ``[N]``.
        behind: colours ``[N, 3]`` of what is behind them, as displayed.
    """
    at, eye, distance = viewer
    rise = v - eye
    away = np.hypot(distance, u - at)
    slant = 1 - distance / np.hypot(away, rise)
    # Schlick's approximation of Fresnel's equations, weaker than for a single clean pane.
    mirrored = style.reflection + (0.85 - style.reflection) * slant**4
    # A mirrored ray goes on rising and meets the houses opposite, or passes over them.
    skyline = v + rise * STREET_WIDTH / max(distance, 0.5)
    sky_share = 1 / (1 + np.exp(np.clip((OPPOSITE_HEIGHT - skyline) / 3, -30, 30)))[:, None]
    upward = np.clip(rise / np.maximum(away, 0.1), 0, 1)[:, None] ** 0.7
    sky = np.array(light.haze) * (1 - upward) + np.array(light.zenith) * upward
    opposite = _OPPOSITE * (np.array(light.ambient) + 0.25 * np.array(light.sun))
    mirror = sky * sky_share + opposite * (1 - sky_share)
    share = mirrored[:, None] * (0.55 + 0.45 * sky_share)
    colours: FloatArray = np.array(style.tint) * (mirror * share * 1.15 + behind * (1 - share))
    return colours


def indoors(light: Light, style: Style, dice: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What is behind windows.

    Args:
        light: of the scene.
        style: of the house.
        dice: random numbers 0..1 ``[N, 4]``.

    Returns:
        How much of each window blinds cover from above (half of those without), and the colours ``[N, 3]``
        behind that upper part and behind the rest.
    """
    level = float(np.mean(light.ambient)) + 0.3 * float(np.mean(light.sun))
    variety = dice[:, 2:3]
    dark = (0.05 + 0.10 * variety) * np.array([1.0, 0.97, 0.92]) * level
    lit = np.array([0.98, 0.82, 0.55]) * (0.45 + 0.35 * variety)
    room = np.where(dice[:, 3:4] < style.lit, lit, dark)
    cloth = np.array([0.78, 0.75, 0.69]) * (0.6 + 0.4 * variety) * level
    blind = dice[:, 0] < style.curtains
    covered = np.where(blind, 0.15 + 0.85 * dice[:, 1] ** 1.5, 0.5)
    return covered, np.where(blind[:, None], cloth, room), room
