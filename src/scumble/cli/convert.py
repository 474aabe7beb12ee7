"""``scumble convert FILE --preset NAME --licence TEXT --data TEXT --out DIR``: released weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tyro

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.errors import ConfigError, nearest
from scumble.files import sha256_of
from scumble.label_space import LabelSpace
from scumble.presets import PRESETS
from scumble.published import read_generator, read_style_bank
from scumble.training.editing import EditingPreset


@dataclass(frozen=True)
class Options:
    """Make a checkpoint folder from a file that the published code of DivSem or SPMPGAN wrote.

    Example: scumble convert best.pth --preset divsem-cityscapes --bank style_codes.pt
    --licence "as the authors say" --data Cityscapes --out cityscapes

    Nothing in the file is executed, and every entry is checked. The preset must be that of the file.
    """

    file: tyro.conf.Positional[Path]
    """The released checkpoint (.pth)."""
    preset: str
    """The configuration that the file was trained with."""
    licence: str
    """Under what terms its authors let the weights be used."""
    data: str
    """What it was trained on, in words."""
    out: Path
    """Folder of the new checkpoint."""
    bank: Path | None = None
    """The released style codes (.pt), from which erased objects take their look."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``convert``, read, check, and write the folder."""
    options = tyro.cli(Options, prog="scumble convert", args=list(arguments))
    if options.preset not in PRESETS:
        raise ConfigError(f"There is no preset {options.preset!r}; {nearest(options.preset, PRESETS)}")
    checkpoint = _read(options, PRESETS[options.preset]())
    save_checkpoint(options.out, checkpoint, card=_card(options, checkpoint))
    bank = f", {len(checkpoint.bank.codes)} style codes" if checkpoint.bank else ""
    print(f"{options.out}: {checkpoint.system}, {_millions(checkpoint)} M parameters{bank}")


def _read(options: Options, preset: EditingPreset) -> Checkpoint:
    space = LabelSpace.load(preset.data.label_space)
    if preset.model.pyramid.label_channels != len(space):
        raise ConfigError(
            f"The preset {options.preset!r} has {preset.model.pyramid.label_channels} label channels, but "
            f"its label space {space.name!r} has {len(space)} classes; give another preset."
        )
    # The published code reads its pictures in this order, whatever the preset would train with.
    model = replace(preset.model, pyramid=replace(preset.model.pyramid, channel_order="bgr"))
    system, config = ("divsem", model) if model.style else ("spmpgan", model.pyramid)
    if options.bank and not model.style:
        raise ConfigError(f"--bank: the preset {options.preset!r} has no style codes; leave it out.")
    network = read_generator(options.file, system, config)
    bank = None
    if options.bank and model.style:
        bank = read_style_bank(options.bank, len(space), model.style.length)
    return Checkpoint(system, config, space, Origin(0, options.data, options.licence), network, bank)


def _card(options: Options, checkpoint: Checkpoint) -> str:
    sources = [path for path in (options.file, options.bank) if path]
    origin, space = checkpoint.origin, checkpoint.label_space
    lines = [
        f"# {checkpoint.system} on {space.name}",
        "",
        f"{_millions(checkpoint)} M parameters, converted by scumble with the preset `{options.preset}`.",
        "",
        *(f"* From: `{path.name}`, sha256 {sha256_of(path)}" for path in sources),
        f"* Data: {origin.data}",
        f"* Licence of the weights: {origin.licence}",
        "* Channel order: BGR",
        f"* Label ids ({space.name}): " + ", ".join(f"{c.name} {c.id}" for c in space.classes),
    ]
    return "\n".join(lines) + "\n"


def _millions(checkpoint: Checkpoint) -> str:
    return f"{sum(p.numel() for p in checkpoint.network.parameters()) / 1e6:.2f}"
