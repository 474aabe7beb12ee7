"""``scumble data pack SET --out DIR``: a set in few large files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import tyro

from scumble.cli.progress import tracked
from scumble.data.layouts import find_label_space, find_layout, list_split
from scumble.data.writers.shards import pack
from scumble.errors import ConfigError
from scumble.files import OutputFolder

_WHOLE = "all"
"""What the split of a set without splits is called in shards."""


@dataclass(frozen=True)
class PackOptions:
    """Pack a set into tar shards, which copy and open faster than a million small files.

    Example: scumble data pack my_set --out my_shards

    OUT/SPLIT gets 000000.tar, ... as WebDataset has them, and shards.json, which says where in them every
    scene lies. Training on the shards is the same, number for number, as on the set. Photographs keep their
    files; labels are class ids, and instances are numbered within their class.
    """

    root: tyro.conf.Positional[Path]
    """Folder of the set, or a TOML file that describes one (docs/data.md)."""
    out: Path
    """Folder for the shards; it must be new or empty."""
    per_shard: int = 1000
    """Scenes in one tar file."""
    layout: str | None = None
    """Of the set [by its folders]."""
    split: str | None = None
    """Only this split; otherwise all."""
    label_space: str | None = None
    """What the ids mean, where the layout leaves it open: the name of a label space or a class table."""
    workers: int = os.cpu_count() or 1
    """Processes that read and write, a shard each."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``data pack`` and pack."""
    options = tyro.cli(PackOptions, prog="scumble data pack", args=list(arguments))
    if options.per_shard < 1 or options.workers < 1:
        raise ConfigError(
            f"--per-shard {options.per_shard} --workers {options.workers}: expected at least 1 of each."
        )
    space = find_label_space(options.label_space) if options.label_space else None
    layout = find_layout(options.root, options.layout)
    splits = [options.split] if options.split else layout.splits(options.root)
    listings = [list_split(options.root, split, layout.name, space) for split in splits]
    lines = []
    with OutputFolder(options.out, new=True) as folder:
        for listing in listings:
            split = _WHOLE if listing.split == "." else listing.split
            (folder / split).mkdir()
            watch = partial(tracked, total=-(-len(listing.files) // options.per_shard), what=split)
            shards = pack(listing, folder / split, options.per_shard, options.workers, watch)
            lines.append(f"{options.out / split}: {len(listing.files)} scenes in {shards} tar files")
    print("\n".join(lines))
