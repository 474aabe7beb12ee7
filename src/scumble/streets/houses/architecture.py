"""What the style of a house consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scumble.streets.light import Colour

Roof = Literal["flat", "gabled", "gable front", "stepped front", "mansard"]
Railing = Literal["bars", "solid", "glass"]
Head = Literal["plain", "lintel", "pediment", "arch"]


@dataclass(frozen=True)
class Style:
    """Everything about a house but its size. Lengths are in metres, shares in 0..1."""

    wall: Colour
    """Colour of the walls."""
    ground_floor: Colour
    """Colour of the lowest storey."""
    trim: Colour
    """Colour of surrounds, sills, bands and cornice."""
    frame: Colour
    """Colour of window frames."""
    roof_colour: Colour
    """Colour of tiles or of sheet metal."""
    door: Colour
    """Colour of doors and shop fronts."""
    course: float
    """Height of a course of bricks, stones or slabs; 0 for none."""
    course_contrast: float
    """How much darker the joints are."""
    bay: float
    """Distance of windows along the wall."""
    window: tuple[float, float, float]
    """Width (share of the bay), sill and top (shares of the storey)."""
    panes: tuple[int, int]
    """Columns and rows of panes in a window."""
    recess: float
    """Depth of windows behind the wall."""
    reflection: float
    """Share of light that glass reflects straight back."""
    tint: Colour
    """Colour of what is seen through the glass."""
    surround: float
    """Width of the border of windows; 0 for none."""
    head: Head
    """What is above windows."""
    sill: bool
    """Whether windows have one that sticks out."""
    string_courses: bool
    """Whether bands separate the storeys."""
    pilasters: bool
    """Whether upright strips separate the bays."""
    quoins: bool
    """Whether the corners are of larger stones."""
    cornice: float
    """How far the edge of the roof sticks out."""
    shutters: Colour | None
    """Colour of window shutters, if there are any."""
    railing: Railing | None
    """Balconies, if there are any."""
    balcony: float
    """How far balconies stick out."""
    curtains: float
    """Share of windows with curtains or blinds."""
    lit: float
    """Share of windows with light behind them."""
    roof: Roof
    """Its form."""
    steepness: float
    """Rise of the roof per metre."""
    end_windows: bool
    """Whether the ends have windows too."""
