"""``scumble data render``: sets on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from rich.console import Console
from rich.progress import track

from scumble.errors import ConfigError, nearest
from scumble.files import OutputFolder, write_image
from scumble.streets import Streets

_FOLDERS = ("images", "labels", "inst_map", "parts")
MAX_SCENES = 1_000_000
MAX_SIDE = 4096


@dataclass(frozen=True)
class RenderOptions:
    """Render street scenes with exact maps, in the layout that the editing systems train on.

    Example: scumble data render --scenes 1000 --out streets

    OUT/SPLIT gets images/, labels/ (class ids of the label space camvid), inst_map/ (class * 1000 + k for
    countable objects) and parts/. Scene i is the same on every machine.
    """

    out: Path
    """Folder for the set; it must be new or empty."""
    scenes: int = 1000
    """How many."""
    split: Literal["train", "test"] = "train"
    """The splits share no scene."""
    size: tuple[int, int] = (256, 256)
    """Width and height in pixels."""
    workers: int = os.cpu_count() or 1
    """Processes that render."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``data`` and do what they say."""
    actions = {"render": _render}
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: scumble data render ...\n\nscumble data render --help shows the options.")
        return
    if arguments[0] not in actions:
        raise ConfigError(f"There is no scumble data {arguments[0]!r}; {nearest(arguments[0], actions)}")
    actions[arguments[0]](arguments[1:])


def _render(arguments: Sequence[str]) -> None:
    options = tyro.cli(RenderOptions, prog="scumble data render", args=list(arguments))
    if not 1 <= options.scenes <= MAX_SCENES or options.workers < 1:
        raise ConfigError(
            f"--scenes {options.scenes} --workers {options.workers}: expected 1 to {MAX_SCENES} scenes and "
            "at least 1 worker."
        )
    if not all(1 <= side <= MAX_SIDE for side in options.size):
        raise ConfigError(f"--size {options.size}: expected a width and a height of 1 to {MAX_SIDE} pixels.")
    streets = Streets(options.split, options.scenes, *options.size)
    with OutputFolder(options.out, new=True) as folder:
        for name in _FOLDERS:
            (folder / options.split / name).mkdir(parents=True)
        write = partial(_write, streets, folder / options.split)
        with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
            done = pool.map(write, range(options.scenes), chunksize=4)
            console = Console(stderr=True)
            for _ in track(
                done, "rendering", options.scenes, console=console, disable=not console.is_terminal
            ):
                pass
    print(f"{options.out / options.split}: {options.scenes} scenes of {options.size[0]}x{options.size[1]}")


def _write(streets: Streets, folder: Path, index: int) -> None:
    scene = streets[index]
    assert scene.parts is not None
    name = f"{index:06d}.png"
    write_image(folder / "images" / name, scene.image)
    write_image(folder / "labels" / name, scene.labels.astype(np.uint8))
    write_image(folder / "inst_map" / name, scene.instances.astype(np.uint16))
    write_image(folder / "parts" / name, scene.parts.astype(np.uint8))
