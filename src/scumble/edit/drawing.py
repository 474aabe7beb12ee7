"""Operations that draw: strokes, polygons, rectangles, fills, and the eraser that takes back what was drawn.

Each covers a region in exact integer arithmetic, so that the studio's page and Python agree bit for bit. With
a class the region becomes a new instance of it (stuff: more of it) or, if ``instance`` is given, part of that
one; without a class the maps stay and the region is only generated anew. What lies outside the picture is cut
off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from scumble.edit.edited import Edited, Style, frozen, paint_region
from scumble.edit.geometry import LARGEST_COORDINATE, LARGEST_RADIUS, Point, polygon_region, stroke_region
from scumble.errors import InputError
from scumble.scene import IdArray, MaskArray, Scene

MAX_POINTS = 10_000
"""The largest number of points of a stroke or a polygon."""


@dataclass(frozen=True)
class Brush:
    """A stroke: the pixels whose centre is within a distance of a line through points.

    Attributes:
        points: ``(x, y)`` in pixels, 1..10,000 of them.
        radius: 0..512, in pixels.
        class_name: what to paint, or None.
        instance: id of the instance that grows by the stroke, or None for a new one.
        style: the look of the instance, or None.

    Raises:
        InputError: a number is out of bounds, or there is an instance or a style but no class.
    """

    points: tuple[Point, ...]
    radius: int
    class_name: str | None = None
    instance: int | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        check_points(self.points, 1)
        check_radius(self.radius)
        _check_class(self.class_name, self.instance, self.style)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: nothing of it is inside the picture, or there is no such instance.
            LabelError: there is no such class.
        """
        return _drawn(self, scene, stroke_region(self.points, self.radius, scene.size))


@dataclass(frozen=True)
class Polygon:
    """What a closed polygon encloses (even-odd rule, by the centres of pixels).

    Attributes:
        points: the corners ``(x, y)`` in pixels, 3..10,000 of them.
        class_name: what to paint, or None.
        instance: id of the instance that grows, or None for a new one.
        style: the look of the instance, or None.

    Raises:
        InputError: a number is out of bounds, or there is an instance or a style but no class.
    """

    points: tuple[Point, ...]
    class_name: str | None = None
    instance: int | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        check_points(self.points, 3)
        _check_class(self.class_name, self.instance, self.style)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: it encloses no pixel of the picture, or there is no such instance.
            LabelError: there is no such class.
        """
        return _drawn(self, scene, polygon_region(self.points, scene.size))


@dataclass(frozen=True)
class Rectangle:
    """A rectangle that is painted as it is; a `Box` asks for an object in it, whose outline may be another.

    Attributes:
        x0: left column.
        y0: upper row.
        x1: column behind the last one.
        y1: row behind the last one.
        class_name: what to paint, or None.
        instance: id of the instance that grows, or None for a new one.
        style: the look of the instance, or None.

    Raises:
        InputError: a number is out of bounds, or there is an instance or a style but no class.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    class_name: str | None = None
    instance: int | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        check_points(((self.x0, self.y0), (self.x1, self.y1)), 2)
        _check_class(self.class_name, self.instance, self.style)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: it is empty or outside the picture, or there is no such instance.
            LabelError: there is no such class.
        """
        region = np.zeros(scene.labels.shape, dtype=np.bool_)
        region[max(self.y0, 0) : max(self.y1, 0), max(self.x0, 0) : max(self.x1, 0)] = True
        return _drawn(self, scene, region)


@dataclass(frozen=True)
class Fill:
    """The connected region (over the four sides of pixels) that looks alike in the maps.

    Alike are pixels of one class and, where the class is countable, of one instance.

    Attributes:
        x: column of a pixel of the region.
        y: row of it.
        class_name: what to paint, or None.
        instance: id of the instance that grows, or None for a new one.
        style: the look of the instance, or None.

    Raises:
        InputError: there is an instance or a style but no class.
    """

    x: int
    y: int
    class_name: str | None = None
    instance: int | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        _check_class(self.class_name, self.instance, self.style)

    def apply(self, scene: Scene) -> Edited:
        """Carry it out.

        Raises:
            InputError: the pixel is outside the picture, or there is no such instance.
            LabelError: there is no such class.
        """
        width, height = scene.size
        if not (0 <= self.x < width and 0 <= self.y < height):
            raise InputError(
                f"A fill begins at ({self.x}, {self.y}), outside the picture, which is {width} x {height} "
                f"pixels; expected x 0..{width - 1} and y 0..{height - 1}."
            )
        label = int(scene.labels[self.y, self.x])
        alike = scene.labels == label
        if label in scene.label_space.things:
            alike &= scene.instances == scene.instances[self.y, self.x]
        pieces = ndimage.label(alike)[0]
        return _drawn(self, scene, pieces == pieces[self.y, self.x])


@dataclass(frozen=True)
class Erase:
    """A stroke that takes back all that was done before it: the first maps return, nothing is generated.

    Pixels that an extension added have no first state and stay as they are. If an instance of the first maps
    returns whose number a new one has meanwhile, both are one instance from then on.

    Attributes:
        points: ``(x, y)`` in pixels, 1..10,000 of them.
        radius: 0..512, in pixels.

    Raises:
        InputError: a number is out of bounds.
    """

    points: tuple[Point, ...]
    radius: int

    def __post_init__(self) -> None:
        check_points(self.points, 1)
        check_radius(self.radius)

    def restore(self, scene: Scene, first: Scene, offset: tuple[int, int]) -> tuple[Scene, MaskArray]:
        """Carry it out.

        Args:
            scene: the maps as they are.
            first: the maps before the edit.
            offset: place (x, y) of the first picture's upper left pixel in the scene.

        Returns:
            The new maps, and ``[H, W]``, True for the pixels that are as at first again.

        Raises:
            InputError: nothing of it is inside the first picture.
        """
        (x, y), (width, height) = offset, first.size
        window = np.s_[y : y + height, x : x + width]
        region = np.zeros(scene.labels.shape, dtype=np.bool_)
        region[window] = stroke_region(self.points, self.radius, scene.size)[window]
        _expect_pixels(region, "An eraser's stroke", scene)

        def mixed(now: IdArray, then: IdArray) -> IdArray:
            result = now.copy()
            result[window][region[window]] = then[region[window]]
            return result

        parts = scene.parts
        if parts is not None and first.parts is not None:
            parts = mixed(parts, first.parts)
        labels, instances = mixed(scene.labels, first.labels), mixed(scene.instances, first.instances)
        return replace(scene, labels=labels, instances=instances, parts=parts), region


def check_points(points: tuple[Point, ...], least: int) -> None:
    """Refuse points that no stroke can have.

    Raises:
        InputError: there are too few or too many, or a coordinate is too large.
    """
    if not least <= len(points) <= MAX_POINTS:
        raise InputError(f"{len(points)} points are given; expected {least} to {MAX_POINTS:,}.")
    for point in points:
        if max(abs(point[0]), abs(point[1])) > LARGEST_COORDINATE:
            raise InputError(
                f"A point is at {point}; expected coordinates of at most {LARGEST_COORDINATE:,} pixels."
            )


def check_radius(radius: int) -> None:
    """Refuse a radius that no stroke can have.

    Raises:
        InputError: it is negative or too large.
    """
    if not 0 <= radius <= LARGEST_RADIUS:
        raise InputError(f"The radius of a stroke is {radius} pixels; expected 0 to {LARGEST_RADIUS}.")


def _check_class(class_name: str | None, instance: int | None, style: Style | None) -> None:
    if class_name is None and (instance is not None or style is not None):
        found = "a style" if instance is None else f"the instance {instance}"
        raise InputError(f"{found.capitalize()} is given but no class; expected the class to paint; name it.")


def _drawn(drawing: Brush | Polygon | Rectangle | Fill, scene: Scene, region: MaskArray) -> Edited:
    _expect_pixels(region, f"A {type(drawing).__name__.lower()}", scene)
    if drawing.class_name is None:
        return Edited(scene, frozen(region), (0, 0), {})
    return paint_region(scene, region, drawing.class_name, drawing.style, drawing.instance)


def _expect_pixels(region: MaskArray, what: str, scene: Scene) -> None:
    if not region.any():
        raise InputError(
            f"{what} covers no pixel of the picture, which is {scene.size[0]} x {scene.size[1]} pixels; "
            "expected at least one; draw inside the picture."
        )
