"""``scumble train PRESET [--section.option VALUE ...] --run-dir DIR``."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import tyro

from scumble.checkpoint import load_checkpoint
from scumble.codec import to_plain
from scumble.errors import ConfigError
from scumble.files import write_json
from scumble.presets import ALL_PRESETS, Preset
from scumble.presets.variants import VARIANTS, find_preset
from scumble.training.board import summary_writer
from scumble.training.editing import EditingPreset, EditingTask
from scumble.training.keeper import STATE
from scumble.training.labeling import LabelingPreset, LabelingTask
from scumble.training.lock import locked
from scumble.training.loop import train
from scumble.training.parts import PartTask
from scumble.training.plan import Plan, plan
from scumble.training.report import write_report
from scumble.training.synthesis import SynthesisPreset, SynthesisTask
from scumble.training.task import Task
from scumble.training.transfer import transfer
from scumble.training.world import World, joined

_HELP = """usage: scumble train PRESET --run-dir DIR [--total-images N] [--seed S] [--section.option VALUE]
       scumble train PRESET --plan      what the run will take; starts nothing
       scumble train --report DIR       a page about a run, DIR/report.html

Train a preset; the same command again continues where it was stopped, also with another --total-images.
DIR gets stats.jsonl, grids/, state.pt and checkpoint/. Under torchrun all processes train together.

Example: scumble train divsem-camvid-compact --run-dir runs/camvid

Presets: {presets}
Ablations of the papers, behind a preset's name as in ipose-cityscapes+no-style:
{variants}
scumble train PRESET --help lists the preset's options."""


@dataclass(frozen=True)
class _Run:
    """Train a preset; the same command again continues where it was stopped."""

    run_dir: Path | None
    """Folder of the run; not needed for --plan."""
    preset: Annotated[Preset, tyro.conf.arg(name=""), tyro.conf.AvoidSubcommands]
    total_images: int | None = None
    """Images to train on, in place of the preset's."""
    seed: int | None = None
    """Of everything random, in place of the preset's."""
    init: str | None = None
    """A checkpoint of the same system to begin with, also one that knows other classes: those of the same
    name keep their weights."""
    plan: bool = False
    """Say what will be run and what it takes, from a few measured steps, and start nothing."""
    tensorboard: bool = False
    """Show statistics and grids in DIR/tensorboard too; needs the extra tensorboard."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to train."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``train`` and train."""
    if not arguments or arguments[0] in ("-h", "--help"):
        words = (f"  +{word:<16}{v.system}: {v.meaning}" for word, v in VARIANTS.items())
        print(_HELP.format(presets=", ".join(ALL_PRESETS), variants="\n".join(words)))
        return
    if arguments[0] == "--report":
        if len(arguments) != 2:
            raise ConfigError("scumble train --report takes the folder of one run.")
        print(write_report(Path(arguments[1])))
        return
    name = arguments[0]
    default = find_preset(name)
    options = tyro.cli(
        _Run,
        prog=f"scumble train {name}",
        args=list(arguments[1:]),
        default=_Run(run_dir=None, preset=default),
    )
    preset = _with_origin(_with_shortcuts(options), default)
    config = {"preset": name, "init": options.init, **to_plain(preset)}
    if options.plan:
        with joined(options.device) as world:
            _show_plan(plan(_task(preset), preset.training, world), config, world)
        return
    if options.run_dir is None:
        raise ConfigError(f"scumble train {name}: give the folder of the run as --run-dir.")
    if options.tensorboard:
        summary_writer()
    path = options.run_dir / "config.json"
    _refuse_changes(path, preset, config)
    with joined(options.device) as world, locked(options.run_dir) if world.first else nullcontext():
        tell = _tell if world.first else _silent
        task = _task(preset)
        if options.init is not None and not (options.run_dir / STATE).is_file():
            report = transfer(
                load_checkpoint(options.init), task.recipe.networks["generator"], task.label_space
            )
            tell(str(report))
        # Written after that, so that a run that could not begin does not bind the next one to its options.
        if world.first:
            write_json(path, config)
        world.wait()
        train(task, preset.training, options.run_dir, world, tell=tell, tensorboard=options.tensorboard)
        tell(f"{preset.training.total_images} images; the weights are in {options.run_dir / 'checkpoint'}.")


def _tell(sentence: str) -> None:
    print(f"scumble train: {sentence}", file=sys.stderr, flush=True)


def _silent(sentence: str) -> None:
    del sentence


def _show_plan(found: Plan, config: dict[str, Any], world: World) -> None:
    """Print a plan; the effective configuration last, as JSON."""
    if not world.first:
        return
    networks = ", ".join(f"{name} {count / 1e6:.2f} M" for name, count in found.parameters.items())
    days, seconds = divmod(round(found.seconds), 86_400)
    print(f"networks:    {networks}; {found.trained / 1e6:.2f} M parameters are trained")
    print(f"speed:       {found.images_per_second:.3g} images a second on {world.size} x {world.device.type}")
    print(f"time:        {days} days {seconds // 3600:02d}:{seconds % 3600 // 60:02d} h at that speed")
    print(f"memory:      {found.memory / 2**30:.2f} GiB a process at the peak")
    state, weights = found.state_bytes / 2**20, found.checkpoint_bytes / 2**20
    print(f"on disk:     {state:.0f} MiB a saved state, {weights:.1f} MiB a checkpoint")
    print(json.dumps(config, indent=2))


def _task(preset: Preset) -> Task:
    if isinstance(preset, EditingPreset):
        return EditingTask(preset)
    if isinstance(preset, SynthesisPreset):
        return SynthesisTask(preset)
    return LabelingTask(preset) if isinstance(preset, LabelingPreset) else PartTask(preset)


def _with_shortcuts(options: _Run) -> Preset:
    training = options.preset.training
    if options.total_images is not None:
        training = dataclasses.replace(training, total_images=options.total_images)
    if options.seed is not None:
        training = dataclasses.replace(training, seed=options.seed)
    return dataclasses.replace(options.preset, training=training)


def _with_origin(preset: Preset, default: Preset) -> Preset:
    """A card must not call the user's data by the name of the preset's."""
    data: Any = preset.data
    named = default.data
    if data.folder == named.folder or data.description != named.description:
        return preset
    licence = "not stated" if data.licence == named.licence else data.licence
    own = dataclasses.replace(data, description=f"the set {data.folder}", licence=licence)
    return dataclasses.replace(preset, data=own)


_FREE = ("total_images", "accumulate", "workers", "keep", "save_every", "log_every", "milestone_every")
"""Options of the training that may change: what is learned does not depend on them, but for the pieces of a
batch (``accumulate``), of which there may have to be more on another device."""


def _refuse_changes(path: Path, preset: Preset, config: dict[str, Any]) -> None:
    """A run that is continued must have the configuration that it was started with, but for what is free."""
    if not (path.is_file() and (path.parent / STATE).is_file()):
        return  # nothing has been trained yet
    try:
        found = _flat(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ConfigError(f"{path} is damaged ({error}); give another --run-dir.") from error
    wanted = _flat(json.loads(json.dumps(config)))
    for key in {**found, **wanted}:
        if key in (f"training.{name}" for name in _FREE):
            continue
        if key not in wanted and not any(other.startswith(f"{key}.") for other in wanted):
            raise ConfigError(
                f"{path} was written by a run with {key} = {found[key]!r}, which this scumble does not know; "
                "continue that run with the version that began it, or give another --run-dir."
            )
        # A run that did not know an option yet did what is the option's default now.
        before = found[key] if key in found else _default(preset, key)
        if before != wanted.get(key):
            raise ConfigError(
                f"{path} was written by a run with {key} = {before!r}, but now it is {wanted.get(key)!r}; "
                "give the same options to continue that run, or another --run-dir."
            )


def _default(preset: Preset, key: str) -> Any:
    """What an option is if nobody says anything, as plain JSON; None where it has to be said."""
    *places, last = key.split(".")
    owner: Any = preset
    for place in places:
        owner = getattr(owner, place)
    for field in dataclasses.fields(owner):
        if field.name == last:
            value = field.default
            if field.default_factory is not dataclasses.MISSING:
                value = field.default_factory()
            return None if value is dataclasses.MISSING else json.loads(json.dumps(value))
    return None


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    """Nested plain values by place, such as ``training.seed``."""
    if not isinstance(value, dict):
        return {place: value}
    items = [_flat(item, f"{place}.{key}" if place else key) for key, item in value.items()]
    return {key: item for flat in items for key, item in flat.items()}
