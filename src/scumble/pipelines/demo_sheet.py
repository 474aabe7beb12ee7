"""All steps of the demonstration in one picture: a row for each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scumble.edit import Restyle
from scumble.pipelines.demo import SIDE, Shown
from scumble.pipelines.demo_synthesis import Painted
from scumble.pipelines.marks import show_map, show_mask
from scumble.scene import ImageArray, MaskArray

COLUMNS = ("photo", "to repaint", "edited map", "result")
MARGIN, GAP = 28, 12
CAPTION = 44
"""Height of the line with a row's title and sentence, in pixels."""
WIDTH = 2 * MARGIN + len(COLUMNS) * SIDE + (len(COLUMNS) - 1) * GAP

_BACKGROUND, _INK, _GREY = (255, 255, 255), (24, 24, 27), (100, 100, 110)
_TITLE, _TEXT = 20, 14
_HEAD, _LEGEND, _LABEL = 40, 44, 22
_INSET = 84


def demo_sheet(steps: Sequence[Shown], painted: Sequence[Painted] = ()) -> ImageArray:
    """The sheet: photograph, what to repaint, the edited map and the result of every step.

    Where a step has several results, they are close-ups of what was repainted. The reference of a look is
    shown in the corner of the result.

    Args:
        steps: at least one, all of one label space.
        painted: what was painted from maps, below them; the pictures have captions of their own.

    Returns:
        uint8 ``[H, WIDTH, 3]``.
    """
    rows = [_cells(shown) for shown in steps]
    heights = [CAPTION + max(cell.height for cell in cells) + GAP for cells in rows]
    height = _HEAD + sum(heights) + len(painted) * (CAPTION + _LABEL + SIDE + GAP) + _LEGEND
    sheet = Image.new("RGB", (WIDTH, height), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for column, name in enumerate(COLUMNS):
        draw.text((_left(column) + SIDE / 2, _HEAD / 2 + 4), name, _GREY, _font(_TEXT), anchor="mm")
    top = _HEAD
    for shown, cells, row_height in zip(steps, rows, heights, strict=True):
        _heading(draw, shown.step.title, shown.step.sentence, top)
        for column, cell in enumerate(cells):
            sheet.paste(cell, (_left(column), top + CAPTION))
        top += row_height
    for row in painted:
        _heading(draw, row.step.title, row.step.sentence, top)
        for column, (caption, _, picture) in enumerate(row.cells):
            middle = _left(column) + SIDE / 2, top + CAPTION + _LABEL / 2
            draw.text(middle, caption, _GREY, _font(_TEXT), anchor="mm")
            sheet.paste(_scaled(picture, SIDE), (_left(column), top + CAPTION + _LABEL))
        top += CAPTION + _LABEL + SIDE + GAP
    _legend(draw, steps, height - _LEGEND / 2)
    return np.asarray(sheet)


def _heading(draw: ImageDraw.ImageDraw, title: str, sentence: str, top: int) -> None:
    """Title and sentence of a row."""
    draw.text((MARGIN, top + 30), title, _INK, _font(_TITLE), anchor="ls")
    left = MARGIN + _font(_TITLE).getlength(title) + GAP
    draw.text((left, top + 30), sentence, _GREY, _font(_TEXT), anchor="ls")


def close_up(image: ImageArray, mask: MaskArray) -> ImageArray:
    """The square part of a picture around a mask, with an eighth of the mask's size around it.

    Args:
        image: uint8 ``[H, W, 3]``.
        mask: bool ``[H, W]`` with at least one True.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    side = min(round(1.25 * extent), height, width)
    top = min(max((rows[0] + rows[-1] + 1 - side) // 2, 0), height - side)
    left = min(max((columns[0] + columns[-1] + 1 - side) // 2, 0), width - side)
    return image[top : top + side, left : left + side]


def _cells(shown: Shown) -> list[Image.Image]:
    edited = shown.result.edited
    mask, (left, top), (width, height) = edited.mask, edited.offset, shown.scene.size
    photo = np.full_like(edited.scene.image, 255)  # where the canvas grows, the photograph leaves room
    photo[top : top + height, left : left + width] = shown.scene.image
    pictures = [photo, show_mask(edited.scene.image, mask), show_map(edited.scene, mask)]
    cells = [_scaled(picture, SIDE) for picture in pictures]
    results = [sample.image for sample in shown.result.samples]
    if len(results) > 1:
        return [*cells, _grid([close_up(result, mask) for result in results])]
    result = _scaled(results[0], SIDE)
    if shown.reference and isinstance(shown.step.operation, Restyle):
        look = close_up(shown.reference.image, shown.reference.select(shown.step.operation.selector))
        frame = 4
        result.paste(_BACKGROUND, (SIDE - _INSET - frame, 0, SIDE, _INSET + frame))
        result.paste(_scaled(look, _INSET), (SIDE - _INSET, 0))
    return [*cells, result]


def _grid(pictures: list[ImageArray]) -> Image.Image:
    """Pictures in a square of `SIDE`, as large as they all fit."""
    count = math.ceil(math.sqrt(len(pictures)))
    gap = 4
    side = (SIDE - (count - 1) * gap) // count
    cell = Image.new("RGB", (SIDE, SIDE), _BACKGROUND)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, count)
        cell.paste(_scaled(picture, side), (column * (side + gap), row * (side + gap)))
    return cell


def _scaled(picture: ImageArray, width: int) -> Image.Image:
    """A picture at this width in pixels, with its own proportions."""
    image = Image.fromarray(picture)
    if image.width == width:
        return image
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _legend(draw: ImageDraw.ImageDraw, steps: Sequence[Shown], y: float) -> None:
    """The colours and names of the classes that occur in the maps."""
    space = steps[0].scene.label_space
    present = sorted({int(i) for shown in steps for i in np.unique(shown.result.edited.scene.labels)})
    x = float(MARGIN)
    for class_id in present:
        colour = tuple(space.palette[class_id].tolist())
        draw.rounded_rectangle((x, y - 6, x + 12, y + 6), 3, fill=colour)
        draw.text((x + 18, y), space.names[class_id], _GREY, _font(_TEXT), anchor="lm")
        x += 36 + _font(_TEXT).getlength(space.names[class_id])


def _left(column: int) -> int:
    return MARGIN + column * (SIDE + GAP)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
