"""``scumble data parts``: part sets for PartNet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from scumble.cli.progress import tracked
from scumble.data.part_categories import PART_CATEGORIES
from scumble.data.parts.annotated import annotated_pictures
from scumble.data.parts.build import Picture, build_part_set
from scumble.data.parts.cut import Cut
from scumble.data.parts.panoptic_parts import panoptic_pictures
from scumble.data.parts.part_set import SUPPORTS, categories
from scumble.data.parts.recipe import load_recipe
from scumble.data.parts.street_objects import street_pictures
from scumble.errors import ConfigError

STREETS = "streets"
"""The source that needs no folder."""
PANOPTIC_PARTS = "panoptic-parts"
"""The source of TIFFs with uids."""
MAX_SCENES = 1_000_000
MAX_SIDE = 4096


@dataclass(frozen=True)
class PartsOptions:
    """Cut objects with known parts out of pictures and write the part set that PartNet trains on.

    Example: scumble data parts --from streets --scenes 1000 --out street_parts

    OUT/CATEGORY/{train,val} gets the outline (*_label.png) and the parts (*_part.png) of every object,
    OUT/support_shape/K/CATEGORY the K = 1, 3, 5 training objects that stand for a category.
    """

    out: Path
    """Folder for the part set; it must be new or empty."""
    source: Annotated[str, tyro.conf.arg(name="from", metavar="streets|panoptic-parts|RECIPE")] = STREETS
    """streets: our own, rendered; panoptic-parts: gtFinePanopticParts/ of Cityscapes or training/ and
    validation/ of PASCAL; or a recipe, which is a TOML file or car_parts, clothing_ccp, faces_fasseg or
    labelmefacade, for a set in the layout of the ADE20K challenge with a classes.txt."""
    root: Path | None = None
    """Folder of the set that objects are cut from; streets need none."""
    scenes: int = 1000
    """Training streets to render; a tenth as many are rendered for validation."""
    size: tuple[int, int] = (256, 256)
    """Width and height of streets in pixels."""
    longest: int = 128
    """Longer side of what is cut out, at most, in pixels."""
    square: bool = False
    """Zero-pad objects to squares with 2 pixels around them, which is how iPOSE sees them."""
    workers: int = os.cpu_count() or 1
    """Processes that read and cut."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``data parts``, build the part set and say what is in it."""
    options = tyro.cli(PartsOptions, prog="scumble data parts", args=list(arguments))
    if options.workers < 1:
        raise ConfigError(f"--workers {options.workers}: expected at least 1.")
    progress = partial(tracked, what="cutting")
    cut = Cut(longest=options.longest, square=options.square)
    counts = build_part_set(options.out, _pictures(options), cut, options.workers, progress)
    for category in categories(options.out):
        name = PART_CATEGORIES[category].name if category in PART_CATEGORIES else "objects"
        supports = sorted(int(p.parent.name) for p in options.out.glob(f"{SUPPORTS}/*/{category}"))
        print(
            f"{options.out / str(category)}: {name}, {counts[category, 'train']} train, "
            f"{counts[category, 'val']} val, supports {', '.join(map(str, supports)) or 'none'}"
        )


def _pictures(options: PartsOptions) -> Sequence[Picture]:
    if options.source == STREETS:
        if options.root is not None:
            raise ConfigError(
                f"--root {options.root}: streets are rendered, not read; leave it out, or name the source of "
                "the folder with --from."
            )
        if not 1 <= options.scenes <= MAX_SCENES:
            raise ConfigError(f"--scenes {options.scenes}: expected 1 to {MAX_SCENES}.")
        if not all(1 <= side <= MAX_SIDE for side in options.size):
            raise ConfigError(
                f"--size {options.size}: expected a width and a height of 1 to {MAX_SIDE} pixels."
            )
        return street_pictures(options.scenes, *options.size)
    recipe = None if options.source == PANOPTIC_PARTS else load_recipe(options.source)
    if options.root is None:
        raise ConfigError(f"--from {options.source} reads a set: give its folder with --root.")
    return annotated_pictures(options.root, recipe) if recipe else panoptic_pictures(options.root)
