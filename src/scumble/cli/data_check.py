"""``scumble data check``: is a set on disk what it claims to be."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import tyro

from scumble.cli.progress import tracked
from scumble.data.check.part_sets import check_part_set, is_part_set
from scumble.data.check.report import html_report, summary
from scumble.data.check.survey import shared_pictures, survey
from scumble.data.layouts import find_label_space, find_layout, list_split
from scumble.errors import ConfigError
from scumble.files import write_text

FULL_PARTS = "full-parts"
_SHOWN = 50
"""Messages of one kind that are printed; --json and --report have all."""


@dataclass(frozen=True)
class CheckOptions:
    """Read a whole data set and name every defect: file, place, value, remedy.

    Example: scumble data check my_set --report my_set.html

    The exit code is 0 if nothing is wrong, 1 if there are defects, 2 if the set cannot be told at all.
    """

    root: Annotated[Path, tyro.conf.Positional]
    """Folder of the set, or a TOML file that describes one (docs/data.md)."""
    layout: str | None = None
    """folder, shards, cityscapes, panoptic-parts, coco-stuff, camvid, ade20k, editing or full-parts;
    otherwise the folder tells."""
    split: str | None = None
    """Only this split; otherwise all."""
    label_space: str | None = None
    """What the ids mean, where the layout leaves it open: the name of a label space or a class table."""
    report: Path | None = None
    """Write an HTML page with class histogram and contact sheet here."""
    json: bool = False
    """Print the findings as JSON instead of text."""
    workers: int = os.cpu_count() or 1
    """Processes that read."""


def run(arguments: Sequence[str]) -> int:
    """Parse the words after ``data check``; the exit code."""
    options = tyro.cli(CheckOptions, prog="scumble data check", args=list(arguments))
    if options.workers < 1:
        raise ConfigError(f"--workers {options.workers}: expected at least 1.")
    if options.layout == FULL_PARTS or (options.layout is None and is_part_set(options.root)):
        return _check_parts(options)
    space = find_label_space(options.label_space) if options.label_space else None
    layout = find_layout(options.root, options.layout)
    splits = [options.split] if options.split else layout.splits(options.root)
    listings = [list_split(options.root, split, layout.name, space) for split in splits]
    surveys = []
    for listing in listings:
        watch = partial(tracked, total=len(listing.files), what=listing.split)
        surveys.append(survey(listing, options.workers, watch))
    found = summary(options.root, surveys, shared_pictures(surveys))
    if options.report:
        write_text(options.report, html_report(found, surveys))
    print(json.dumps(found, indent=2) if options.json else _text(found))
    return 0 if found["ok"] else 1


def _check_parts(options: CheckOptions) -> int:
    """A part set has no photographs and so no page."""
    if options.report or options.split:
        raise ConfigError(
            "A part set is checked whole, and has no photographs; leave out --report and --split."
        )
    found = check_part_set(options.root)
    lines = [f"{found['set']}: layout {FULL_PARTS}"]
    for split in found["splits"]:
        parts = ", ".join(f"{part} in {count}" for part, count in split["parts"].items())
        lines.append(f"{split['split']}: {split['objects']} part maps{f'; part {parts}' if parts else ''}")
        lines += _some("DEFECT", split["errors"])
    print(json.dumps(found, indent=2) if options.json else "\n".join([*lines, _verdict(found)]))
    return 0 if found["ok"] else 1


def _text(found: dict[str, Any]) -> str:
    """The findings for people: defects last, where they are seen."""
    lines = [f"{found['set']}: layout {found['layout']}"]
    for split in found["splits"]:
        occurring = sum(entry["pixels"] > 0 for entry in split["classes"])
        lines.append(
            f"{split['split']}: {split['read']} of {split['scenes']} scenes read, {occurring} of "
            f"{len(split['classes'])} classes of {split['label_space']}, {split['instances']} instances, "
            f"{split['dont_care_share']:.1%} of the pixels don't-care"
        )
        lines += _some("note", [*split["remarks"], *split["warnings"]])
        lines += _some("DEFECT", split["errors"])
    lines += _some("DEFECT", found["shared"])
    return "\n".join([*lines, _verdict(found)])


def _verdict(found: dict[str, Any]) -> str:
    defects = len(found["shared"]) + sum(len(split["errors"]) for split in found["splits"])
    return f"{defects} defect{'s' * (defects > 1)}" if defects else "nothing is wrong"


def _some(word: str, messages: Sequence[str]) -> list[str]:
    lines = [f"  {word}: {message}" for message in messages[:_SHOWN]]
    more = len(messages) - _SHOWN
    return [*lines, f"  ... and {more} more; --json prints all"] if more > 0 else lines
