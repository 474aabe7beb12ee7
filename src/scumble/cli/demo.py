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
from scumble.pipelines.demo_synthesis import SYNTHESIS_STEPS, Painted, show_synthesis, synthesis_command
from scumble.pipelines.synthesize import SynthesisSession
from scumble.shipped import DEFAULT_CHECKPOINT, DEFAULT_SYNTHESIS, find_checkpoint, shipped_checkpoints


@dataclass(frozen=True)
class Options:
    """Show what trained networks do: edits and paintings of rendered streets, as a page and one picture.

    Example: scumble demo

    OUT gets index.html, demo.png with all steps, demo.json with the numbers, and a folder for every step.
    """

    out: Path = Path("scumble-demo")
    """Folder for the results; it must be new or empty."""
    checkpoint: str = DEFAULT_CHECKPOINT
    """What edits: a checkpoint folder, or the name of a checkpoint that comes with scumble."""
    synthesis: str | None = None
    """What paints from maps, likewise [ipose-streets, where it comes with scumble]."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""
    json: bool = False
    """Print demo.json instead of a summary."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``demo``, paint, and write the page."""
    options = tyro.cli(Options, prog="scumble demo", args=list(arguments))
    start = time.perf_counter()
    with OutputFolder(options.out, new=True) as folder:
        checkpoint, argument = _load(options.checkpoint)
        name = options.synthesis
        if name is None and DEFAULT_SYNTHESIS in shipped_checkpoints():
            name = DEFAULT_SYNTHESIS
        painter, painter_argument = _load(name) if name else (None, "")
        steps, painted = _show(options, checkpoint, painter, folder)
        write_image(folder / "demo.png", demo_sheet(steps, painted))
        seconds = time.perf_counter() - start
        page = demo_page(checkpoint, argument, steps, seconds, painted, painter_argument)
        write_text(folder / "index.html", page)
        record = _record(argument, checkpoint, steps, seconds)
        record["painted"] = [
            {
                "name": row.step.name,
                "street": row.step.street,
                "files": row.files,
                "command": synthesis_command(row.step, painter_argument),
                "seconds": row.seconds,
            }
            for row in painted
        ]
        record["synthesis"] = _named(painter_argument, painter) if painter else None
        write_json(folder / "demo.json", record)
    if options.json:
        print(json.dumps(record))
        return
    pictures = sum(shown.step.samples for shown in steps) + sum(len(row.files) for row in painted)
    maps = f"{len(painted)} painted maps, " if painted else ""
    done = f"{len(steps)} edits, {maps}{pictures} pictures, {seconds:.1f} s."
    print(f"{done} Open {options.out / 'index.html'}")


def _load(name: str) -> tuple[Checkpoint, str]:
    """A checkpoint, and how a command of the page is to name it."""
    place = find_checkpoint(name)
    return load_checkpoint(place), name if name in shipped_checkpoints() else str(place.resolve())


def _show(
    options: Options, checkpoint: Checkpoint, painter: Checkpoint | None, folder: Path
) -> tuple[list[Shown], list[Painted]]:
    total = sum(step.samples for step in STEPS)
    if painter:
        total += sum(step.samples * (1 if step.removed is None else 2) for step in SYNTHESIS_STEPS)
    with bar(total, "painting") as progress:
        edits = [
            show_step(checkpoint, step, folder / step.name, device=options.device, progress=progress)
            for step in STEPS
        ]
        if painter is None:
            return edits, []
        session = SynthesisSession(painter, options.device)
        painted = [
            show_synthesis(session, step, folder / step.name, progress=progress) for step in SYNTHESIS_STEPS
        ]
    return edits, painted


def _named(argument: str, checkpoint: Checkpoint) -> dict[str, str]:
    return {"path": argument, "system": checkpoint.system, "digest": checkpoint.digest}


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
        "checkpoint": _named(argument, checkpoint),
        "seconds": round(seconds, 3),
        "versions": {
            "scumble": scumble.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }
