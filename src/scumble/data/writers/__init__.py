"""Scenes to disk, one module for every layout; each scene alone, so that processes can share the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from scumble.data.writers import ade20k, cityscapes, editing
from scumble.data.writers.output import Split
from scumble.scene import Scene

__all__ = ["WRITERS", "Split", "Writer"]

Writer = Callable[[Path, Split, int, Scene], None]
"""Writes one scene under the folder of a set: folder, split, number of the scene, scene."""

WRITERS: Mapping[str, Writer] = {
    "editing": editing.write_scene,
    "cityscapes": cityscapes.write_scene,
    "ade20k": ade20k.write_scene,
}
"""The layouts by name."""
