"""``scumble synthesize LABELS --checkpoint C --out DIR``: pictures from a label map."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli.map_files import read_maps, read_supports
from scumble.cli.progress import bar
from scumble.cli.recipes import read_edit
from scumble.data.parts.part_set import read_part_map
from scumble.edit import Edit, Operation, PaintPart, RemovePart
from scumble.errors import ConfigError, nearest
from scumble.files import OutputFolder, read_mask, write_image, write_json
from scumble.nn.inference import Precision
from scumble.pipelines.edit_synthesis import EditedSynthesis, edit_synthesis, maps_only
from scumble.pipelines.parts import categories_of
from scumble.pipelines.synthesize import Synthesis, SynthesisSession
from scumble.scene import Scene
from scumble.shipped import DEFAULT_SYNTHESIS

MAX_SAMPLES = 1000


@dataclass(frozen=True)
class SynthesizeOptions:
    """Paint pictures from a label map.

    Example: scumble synthesize labels.png --samples 3 --out out

    DIR gets sample_000.png, ..., parts.png (the part of every pixel, where the system knows parts) and
    result.json. With an edit (one of --remove-part, --paint-part, --recipe) the samples show the map after it
    and before_000.png, ... the map before; outside what the edit changes both are equal byte for byte.
    """

    labels: Annotated[Path, tyro.conf.Positional]
    """Label map: a PNG with class ids."""
    out: Path
    """Folder for the results."""
    checkpoint: str = DEFAULT_SYNTHESIS
    """A checkpoint of OASIS or iPOSE: a folder, or the name of a shipped one."""
    instances: Path | None = None
    """Instance map; otherwise the connected parts of countable classes are the instances."""
    parts: Path | None = None
    """Part map (0 none, 1..8, 255 to be inferred) in place of the inferred parts."""
    remove_part: str | None = None
    """What to take away from which objects: car#0:wheel, or car:2 by the number of the part."""
    paint_part: str | None = None
    """Which part of which objects (car#0:light) the bright pixels of --mask become."""
    mask: Path | None = None
    """A picture of the map's size, for --paint-part."""
    recipe: Path | None = None
    """An edit of objects or parts, or the result.json of an earlier run."""
    supports: Path | None = None
    """Part set with support maps, in place of those of the checkpoint."""
    native: bool = False
    """Paint a large map at its own size, not at that of the pictures that the network was trained on."""
    samples: int = 1
    """Number of pictures."""
    seed: int = 0
    """Seed of the first picture; the next ones take the next numbers."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""
    precision: Precision = "float32"
    """Numbers of the convolutions; auto is bfloat16 where the processor is fast with it, else float32."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``synthesize``, paint, and write the results."""
    options = tyro.cli(SynthesizeOptions, prog="scumble synthesize", args=list(arguments))
    if not 1 <= options.samples <= MAX_SAMPLES or options.seed < 0:
        raise ConfigError(
            f"--samples {options.samples} --seed {options.seed}: expected 1 to {MAX_SAMPLES} samples and a "
            "seed of at least 0."
        )
    checkpoint = load_checkpoint(options.checkpoint)
    labels, instances = read_maps(options.labels, options.instances, checkpoint.label_space)
    parts = None
    if options.parts is not None:
        parts = read_part_map(options.parts, unknown=True).astype(np.int32)
    scene = maps_only(checkpoint, labels, instances, parts)
    edit = _edit(options, checkpoint, scene)
    with OutputFolder(options.out) as folder:
        start = time.perf_counter()
        result = _paint(options, checkpoint, scene, edit)
        seconds = time.perf_counter() - start
        painted = result.before if isinstance(result, EditedSynthesis) else result
        _write(folder, result)
        record = {
            "checkpoint": checkpoint.digest,
            "labels": str(options.labels),
            "seeds": list(_seeds(options)),
            "width": labels.shape[1],
            "height": labels.shape[0],
            "painted_size": list(painted.painted_size),
            "precision": options.precision,
            "seconds": round(seconds, 3),
        }
        write_json(folder / "result.json", record if edit is None else record | {"edit": edit.to_dict()})
    width, height = scene.size
    noun = "picture" if options.samples == 1 else "pictures"
    print(f"{options.out}: {options.samples} {noun} of {width}x{height} in {seconds:.1f} s")


def _seeds(options: SynthesizeOptions) -> range:
    return range(options.seed, options.seed + options.samples)


def _paint(
    options: SynthesizeOptions, checkpoint: Checkpoint, scene: Scene, edit: Edit | None
) -> Synthesis | EditedSynthesis:
    categories = categories_of(checkpoint)
    # A system without parts has no use for support maps.
    store = read_supports(options.supports if categories else None, checkpoint, categories)
    seeds = _seeds(options)
    with bar(len(seeds) * (1 if edit is None else 2), "painting") as progress:
        session = SynthesisSession(
            checkpoint,
            options.device,
            precision=options.precision,
            supports=store,
            native=options.native,
        )
        if edit is None:
            return session(scene.labels, scene.instances, seeds, parts=scene.parts, progress=progress)
        return edit_synthesis(session, scene, edit, seeds, progress=progress)


def _write(folder: Path, result: Synthesis | EditedSynthesis) -> None:
    if isinstance(result, EditedSynthesis):
        for number, image in enumerate(result.before.images):
            write_image(folder / f"before_{number:03d}.png", image)
        write_image(folder / "mask.png", result.edited.mask.astype(np.uint8) * 255)
    for number, image in enumerate(result.images):
        write_image(folder / f"sample_{number:03d}.png", image)
    if result.parts is not None:
        write_image(folder / "parts.png", result.parts.astype(np.uint8))


def _edit(options: SynthesizeOptions, checkpoint: Checkpoint, scene: Scene) -> Edit | None:
    """What the options change, if anything."""
    given = [options.remove_part, options.paint_part, options.recipe]
    if sum(one is not None for one in given) > 1:
        raise ConfigError("Give one of --remove-part, --paint-part and --recipe (which can hold several).")
    if (options.mask is None) != (options.paint_part is None):
        raise ConfigError("--paint-part and --mask go together; give both or neither.")
    operation: Operation
    if options.recipe is not None:
        return read_edit(options.recipe)
    if options.remove_part is not None:
        operation = RemovePart(*_object_and_part(options.remove_part, "--remove-part", checkpoint))
    elif options.paint_part is not None and options.mask is not None:
        selector, part = _object_and_part(options.paint_part, "--paint-part", checkpoint)
        operation = PaintPart(selector, part, read_mask(options.mask, scene.size))
    else:
        return None
    return Edit((operation,))


def _object_and_part(words: str, option: str, checkpoint: Checkpoint) -> tuple[str, int]:
    """``car#0:wheel`` as a selector and the number of a part."""
    selector, colon, name = words.rpartition(":")
    if not colon:
        raise ConfigError(f"{option} {words}: expected OBJECT:PART, such as car#0:wheel or car:2.")
    if name.isascii() and name.isdigit() and len(name) < 4:
        return selector, int(name)
    space = checkpoint.label_space
    class_id, categories = space.index(selector.partition("#")[0]), categories_of(checkpoint)
    if class_id not in categories:
        known = ", ".join(space.names[i] for i in sorted(categories)) or "none"
        raise ConfigError(
            f"{option} {words}: {space.names[class_id]} has no parts; the classes that have: {known}."
        )
    names = checkpoint.config.names_of(class_id) if hasattr(checkpoint.config, "names_of") else ()
    if name not in names:
        known = nearest(name, names) if names else "no names are known for its parts, give a number."
        raise ConfigError(f"{option} {words}: there is no part {name!r}; {known}")
    return selector, names.index(name) + 1
