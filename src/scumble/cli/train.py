"""``scumble train PRESET [--section.option VALUE ...] --run-dir DIR``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import tyro

from scumble.codec import to_plain
from scumble.errors import ConfigError, nearest
from scumble.files import write_json
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset, EditingTask
from scumble.training.loop import train

_HELP = """usage: scumble train PRESET --run-dir DIR [--total-images N] [--seed S] [--section.option VALUE ...]

Train a preset; the same command again continues where it was stopped. DIR gets stats.jsonl, grids/,
state.pt and checkpoint/.

Example: scumble train divsem-camvid-compact --run-dir runs/camvid

Presets: {presets}
scumble train PRESET --help lists the preset's options."""


@dataclass(frozen=True)
class _Run:
    """Train a preset; the same command again continues where it was stopped."""

    run_dir: Path
    """Folder of the run."""
    preset: Annotated[EditingPreset, tyro.conf.arg(name="")]
    total_images: int | None = None
    """Images to train on, in place of the preset's."""
    seed: int | None = None
    """Of everything random, in place of the preset's."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to train."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``train`` and train."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_HELP.format(presets=", ".join(PRESETS)))
        return
    name = arguments[0]
    if name not in PRESETS:
        raise ConfigError(f"There is no preset {name!r}; {nearest(name, PRESETS)}")
    options = tyro.cli(
        _Run,
        prog=f"scumble train {name}",
        args=list(arguments[1:]),
        default=_Run(run_dir=tyro.MISSING, preset=PRESETS[name]()),
    )
    preset = _with_shortcuts(options)
    _keep_config(options.run_dir / "config.json", {"preset": name, **to_plain(preset)})
    train(EditingTask(preset), preset.training, options.run_dir, torch.device(options.device))


def _with_shortcuts(options: _Run) -> EditingPreset:
    changes = {"total_images": options.total_images, "seed": options.seed}
    given = {key: value for key, value in changes.items() if value is not None}
    return dataclasses.replace(options.preset, training=dataclasses.replace(options.preset.training, **given))


def _keep_config(path: Path, config: dict[str, object]) -> None:
    """Write the effective configuration; a run that is continued must have the same."""
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != json.loads(json.dumps(config)):
        raise ConfigError(
            f"{path} was written by a run with other options; give the same options to continue it, "
            "or another --run-dir."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, config)
