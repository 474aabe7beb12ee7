"""Houses along the street."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scumble.streets.camera import FloatArray
from scumble.streets.dice import one_of, weighted
from scumble.streets.houses.architecture import Style
from scumble.streets.houses.house_styles import random_style
from scumble.streets.houses.masonry import (
    add_bands,
    add_cornice,
    add_cornice_shadow,
    add_downpipe,
    add_masonry,
)
from scumble.streets.houses.openings import Windows, gable_windows, window_grid
from scumble.streets.houses.roofs import add_roof, add_top, rise
from scumble.streets.houses.sketch import Sketch
from scumble.streets.houses.storefronts import Door, Shop, add_door, add_shop, random_shops
from scumble.streets.houses.walls import Wall
from scumble.streets.houses.windows import add_windows
from scumble.streets.painter import Painter


@dataclass(frozen=True)
class Building:
    """A house with its front on the street. Lengths are in metres."""

    x: float
    """Of the front, which is parallel to the street."""
    z0: float
    """Where the front begins."""
    length: float
    """Of the front."""
    depth: float
    """Away from the street."""
    side: int
    """1 right of the street, -1 left of it."""
    storeys: int
    """Number of storeys with the ground floor, 2 to 8."""
    storey_height: float
    """Of each storey but the lowest."""
    ground_height: float
    """Of the lowest storey."""
    style: Style
    """Materials, colours, proportions."""
    door: Door | None
    """The house's door, where there are no shops."""
    shops: tuple[Shop, ...]
    """What fills the ground floor instead of windows."""
    balcony_rhythm: int
    """Every how many bays balconies are, if there are any."""
    has_downpipe: bool
    """Whether a pipe leads from the roof to the ground."""
    seed: int
    """Of what is behind the windows, chimneys and single stones."""
    class_name: str = "building"
    """Its class in the label space."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the middle of its front is, x and z."""
        return self.x, self.z0 + self.length / 2

    @property
    def eaves(self) -> float:
        """Height of the walls."""
        return self.ground_height + (self.storeys - 1) * self.storey_height

    @cached_property
    def shadow(self) -> tuple[FloatArray, float]:
        """Its footprint ``[4, 2]`` and the height that matters for its shadow."""
        back, end = self.x + self.side * self.depth, self.z0 + self.length
        footprint = np.array([[self.x, self.z0], [back, self.z0], [back, end], [self.x, end]])
        return footprint, self.eaves + 0.6 * self._rise()

    def draw(self, painter: Painter, instance: int) -> None:
        """Draw what can be seen of it; ``instance`` is ignored, buildings are stuff."""
        front, ends = self._sketches(painter)
        visible = [sketch for sketch in ends if sketch.visible]
        if not front.visible and not visible:
            return
        masonry = painter.surface("building", grain=0.025, blotch=0.045)
        glass = painter.surface("building", grain=0.012, blotch=0.07)
        if front.visible:
            add_roof(front, self.depth, self.eaves, np.random.default_rng(self.seed))
            front.paint_roof(masonry)
        for end in visible:
            self._add_end(end)
            end.paint(masonry, glass)
        if front.visible:
            self._add_front(front)
            front.paint(masonry, glass)

    def _sketches(self, painter: Painter) -> tuple[Sketch, tuple[Sketch, Sketch]]:
        """The front and both ends."""
        inward, stop = (float(self.side), 0.0), self.z0 + self.length
        front = Wall(self.x, self.z0, (0.0, 1.0), (-float(self.side), 0.0), self.length)
        near = Wall(self.x, self.z0, inward, (0.0, -1.0), self.depth)
        far = Wall(self.x, stop, inward, (0.0, 1.0), self.depth)
        first, second = Sketch(painter, self.style, near), Sketch(painter, self.style, far)
        return Sketch(painter, self.style, front), (first, second)

    def _add_front(self, sketch: Sketch) -> None:
        rng = np.random.default_rng([self.seed, 1])
        gabled = self.style.roof in ("gable front", "stepped front")
        add_masonry(sketch, self.ground_height, self.eaves, rng)
        add_top(sketch, self.eaves, self._rise(), gabled=gabled)
        if not gabled:
            add_cornice_shadow(sketch, self.eaves)
        if sketch.near and self.has_downpipe:
            add_downpipe(sketch, self.eaves)
        add_bands(sketch, self._floors())
        windows = window_grid(self.style, self.length, self._floors(), rng, self.balcony_rhythm)
        add_windows(sketch, windows.only((windows.storey > 0) | ~self._taken(windows)))
        if gabled:
            add_windows(sketch, gable_windows(self.style, self.length, self._floors(), rng))
        for shop in self.shops:
            add_shop(sketch, shop, self.ground_height)
        if self.door is not None:
            add_door(sketch, self.door)
        if not gabled:
            add_cornice(sketch, self.eaves)

    def _add_end(self, sketch: Sketch) -> None:
        rng = np.random.default_rng([self.seed, 2])
        gabled = self.style.roof in ("gabled", "mansard")
        add_masonry(sketch, self.ground_height, self.eaves, rng)
        add_top(sketch, self.eaves, self._rise(), gabled=gabled)
        if self.style.end_windows:
            add_windows(sketch, window_grid(self.style, self.depth, self._floors(), rng))
            if self.style.roof == "gabled":
                add_windows(sketch, gable_windows(self.style, self.depth, self._floors(), rng))
        if not gabled:
            add_cornice(sketch, self.eaves)

    def _taken(self, windows: Windows) -> NDArray[np.bool_]:
        """Whether doors or shops need the room of windows, if these are at the ground."""
        if self.shops or self.door is None:
            return np.full(len(windows.left), bool(self.shops))
        margin = 0.7 if self.style.shutters else 0.2
        stop = self.door.left + self.door.width
        return (windows.right > self.door.left - margin) & (windows.left < stop + margin)

    def _floors(self) -> FloatArray:
        """Heights of the ground, the floors and the eaves."""
        upper = [self.ground_height + i * self.storey_height for i in range(self.storeys)]
        return np.array([0.0, *upper])

    def _rise(self) -> float:
        return rise(self.style.roof, self.style.steepness, self.length, self.depth)


def random_building(
    rng: np.random.Generator, x: float, z0: float, length: float, depth: float, side: int
) -> Building:
    """A house.

    Args:
        rng: of its looks.
        x: of its front in metres.
        z0: where its front begins, in metres.
        length: of its front in metres.
        depth: away from the street in metres.
        side: 1 right of the street (it fills x to x + depth), -1 left of it (x - depth to x).
    """
    storeys = 2 + weighted(rng, (0.22, 0.26, 0.22, 0.14, 0.09, 0.04, 0.03))
    storey_height = float(rng.uniform(2.8, 3.6))
    style = random_style(rng, length, storeys)
    with_shops = rng.random() < 0.38
    door = Door(
        left=float(rng.uniform(0.08, 0.8)) * (length - 2.2) + 0.4,
        width=one_of(rng, (1.0, 1.1, 1.2, 1.7, 2.5)),
        height=float(rng.uniform(2.35, 2.75)),
    )
    return Building(
        x=x,
        z0=z0,
        length=length,
        depth=depth,
        side=side,
        storeys=storeys,
        storey_height=storey_height,
        ground_height=storey_height + (float(rng.uniform(0.3, 0.8)) if with_shops else 0.0),
        style=style,
        door=None if with_shops else door,
        shops=random_shops(rng, length, style.door) if with_shops else (),
        balcony_rhythm=one_of(rng, (1, 2, 2, 3)),
        has_downpipe=bool(rng.random() < 0.6),
        seed=int(rng.integers(2**31)),
    )
