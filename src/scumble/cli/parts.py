"""``scumble parts LABELS --checkpoint C --out DIR``: the parts of every object of a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli.map_files import read_maps, read_supports
from scumble.errors import ConfigError, InputError
from scumble.files import OutputFolder, read_image, read_instances, write_image, write_json
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_tables import voc_color
from scumble.pipelines.marks import show_parts
from scumble.pipelines.parts import ObjectParts, categories_of, infer_parts, part_table
from scumble.scene import IdArray, ImageArray
from scumble.shipped import DEFAULT_SYNTHESIS


@dataclass(frozen=True)
class Options:
    """Infer the parts of every object of a map from its outline.

    Example: scumble parts labels.png --out parts

    DIR gets parts.png (0 none, 1..8; to be edited and given to scumble synthesize --parts), overlay.png (the
    parts in colours) and parts.json (object by object).
    """

    labels: Annotated[Path, tyro.conf.Positional]
    """Label map: a PNG with class ids; with --category any map whose values but 0 are one object each."""
    out: Path
    """Folder for the results."""
    checkpoint: str = DEFAULT_SYNTHESIS
    """A checkpoint of iPOSE, or with --category of PartNet: a folder, or the name of a shipped one."""
    instances: Path | None = None
    """Instance map; otherwise the connected parts of countable classes are the instances."""
    image: Path | None = None
    """The photograph, to show the parts on."""
    supports: Path | None = None
    """Part set with support maps, in place of those of the checkpoint."""
    category: int | None = None
    """Part category of all objects of the map."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``parts``, infer, and write the results."""
    options = tyro.cli(Options, prog="scumble parts", args=list(arguments))
    checkpoint = load_checkpoint(options.checkpoint)
    if options.category is None:
        categories = categories_of(checkpoint)
        if not categories:
            raise ConfigError(
                f"The checkpoint is of {checkpoint.system}, which knows no classes with parts; give one of "
                "ipose, or --category with one of partnet."
            )
        labels, instances = read_maps(options.labels, options.instances, checkpoint.label_space)
    else:
        categories = {1: options.category}
        labels, instances = _objects(options)
    store = read_supports(options.supports, checkpoint, categories)
    parts = infer_parts(
        checkpoint, labels, instances, categories=categories, supports=store, device=options.device
    )
    rows = part_table(labels, instances, parts, categories)
    with OutputFolder(options.out) as folder:
        write_image(folder / "parts.png", parts.astype(np.uint8))
        write_image(folder / "overlay.png", show_parts(_ground(options, checkpoint, labels), parts))
        record = {"checkpoint": checkpoint.digest, "labels": str(options.labels)}
        write_json(folder / "parts.json", {**record, "objects": [asdict(row) for row in rows]})
    _report(options, checkpoint, rows)


def _objects(options: Options) -> tuple[IdArray, IdArray]:
    """Maps in which every value of a picture but 0 is an object of class 1."""
    if options.instances is not None:
        raise ConfigError(
            "--instances goes with a label map; with --category LABELS says what the objects are."
        )
    found = read_instances(options.labels)
    values = np.unique(found[found > 0])
    if len(values) >= INSTANCES_PER_CLASS:
        raise InputError(
            f"{options.labels} has {len(values)} values but 0; expected one for each object, below "
            f"{INSTANCES_PER_CLASS}; is it a photograph?"
        )
    labels = (found > 0).astype(np.int32)
    number = np.searchsorted(values, found).astype(np.int32)
    return labels, np.where(found > 0, INSTANCES_PER_CLASS + number, np.int32(0)).astype(np.int32)


def _ground(options: Options, checkpoint: Checkpoint, labels: IdArray) -> ImageArray:
    """What the parts are shown on: the photograph, the classes' colours, or grey objects."""
    if options.image is not None:
        image = read_image(options.image)
        if image.shape[:2] != labels.shape:
            raise InputError(
                f"{options.image} is {image.shape[1]} x {image.shape[0]} pixels, {options.labels} "
                f"{labels.shape[1]} x {labels.shape[0]}; expected the same size."
            )
        return image
    if options.category is None:
        return checkpoint.label_space.colorize(labels)
    return np.repeat((labels * 128).astype(np.uint8)[..., None], 3, axis=2)


def _report(options: Options, checkpoint: Checkpoint, rows: list[ObjectParts]) -> None:
    names = checkpoint.label_space.names
    table = Table("object", "at x, y", "pixels", "parts")
    for row in rows:
        what = names[row.class_id] if options.category is None else "object"
        known = checkpoint.config.names_of(row.class_id) if options.category is None else ()
        shares = (_share(part, count / row.area, known) for part, count in row.parts.items() if part)
        table.add_row(
            f"{what} {row.instance}", f"{row.box[0]}, {row.box[1]}", str(row.area), ", ".join(shares)
        )
    Console().print(table)
    print(f"{options.out}: parts of {len(rows)} objects")


def _share(part: int, share: float, names: Sequence[str]) -> str:
    color: Any = voc_color(part)
    name = f"{part} {names[part - 1]}" if part <= len(names) else str(part)
    return f"[rgb({color[0]},{color[1]},{color[2]})]■[/] {name} {share:.0%}"
