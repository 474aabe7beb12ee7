"""Draws faces in space into a picture and, at the same places, into a map of what each pixel shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scumble.label_space import LabelSpace
from scumble.streets.camera import NEAR, Camera, FloatArray
from scumble.streets.light import Light
from scumble.streets.parts import part_number
from scumble.streets.plants.stencils import STEPS, stencil
from scumble.streets.vectors import cross, unit

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


_Stroke = list[float] | tuple[list[int], Image.Image]
"""A polygon as x, y, x, y, ... in samples, or a stencil behind its upper left corner."""


class _Faces(NamedTuple):
    """Faces that wait to be drawn."""

    first: int
    """Number of the first of them."""
    points: FloatArray
    """``[N, K, 3]`` corners in world metres."""
    colours: FloatArray
    """``[N, 3]``."""
    shaded: bool
    gloss: FloatArray | None
    """``[N]``, or None for matt faces."""
    thinnest: float


class _Stamps(NamedTuple):
    """Stencils that wait to be pressed onto the canvas; see `Painter.stamp`."""

    first: int
    """Number of the first of them."""
    centres: FloatArray
    radii: FloatArray
    colours: FloatArray
    sparse: NDArray[np.bool_]
    variants: NDArray[np.int64]


class Painter:
    """A canvas on which later faces cover earlier ones, so draw from far to near.

    What is drawn waits until it is looked at, because many faces together take less time than one by one.
    Then each stroke is drawn as its number; picture and maps follow from the numbers.

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
        self._size = camera.width * SUPERSAMPLING, camera.height * SUPERSAMPLING
        self._picture = Image.new("RGB", self._size)
        self._index = np.zeros((camera.height, camera.width), dtype=np.int32)
        self._forget()

    def _forget(self) -> None:
        """Let nothing wait; number 0 stands for where nothing is drawn."""
        self._faces: list[_Faces] = []
        self._stamps: list[_Stamps] = []
        self._strokes: list[_Stroke | None] = [None]
        self._owners: list[int] = [0]
        self._tones: list[tuple[NDArray[np.intp], NDArray[np.uint8]]] = []

    @property
    def picture(self) -> Image.Image:
        """What has been drawn so far, `SUPERSAMPLING` times as large as the camera's picture."""
        self._draw_waiting()
        return self._picture

    @property
    def index(self) -> NDArray[np.int32]:
        """Position in `surfaces` of what each pixel shows ``[H, W]``."""
        self._draw_waiting()
        return self._index

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

    def fill(self, picture: Image.Image, surface: int) -> None:
        """Cover all that has been drawn with a picture as large as `picture` that shows one surface."""
        self._forget()
        self._picture = picture
        self._index = np.full_like(self._index, surface)

    def faces(
        self,
        points: FloatArray,
        colours: FloatArray,
        surface: int | NDArray[np.intp],
        *,
        shaded: bool = True,
        gloss: FloatArray | None = None,
        thinnest: float = 0.0,
    ) -> None:
        """Draw plane polygons in space, in the order given.

        Args:
            points: ``[N, K, 3]`` corners in world metres; K is at least 3.
            colours: ``[3]`` or ``[N, 3]`` in 0..1.
            surface: what they show, all or each ``[N]``.
            shaded: whether light falls on them; without, they only fade in the haze (lamps, reflections).
            gloss: ``[N]``, see `Light.shine`; such faces are wound like those of `solids` and cannot be seen
                from behind. None for matt ones.
            thinnest: samples below which faces (K is 4) are left out, as they would be drawn wider.
        """
        count = len(points)
        each = np.empty((count, 3))
        each[:] = colours
        self._faces.append(_Faces(len(self._strokes), points, each, shaded, gloss, thinnest))
        self._strokes += [None] * count
        self._owners += [surface] * count if isinstance(surface, int) else surface.tolist()

    def flat(self, pixels: FloatArray, colour: FloatArray, surface: int) -> None:
        """Draw one polygon ``[K, 2]`` given in pixels of the picture, in a colour ``[3]`` without shading."""
        outline: list[float] = (np.asarray(pixels, dtype=np.float64) * SUPERSAMPLING).ravel().tolist()
        self._tones.append((np.array([len(self._strokes)]), _bytes(colour)))
        self._strokes.append(outline)
        self._owners.append(surface)

    def stamp(
        self,
        centres: FloatArray,
        radii: FloatArray,
        colours: FloatArray,
        kinds: tuple[NDArray[np.bool_], NDArray[np.int64]],
        surface: int,
    ) -> None:
        """Draw balls of leaves with stencils, without shading, in the order given.

        Args:
            centres: ``[N, 3]`` in world metres; those whose ball reaches the camera are left out.
            radii: ``[N]`` in metres.
            colours: ``[N, 3]`` in 0..1.
            kinds: which stencils, see `stencil`: ``[N]`` whether they are sparse, and ``[N]`` variants.
            surface: what they show.
        """
        count = len(centres)
        self._stamps.append(_Stamps(len(self._strokes), centres, radii, colours, *kinds))
        self._strokes += [None] * count
        self._owners += [surface] * count

    def maps(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Surface index, labels, instances and parts, ``[H, W]`` each."""
        rows = np.array([(s.class_id, s.instance, s.part) for s in self.surfaces], dtype=np.int32)
        labels, instances, parts = (column[self.index] for column in rows.T)
        return self.index, labels, instances, parts

    def _draw_waiting(self) -> None:
        """Draw all that waits on a canvas of numbers, and what is seen there into picture and index."""
        if len(self._strokes) == 1:
            return
        self._place_faces()
        self._place_stamps()
        canvas = Image.new("I", self._size)
        draw = ImageDraw.Draw(canvas)
        for number, stroke in enumerate(self._strokes):
            if isinstance(stroke, list):
                draw.polygon(stroke, fill=number)
            elif stroke is not None:
                draw.bitmap(*stroke, fill=number)
        tones = np.zeros((len(self._strokes), 4), np.uint8)
        for numbers, some in self._tones:
            tones[numbers, :3] = some
        shown = np.asarray(canvas)
        colours = tones.view(np.uint32)[:, 0].take(shown)
        drawn = Image.frombuffer("RGB", self._size, colours, "raw", "RGBX", 0, 1)
        self._picture.paste(drawn, mask=Image.fromarray(shown > 0))
        shown = shown[::SUPERSAMPLING, ::SUPERSAMPLING]
        owners = np.array(self._owners, dtype=np.int32)
        self._index = np.where(shown > 0, owners[shown], self._index)
        self._forget()

    def _place_faces(self) -> None:
        """Give all faces that wait their outlines and tones, those of a kind together."""
        groups: dict[tuple[int, bool, bool, float], list[_Faces]] = {}
        for faces in self._faces:
            kind = faces.points.shape[1], faces.shaded, faces.gloss is not None, faces.thinnest
            groups.setdefault(kind, []).append(faces)
        for (_, shaded, _, thinnest), group in groups.items():
            numbers = np.concatenate([faces.first + np.arange(len(faces.points)) for faces in group])
            points = np.concatenate([faces.points for faces in group])
            colours = np.concatenate([faces.colours for faces in group])
            gloss = [faces.gloss for faces in group if faces.gloss is not None]
            if gloss:
                towards, colours = self._shine(points, colours, np.concatenate(gloss))
                numbers, points = numbers[towards], points[towards]
            elif shaded:
                colours = self.light.shade(colours, self._normals(points))
            seen = self.camera.view(points)
            self._tones.append((numbers, _bytes(self.light.fade(colours, seen[..., 2].mean(1)))))
            places = numbers.tolist()
            for i, outline in self.camera.outlines(seen, SUPERSAMPLING, thinnest):
                self._strokes[places[i]] = outline

    def _place_stamps(self) -> None:
        """Find out which stencils are seen, where and in which tones."""
        if not self._stamps:
            return
        numbers = np.concatenate([stamps.first + np.arange(len(stamps.centres)) for stamps in self._stamps])
        columns = zip(*(stamps[1:] for stamps in self._stamps), strict=True)
        centres, radii, colours, sparse, variants = (np.concatenate(column) for column in columns)
        seen = self.camera.view(centres)
        ahead = np.maximum(seen[:, 2:], NEAR)
        middle = self.camera.project(np.concatenate([seen[:, :2], ahead], 1)) * SUPERSAMPLING
        extent = radii / ahead[:, 0] * self.camera.focal * self.camera.height * SUPERSAMPLING
        inside = ((middle + extent[:, None] > 0) & (middle - extent[:, None] < self._size)).all(1)
        chosen = np.flatnonzero(inside & (seen[:, 2] > NEAR + radii))
        steps = np.round(STEPS * np.log2(np.maximum(2 * extent[chosen], 2))).astype(int)
        corners = np.round(middle[chosen] - extent[chosen, None]).astype(int)
        self._tones.append((numbers[chosen], _bytes(self.light.fade(colours[chosen], seen[chosen, 2]))))
        rows = (numbers[chosen], corners, sparse[chosen], variants[chosen], steps)
        for number, corner, *kind in zip(*(column.tolist() for column in rows), strict=True):
            self._strokes[number] = corner, stencil(*kind)

    def _normals(self, points: FloatArray) -> FloatArray:
        """Unit normals ``[N, 3]`` on the camera's side of faces ``[N, K, 3]``."""
        normal = unit(cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]))
        to_camera = self.camera.position - points[:, 0]
        return normal * np.where((normal * to_camera).sum(1, keepdims=True) < 0, -1.0, 1.0)

    def _shine(
        self, points: FloatArray, colours: FloatArray, gloss: FloatArray
    ) -> tuple[NDArray[np.bool_], FloatArray]:
        """Which faces ``[N, K, 3]`` look towards the camera, and the lit colours ``[M, 3]`` of these."""
        k = points.shape[1]
        # They may be a little curved: of the normals across them, the one of the diagonals is in the middle.
        normals = unit(cross(points[:, k // 2] - points[:, 0], points[:, 3 * k // 4] - points[:, k // 4]))
        sight = unit(self.camera.position - points.mean(1))
        towards = (normals * sight).sum(1) > 0
        lit = self.light.shine(colours[towards], normals[towards], sight[towards], gloss[towards])
        return towards, lit


def _bytes(colours: FloatArray) -> NDArray[np.uint8]:
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)
