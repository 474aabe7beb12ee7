"""``scumble evaluate CHECKPOINT --data FOLDER --out FILE``: what a checkpoint paints, judged."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
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

    Editing systems fill holes in test pictures, synthesis systems paint the test maps.

    scumble evaluate parts --help is about the parts of objects.
    """

    checkpoint: tyro.conf.Positional[str]
    """A checkpoint folder of an editing or synthesis system, or the name of a shipped one."""
    data: str
    """The folder of a set (docs/data.md), or the word streets for rendered scenes that no training sees."""
    out: Path
    """File for the protocol and the numbers (JSON)."""
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
    checkpoint = load_checkpoint(options.checkpoint)
    scenes, data = _test_scenes(options)
    judge_name = options.judge or ("labeler-streets" if options.data == STREETS else "espnet-camvid")
    judge = load_judge(judge_name, scenes.label_space)
    count = min(options.pictures, len(scenes))
    protocol: dict[str, Any] = {
        "name": "maps" if checkpoint.system in SYNTHESIS_SYSTEMS else "holes",
        "data": f"{data}, {count} evenly spaced pictures of {len(scenes)}",
        "judge": judge_name,
        "judge_sha256": judge_digest(judge_name),
    }
    scores: dict[str, dict[str, dict[str, float]]]
    if checkpoint.system in SYNTHESIS_SYSTEMS:
        scores = {"picture": _paint_maps(options, checkpoint, scenes, judge)}
    else:
        protocol["mask_seed"] = options.seed
        tasks = hole_tasks(scenes, options.pictures, options.seed)
        with bar(count * len(EVALUATION_KINDS), "filling") as progress:
            scores = evaluate_holes(checkpoint, tasks, judge, progress=progress)
    write_json(options.out, {"protocol": protocol, "checkpoint": checkpoint.digest, "scores": scores})
    _show(scores)


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
    scenes = open_scenes(Path(options.data), "test")
    return scenes, f"{scenes.listing.layout} {scenes.listing.split}"


def _show(scores: dict[str, dict[str, dict[str, float]]]) -> None:
    columns = [name.replace("_", " ").replace("iou", "IoU") for name in next(iter(scores.values()))["real"]]
    table = Table("where", "what", *columns)
    for kind, fills in scores.items():
        for fill, row in fills.items():
            table.add_row(kind, fill, *(f"{value:g}" for value in row.values()))
    Console().print(table)
