"""``scumble demo``: a trained network at work, with nothing to prepare."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import tyro

import scumble
from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli.progress import bar
from scumble.files import OutputFolder, write_image, write_json, write_text
from scumble.pipelines.demo import STEPS, Shown, command, show_step
from scumble.pipelines.demo_page import demo_page
from scumble.pipelines.demo_sheet import demo_sheet
from scumble.shipped import DEFAULT_CHECKPOINT, find_checkpoint, shipped_checkpoints


@dataclass(frozen=True)
class Options:
    """Show what a trained network does: edits of rendered streets, as a page and as one picture.

    Example: scumble demo

    OUT gets index.html, demo.png with all steps, demo.json with the numbers, and a folder for every step.
    """

    out: Path = Path("scumble-demo")
    """Folder for the results; it must be new or empty."""
    checkpoint: str = DEFAULT_CHECKPOINT
    """A checkpoint folder, or the name of a checkpoint that comes with scumble."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""
    json: bool = False
    """Print demo.json instead of a summary."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``demo``, paint, and write the page."""
    options = tyro.cli(Options, prog="scumble demo", args=list(arguments))
    start = time.perf_counter()
    with OutputFolder(options.out, new=True) as folder:
        place = find_checkpoint(options.checkpoint)
        checkpoint = load_checkpoint(place)
        argument = options.checkpoint if options.checkpoint in shipped_checkpoints() else str(place.resolve())
        steps = _show(options, checkpoint, folder)
        write_image(folder / "demo.png", demo_sheet(steps))
        seconds = time.perf_counter() - start
        write_text(folder / "index.html", demo_page(checkpoint, argument, steps, seconds))
        record = _record(argument, checkpoint, steps, seconds)
        write_json(folder / "demo.json", record)
    if options.json:
        print(json.dumps(record))
        return
    pictures = sum(shown.step.samples for shown in steps)
    print(f"{len(steps)} edits, {pictures} pictures, {seconds:.1f} s. Open {options.out / 'index.html'}")


def _show(options: Options, checkpoint: Checkpoint, folder: Path) -> list[Shown]:
    with bar(sum(step.samples for step in STEPS), "painting") as progress:
        return [
            show_step(checkpoint, step, folder / step.name, device=options.device, progress=progress)
            for step in STEPS
        ]


def _record(argument: str, checkpoint: Checkpoint, steps: Sequence[Shown], seconds: float) -> dict[str, Any]:
    return {
        "page": "index.html",
        "sheet": "demo.png",
        "steps": [
            {
                "name": shown.step.name,
                "street": shown.step.street,
                "reference": shown.step.reference,
                "files": [f"{shown.step.name}/sample_{n:03d}.png" for n in range(shown.step.samples)],
                "command": command(shown.step, argument),
                "masked_pixels": int(shown.result.edited.mask.sum()),
                "seconds": shown.seconds,
                "warnings": shown.result.warnings,
            }
            for shown in steps
        ],
        "checkpoint": {
            "path": argument,
            "system": checkpoint.system,
            "digest": checkpoint.digest,
        },
        "seconds": round(seconds, 3),
        "versions": {
            "scumble": scumble.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }
