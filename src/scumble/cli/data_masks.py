"""``scumble data masks SET --out DIR``: the evaluation masks of a set, drawn once and stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro

from scumble.cli.progress import tracked
from scumble.data.layouts import find_label_space, open_scenes
from scumble.data.mask_sets import TASKS, Task, write_mask_sets
from scumble.data.writers.editing import scene_name
from scumble.errors import ConfigError
from scumble.files import OutputFolder
from scumble.scene import Scene
from scumble.streets import Streets

STREETS = "streets"
"""The name of the rendered set, in place of a folder."""


@dataclass(frozen=True)
class MaskOptions:
    """Draw the masks on which fills of a set are compared, and store them.

    Example: scumble data masks streets --scenes 100 --out masks

    OUT/TASK gets a mask for every picture, NAME.png (255 = to generate); OUT/masks.json says what they were
    drawn from. The mask of a picture depends on seed, task, and the picture with its name, nothing else.
    """

    set: tyro.conf.Positional[str]
    """The folder of a set in any known layout, or the word streets for rendered scenes."""
    out: Path
    """Folder for the masks; it must be new or empty."""
    task: Literal["all", "free-form", "extension", "outpainting", "class", "instance"] = "all"
    """What is hidden: a stroke, the right half, all but a window, a whole class, the box of an object."""
    seed: int = 0
    """Of the masks."""
    split: str = "test"
    """Of the set; val or validation where there is no test."""
    layout: str | None = None
    """Of the set [by its folders]."""
    label_space: str | None = None
    """What the ids mean, where the layout leaves it open: the name of a label space or a class table."""
    scenes: int = 100
    """Streets only: how many."""
    size: tuple[int, int] = (256, 256)
    """Streets only: width and height in pixels."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``data masks``, draw and write."""
    options = tyro.cli(MaskOptions, prog="scumble data masks", args=list(arguments))
    if options.seed < 0:
        raise ConfigError(f"--seed {options.seed}: expected 0 or more.")
    tasks: tuple[Task, ...] = TASKS if options.task == "all" else (options.task,)
    scenes, count, set_name = _open(options)
    with OutputFolder(options.out, new=True) as folder:
        write_mask_sets(folder, tracked(scenes, count, "drawing"), tasks, options.seed, set_name)
    print(f"{options.out}: {', '.join(tasks)} for {count} pictures of {set_name}")


def _open(options: MaskOptions) -> tuple[Iterator[tuple[str, Scene]], int, str]:
    """The scenes with their names, how many, and what the set is called."""
    if options.set == STREETS:
        width, height = options.size
        if width < 1 or height < 1:
            raise ConfigError(f"--size {width} {height}: expected a width and a height of at least 1 pixel.")
        streets = Streets(options.split, options.scenes, width, height)
        named = ((scene_name(index), streets[index]) for index in range(len(streets)))
        return named, len(streets), f"streets {options.split} {width}x{height}"
    space = find_label_space(options.label_space) if options.label_space else None
    files = open_scenes(Path(options.set), options.split, options.layout, space)
    pictures = ((files.name(index), files[index]) for index in range(len(files)))
    return pictures, len(files), f"{Path(options.set).resolve().name} {files.listing.split}"
