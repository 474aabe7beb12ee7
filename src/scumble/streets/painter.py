"""Draws faces in space into a picture and, at the same places, into a map of what each pixel shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scumble.label_space import LabelSpace
from scumble.streets.camera import NEAR, Camera, FloatArray, clip_near
from scumble.streets.light import Light
from scumble.streets.parts import part_number

SUPERSAMPLING = 2
"""Samples a pixel in each direction; the maps take one of them."""


@dataclass(frozen=True)
class Surface:
    """What a pixel shows, and how rough it looks."""

    class_id: int
    """Of the label space."""
    instance: int
    """Id of the instance map."""
    part: int
    """Number of the part map."""
    grain: float
    """Relative strength of texture from pixel to pixel."""
    blotch: float
    """Relative strength of texture over about a dozen pixels."""


class Painter:
    """A canvas on which later faces cover earlier ones, so draw from far to near.

    Args:
        camera: where it is seen from.
        light: how faces are shaded.
        space: names of the classes.
    """

    def __init__(self, camera: Camera, light: Light, space: LabelSpace) -> None:
        self.camera = camera
        self.light = light
        self.space = space
        self.surfaces: list[Surface] = []
        size = camera.width * SUPERSAMPLING, camera.height * SUPERSAMPLING
        self.picture = Image.new("RGB", size)
        self.index = Image.new("I", size)
        self._draw_on()

    def _draw_on(self) -> None:
        self._colours = ImageDraw.Draw(self.picture)
        self._surfaces = ImageDraw.Draw(self.index)

    def surface(
        self,
        class_name: str,
        instance: int | None = None,
        part: str | None = None,
        *,
        grain: float = 0.02,
        blotch: float = 0.03,
    ) -> int:
        """A surface to draw with.

        Args:
            class_name: its class.
            instance: its instance; None for stuff.
            part: its part, one of `PARTS` of the class.
            grain: fine texture, relative to the colour.
            blotch: coarse texture, relative to the colour.

        Returns:
            What the drawing methods want.
        """
        class_id = self.space.index(class_name)
        number = part_number(class_name, part)
        owner = class_id if instance is None else instance
        self.surfaces.append(Surface(class_id, owner, number, grain, blotch))
        return len(self.surfaces) - 1

    def faces(self, points: FloatArray, colours: FloatArray, surface: int, *, shaded: bool = True) -> None:
        """Draw plane polygons in space, in the order given.

        Args:
            points: ``[N, K, 3]`` corners in world metres; K is at least 3.
            colours: ``[3]`` or ``[N, 3]`` in 0..1.
            surface: what they show.
            shaded: whether light falls on them; without, they only fade in the haze (lamps, reflections).
        """
        points = np.asarray(points, dtype=np.float64)
        colours = np.broadcast_to(np.asarray(colours, dtype=np.float64), (len(points), 3))
        seen = self.camera.view(points)
        if shaded:
            colours = self.light.shade(colours, self._normals(points))
        tones = _bytes(self.light.fade(colours, seen[..., 2].mean(1))).tolist()
        for i, outline in self._outlines(seen, self.picture.size):
            self._colours.polygon(outline, fill=tuple(tones[i]))
            self._surfaces.polygon(outline, fill=surface)

    def flat(self, pixels: FloatArray, colour: FloatArray, surface: int) -> None:
        """Draw one polygon ``[K, 2]`` given in pixels of the picture, in a colour ``[3]`` without shading."""
        outline = (np.asarray(pixels, dtype=np.float64) * SUPERSAMPLING).ravel().tolist()
        self._colours.polygon(outline, fill=tuple(_bytes(np.asarray(colour)).tolist()))
        self._surfaces.polygon(outline, fill=surface)

    def blobs(self, centres: FloatArray, radii: FloatArray, colours: FloatArray, surface: int) -> None:
        """Draw balls as discs without shading, in the order given.

        Args:
            centres: ``[N, 3]`` in world metres.
            radii: ``[N]`` in metres.
            colours: ``[N, 3]`` in 0..1.
            surface: what they show.
        """
        seen = self.camera.view(np.asarray(centres, dtype=np.float64))
        tones = _bytes(self.light.fade(np.asarray(colours, dtype=np.float64), seen[:, 2]))
        front = seen[:, 2] > NEAR
        safe = np.where(front[:, None], seen, 1.0)
        middle = self.camera.project(safe) * SUPERSAMPLING
        extent = radii * self.camera.focal * self.camera.height * SUPERSAMPLING / safe[:, 2]
        for (x, y), r, tone in zip(
            middle[front].tolist(), extent[front].tolist(), tones[front].tolist(), strict=True
        ):
            box = (x - r, y - r, x + r, y + r)
            self._colours.ellipse(box, fill=tuple(tone))
            self._surfaces.ellipse(box, fill=surface)

    def cast_shadows(
        self,
        shadows: list[tuple[FloatArray, float]],
        *,
        softness: float = 0.006,
        darkest: float | None = None,
    ) -> None:
        """Darken what has been drawn so far where objects keep the light off the ground.

        Args:
            shadows: for each object its footprint ``[K, 2]`` (x, z in metres) and its height in metres.
            softness: width of the border, as a share of the picture's height.
            darkest: what the ground keeps of its brightness; None for what it gets without the sun.
        """
        size = self.camera.width, self.camera.height
        layer = Image.new("L", size, 0)
        draw = ImageDraw.Draw(layer)
        sun = np.array(self.light.direction)
        slope = sun[[0, 2]] / max(sun[1], 0.2)
        pieces = [_swept(footprint, height * slope) for footprint, height in shadows]
        on_ground = np.insert(np.concatenate([np.zeros((0, 4, 2)), *pieces]), 1, 0.0, axis=2)
        for _, outline in self._outlines(self.camera.view(on_ground), size):
            draw.polygon(outline, fill=255)
        soft = layer.filter(ImageFilter.BoxBlur(softness * layer.height))
        blurred = soft.resize(self.picture.size, Image.Resampling.BILINEAR)
        dark = np.array(self.light.ambient)
        kept = dark / (dark + np.array(self.light.sun) * sun[1]) if darkest is None else np.full(3, darkest)
        ramp = np.linspace(0, 1, 256)[:, None] * (kept - 1) + 1
        tinted = Image.merge("RGB", [blurred] * 3).point(list((ramp.T * 255).astype(int).ravel()))
        self.picture = ImageChops.multiply(self.picture, tinted)
        self._draw_on()

    def maps(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Surface index, labels, instances and parts, ``[H, W]`` each."""
        index = np.asarray(self.index)[::SUPERSAMPLING, ::SUPERSAMPLING].astype(np.int32)
        rows = np.array([(s.class_id, s.instance, s.part) for s in self.surfaces], dtype=np.int32)
        return index, rows[index, 0], rows[index, 1], rows[index, 2]

    def _normals(self, points: FloatArray) -> FloatArray:
        """Unit normals ``[N, 3]`` on the camera's side of faces ``[N, K, 3]``."""
        a, b = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
        normal = a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]
        normal /= np.maximum(np.sqrt((normal**2).sum(1, keepdims=True)), 1e-12)
        to_camera = np.array([self.camera.x, self.camera.eye, 0.0]) - points[:, 0]
        return normal * np.where((normal * to_camera).sum(1, keepdims=True) < 0, -1.0, 1.0)

    def _outlines(self, seen: FloatArray, size: tuple[int, int]) -> Iterator[tuple[int, list[float]]]:
        """Number and outline (x, y, x, y, ...) of those faces ``[N, K, 3]`` that can be seen.

        Args:
            seen: corners as from `Camera.view`.
            size: width and height of the canvas that the outlines are for.
        """
        scale = size[0] / self.camera.width
        ahead = seen[..., 2] > NEAR
        whole = np.asarray(ahead.all(axis=1))
        pixels = self.camera.project(np.where(whole[:, None, None], seen, 1.0)) * scale
        inside = (pixels.max(1) > 0).all(1) & (pixels.min(1) < size).all(1)
        outlines = _bounded(pixels, size).reshape(len(seen), 2 * seen.shape[1]).tolist()
        for i in np.flatnonzero(np.where(whole, inside, ahead.any(1))).tolist():
            if whole[i]:
                yield i, outlines[i]
            else:
                yield i, _bounded(self.camera.project(clip_near(seen[i])) * scale, size).ravel().tolist()


def _swept(outline: FloatArray, way: FloatArray) -> FloatArray:
    """Quadrilaterals ``[N, 4, 2]`` over all that a convex outline ``[K, 2]`` covers, moved by ``-way``."""
    last = outline[2:]
    fan = np.stack([np.broadcast_to(outline[0], last.shape), outline[1:-1], last, last], 1)
    if not way.any():
        return fan
    following = outline[np.arange(1, len(outline) + 1) % len(outline)]
    sides = np.stack([outline, following, following - way, outline - way], 1)
    return np.concatenate([sides, fan, fan - way])


def _bounded(corners: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Corners kept within what the drawing library's arithmetic can take, far outside the picture."""
    limit = 50.0 * max(size)
    return np.clip(corners, -limit, limit)


def _bytes(colours: FloatArray) -> NDArray[np.uint8]:
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)
