"""``scumble data render``: rendered streets as a set on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, TypeVar

import tyro

from scumble.cli.progress import tracked
from scumble.data.parts.build import build_part_set
from scumble.data.parts.street_objects import street_pictures
from scumble.data.writers import WRITERS, Split
from scumble.errors import ConfigError
from scumble.files import OutputFolder
from scumble.streets import Streets

T = TypeVar("T")

MAX_SCENES = 1_000_000
MAX_SIDE = 4096


@dataclass(frozen=True)
class RenderOptions:
    """Render street scenes with exact maps, in the layout of a published data set.

    Example: scumble data render --scenes 1000 --out streets

    The layout editing, which the editing systems train on, is OUT/SPLIT with images/, labels/ (class ids of
    the label space camvid), inst_map/ (class * 1000 + k for countable objects) and parts/; cityscapes has
    leftImg8bit/, gtFine/ and gtFinePanopticParts/; ade20k has images/, annotations/ and
    annotations_instance/; full-parts, which PartNet trains on, has outlines and part maps of single objects,
    of the training scenes and a tenth as many validation scenes. Scene i is the same on every machine.
    """

    out: Path
    """Folder for the set; it must be new or empty."""
    scenes: int = 1000
    """How many."""
    split: Split = "train"
    """The splits share no scene; cityscapes and ade20k have val and validation for test. full-parts always
    has both."""
    size: tuple[int, int] = (256, 256)
    """Width and height in pixels."""
    layout: Literal["editing", "cityscapes", "ade20k", "full-parts"] = "editing"
    """Folders, file names and numbers of the classes."""
    workers: int = os.cpu_count() or 1
    """Processes that render."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``data render``, render and write."""
    options = tyro.cli(RenderOptions, prog="scumble data render", args=list(arguments))
    if not 1 <= options.scenes <= MAX_SCENES or options.workers < 1:
        raise ConfigError(
            f"--scenes {options.scenes} --workers {options.workers}: expected 1 to {MAX_SCENES} scenes and "
            "at least 1 worker."
        )
    if not all(1 <= side <= MAX_SIDE for side in options.size):
        raise ConfigError(f"--size {options.size}: expected a width and a height of 1 to {MAX_SIDE} pixels.")
    if options.layout == "full-parts":
        _build_part_set(options)
    else:
        _write_scenes(options)


def _write_scenes(options: RenderOptions) -> None:
    width, height = options.size
    streets = Streets(options.split, options.scenes, width, height)
    with OutputFolder(options.out, new=True) as folder:
        write = partial(_write, streets, folder, options.layout, options.split)
        with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
            done = pool.map(write, range(options.scenes), chunksize=4)
            for _ in tracked(done, options.scenes, "rendering"):
                pass
    print(f"{options.out}: {options.scenes} {options.split} scenes of {width}x{height} ({options.layout})")


def _write(streets: Streets, folder: Path, layout: str, split: Split, index: int) -> None:
    WRITERS[layout](folder, split, index, streets[index])


def _build_part_set(options: RenderOptions) -> None:
    if options.split != "train":
        raise ConfigError(
            "--split test --layout full-parts: a part set holds both splits; leave out --split."
        )
    pictures = street_pictures(options.scenes, *options.size)
    progress = partial(tracked, what="rendering")
    counts = build_part_set(options.out, pictures, workers=options.workers, progress=progress)
    print(f"{options.out}: {counts.total()} objects of {len(pictures)} scenes (full-parts)")
