"""Edits as data: what to change in a scene, and the mask of pixels to generate that this implies.

An `Edit` is an ordered list of operations. Each sees the scene as the earlier ones left it. Labels change
only inside the mask, which an eraser makes smaller again. Edits can be saved as JSON, compared and replayed.
"""

from scumble.edit.drawing import Brush, Erase, Fill, Polygon, Rectangle
from scumble.edit.edit import Edit, Operation
from scumble.edit.edited import Edited, Style
from scumble.edit.instances import Move
from scumble.edit.operations import Box, Extend, FreeMask, Paint, Remove, Restyle
from scumble.edit.parts import PaintPart, RemovePart
from scumble.edit.regroup import Merge, Split

__all__ = [
    "Box",
    "Brush",
    "Edit",
    "Edited",
    "Erase",
    "Extend",
    "Fill",
    "FreeMask",
    "Merge",
    "Move",
    "Operation",
    "Paint",
    "PaintPart",
    "Polygon",
    "Rectangle",
    "Remove",
    "RemovePart",
    "Restyle",
    "Split",
    "Style",
]
