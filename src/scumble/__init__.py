"""scumble: paint pictures from semantic maps, and repaint parts of photographs.

The names below are the public interface. They are looked up when they are first used, so that
``import scumble`` does not import torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scumble.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
    from scumble.edit import (
        Box,
        Brush,
        Edit,
        Erase,
        Extend,
        Fill,
        FreeMask,
        Merge,
        Move,
        Paint,
        PaintPart,
        Polygon,
        Rectangle,
        Remove,
        RemovePart,
        Restyle,
        Split,
        Style,
    )
    from scumble.errors import ScumbleError
    from scumble.files import read_image, read_instances, read_labels, read_mask, write_image
    from scumble.instances import derive_instances
    from scumble.label_space import LabelSpace
    from scumble.outlines import outlined
    from scumble.pipelines.edit import EditResult, EditSession, edit_scene
    from scumble.pipelines.edit_synthesis import edit_synthesis, maps_only
    from scumble.pipelines.parts import infer_parts
    from scumble.pipelines.synthesize import SynthesisSession, synthesize
    from scumble.scene import Scene
    from scumble.streets import render_street

__version__ = "0.1.0"

_HOMES = {
    "scumble.checkpoint": ("Checkpoint", "load_checkpoint", "save_checkpoint"),
    "scumble.edit": (
        "Box",
        "Brush",
        "Edit",
        "Erase",
        "Extend",
        "Fill",
        "FreeMask",
        "Merge",
        "Move",
        "Paint",
        "PaintPart",
        "Polygon",
        "Rectangle",
        "Remove",
        "RemovePart",
        "Restyle",
        "Split",
        "Style",
    ),
    "scumble.errors": ("ScumbleError",),
    "scumble.files": ("read_image", "read_instances", "read_labels", "read_mask", "write_image"),
    "scumble.instances": ("derive_instances",),
    "scumble.label_space": ("LabelSpace",),
    "scumble.outlines": ("outlined",),
    "scumble.pipelines.edit": ("EditResult", "EditSession", "edit_scene"),
    "scumble.pipelines.edit_synthesis": ("edit_synthesis", "maps_only"),
    "scumble.pipelines.parts": ("infer_parts",),
    "scumble.pipelines.synthesize": ("SynthesisSession", "synthesize"),
    "scumble.scene": ("Scene",),
    "scumble.streets": ("render_street",),
}

__all__ = [
    "Box",
    "Brush",
    "Checkpoint",
    "Edit",
    "EditResult",
    "EditSession",
    "Erase",
    "Extend",
    "Fill",
    "FreeMask",
    "LabelSpace",
    "Merge",
    "Move",
    "Paint",
    "PaintPart",
    "Polygon",
    "Rectangle",
    "Remove",
    "RemovePart",
    "Restyle",
    "Scene",
    "ScumbleError",
    "Split",
    "Style",
    "SynthesisSession",
    "derive_instances",
    "edit_scene",
    "edit_synthesis",
    "infer_parts",
    "load_checkpoint",
    "maps_only",
    "outlined",
    "read_image",
    "read_instances",
    "read_labels",
    "read_mask",
    "render_street",
    "save_checkpoint",
    "synthesize",
    "write_image",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'scumble' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
