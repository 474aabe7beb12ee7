"""``scumble evaluate CHECKPOINT --data FOLDER --out FILE``: what a checkpoint paints, judged."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli import evaluate_parts
from scumble.cli.map_files import read_supports
from scumble.cli.progress import bar
from scumble.data.editing import Scenes
from scumble.data.layouts import open_scenes
from scumble.data.masks import EVALUATION_KINDS
from scumble.errors import ConfigError
from scumble.files import write_json
from scumble.metrics.editing import Judge, evaluate_holes, hole_tasks
from scumble.metrics.judges.loader import judge_digest, load_judge
from scumble.metrics.labeling import evaluate_labels
from scumble.metrics.synthesis import evaluate_maps
from scumble.pipelines.parts import categories_of
from scumble.streets import Streets

SYNTHESIS_SYSTEMS = ("ipose", "oasis")
"""Systems that paint from maps alone."""
STREETS = "streets"
"""The name of the rendered set, in place of a folder."""


@dataclass(frozen=True)
class Options:
    """Let a judge say how well what a checkpoint paints obeys the map.

    Example: scumble evaluate divsem-streets --data streets --out numbers.json

    Editing systems fill holes in test pictures, synthesis systems paint the test maps. A labeler needs no
    judge: its maps are compared with those of the set.

    scumble evaluate parts --help is about the parts of objects.
    """

    checkpoint: tyro.conf.Positional[str]
    """A checkpoint folder, or the name of a checkpoint that comes with scumble."""
    data: str
    """The folder of a set (docs/data.md), or the word streets for rendered scenes that no training sees."""
    out: Path
    """File for the protocol and the numbers (JSON)."""
    split: str = "test"
    """Of the set, if it is a folder."""
    pictures: int = 100
    """Test pictures, evenly spaced."""
    seed: int = 0
    """Of the masks of holes."""
    supports: Path | None = None
    """Part set with support maps, for synthesis systems whose checkpoint has none."""
    judge: str | None = None
    """The segmentation network that judges: a name, or a checkpoint folder of a labeler [espnet-camvid, or
    labeler-streets for streets]."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``evaluate``, fill, judge, and write the numbers."""
    if arguments and arguments[0] == "parts":
        evaluate_parts.run(arguments[1:])
        return
    options = tyro.cli(Options, prog="scumble evaluate", args=list(arguments))
    if options.pictures < 1:
        raise ConfigError(f"--pictures {options.pictures}: expected at least 1.")
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {options.out} cannot be written ({error}); choose another place.") from None
    checkpoint = load_checkpoint(options.checkpoint)
    scenes, data = _test_scenes(options)
    if checkpoint.label_space != scenes.label_space:
        raise ConfigError(
            f"{options.checkpoint} knows the label space {checkpoint.label_space.name!r}, but {options.data} "
            f"is labelled in {scenes.label_space.name!r}; give a set of the checkpoint's label space."
        )
    count = min(options.pictures, len(scenes))
    evaluated = _label if checkpoint.system == "labeler" else _judge
    protocol, numbers = evaluated(options, checkpoint, scenes, count)
    protocol = {"data": f"{data}, {count} evenly spaced pictures of {len(scenes)}", **protocol}
    write_json(options.out, {"protocol": protocol, "checkpoint": checkpoint.digest, **numbers})
    _show(numbers["scores"])


def _label(
    options: Options, checkpoint: Checkpoint, scenes: Scenes, count: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Protocol and numbers of a labeler."""
    if options.judge is not None:
        raise ConfigError("--judge: a labeler is compared with the maps of the set; leave it out.")
    with bar(count, "labelling") as progress:
        confusion = evaluate_labels(checkpoint, scenes, count, progress=progress)
    iou = zip(checkpoint.label_space.names, confusion.iou().tolist(), strict=False)
    found = {name: round(value, 4) for name, value in iou if not isnan(value)}
    return {"name": "labels"}, {"scores": {"picture": {"system": confusion.scores()}}, "iou": found}


def _judge(
    options: Options, checkpoint: Checkpoint, scenes: Scenes, count: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Protocol and numbers of a system that paints."""
    name = options.judge or ("labeler-streets" if options.data == STREETS else "espnet-camvid")
    judge = load_judge(name, scenes.label_space)
    judged = {"judge": name, "judge_sha256": judge_digest(name)}
    if checkpoint.system in SYNTHESIS_SYSTEMS:
        scores = {"picture": _paint_maps(options, checkpoint, scenes, judge)}
        return {"name": "maps", **judged}, {"scores": scores}
    tasks = hole_tasks(scenes, options.pictures, options.seed)
    with bar(count * len(EVALUATION_KINDS), "filling") as progress:
        holes = evaluate_holes(checkpoint, tasks, judge, progress=progress)
    return {"name": "holes", **judged, "mask_seed": options.seed}, {"scores": holes}


def _paint_maps(
    options: Options, checkpoint: Checkpoint, scenes: Scenes, judge: Judge
) -> dict[str, dict[str, float]]:
    store = read_supports(options.supports, checkpoint, categories_of(checkpoint))
    with bar(min(options.pictures, len(scenes)), "painting") as progress:
        return evaluate_maps(checkpoint, scenes, options.pictures, judge, supports=store, progress=progress)


def _test_scenes(options: Options) -> tuple[Scenes, str]:
    """The pictures, and what they are called."""
    if options.data == STREETS:
        if Path(STREETS).exists():
            print(
                f"scumble evaluate: {STREETS} means rendered scenes; for the folder of this name give "
                f"./{STREETS}.",
                file=sys.stderr,
            )
        return Streets("test", options.pictures), "streets test, rendered at 256x256"
    scenes = open_scenes(Path(options.data), options.split)
    return scenes, f"{scenes.listing.layout} {scenes.listing.split}"


def _show(scores: dict[str, dict[str, dict[str, float]]]) -> None:
    first, *_ = (row for fills in scores.values() for row in fills.values())
    columns = [name.replace("_", " ").replace("iou", "IoU") for name in first]
    table = Table("where", "what", *columns)
    for kind, fills in scores.items():
        for fill, row in fills.items():
            table.add_row(kind, fill, *(f"{value:g}" for value in row.values()))
    Console().print(table)
