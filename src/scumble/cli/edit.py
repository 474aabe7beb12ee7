"""``scumble edit IMAGE --labels FILE --out DIR`` and what to change."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import tyro
from rich.console import Console

import scumble
from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.cli.label import tell_unmatched, write_maps
from scumble.cli.progress import bar
from scumble.cli.recipes import edit_of, read_recipe
from scumble.data.scenes import SceneFiles, read_scene
from scumble.edit import Box, Edit, Extend, FreeMask, Operation, Paint, Remove, Restyle, Style
from scumble.errors import ConfigError, InputError
from scumble.files import (
    OutputFolder,
    read_image,
    read_mask,
    sha256_of,
    write_image,
    write_json,
)
from scumble.label_coding import LabelCoding
from scumble.nn.inference import Precision
from scumble.outlines import outlined
from scumble.pipelines.edit import EditResult, EditSession
from scumble.pipelines.label import label_image
from scumble.pipelines.segmenters import load_segmenter
from scumble.scene import Scene
from scumble.shipped import DEFAULT_CHECKPOINT, DEFAULT_LABELER

MAX_SAMPLES = 1000


@dataclass(frozen=True)
class Options:
    """Repaint part of a photograph so that it obeys an edited map.

    Example: scumble edit a.jpg --labels a.png --remove car --out out

    Say what to change with one of --mask, --remove, --box, --extend, --restyle, --recipe. OUT gets
    sample_000.png, ... and result.json, which --recipe replays. Pixels outside the mask keep their bytes.
    """

    image: tyro.conf.Positional[Path]
    """The photograph: PNG, JPEG, WebP, BMP or TIFF of any size."""
    labels: Path
    """Its label map: an id PNG of the photograph's size; auto has a labeler propose one."""
    out: Path
    """Folder for the results."""
    checkpoint: str = DEFAULT_CHECKPOINT
    """A checkpoint folder, or the name of a checkpoint that comes with scumble."""
    labeler: str = DEFAULT_LABELER
    """The checkpoint that --labels auto uses: a folder, or the name of one that comes with scumble."""
    segmenter: Path | None = None
    """For --labels auto instead of the labeler: a folder with a segmentation model of transformers."""
    instances: Path | None = None
    """Its instance map, in any numbering; without one the connected parts of countable classes count."""
    mask: Path | None = None
    """A picture of the photograph's size whose bright pixels are repainted."""
    remove: str | None = None
    """What to take away: a class (car) or one of its instances by area (car#0 is the largest)."""
    box: tuple[int, int, int, int] | None = None
    """X0 Y0 X1 Y1 of a rectangle to repaint, in pixels; X1 and Y1 are left out."""
    extend: tuple[int, int, int, int] | None = None
    """Pixels to add at the left, top, right and bottom."""
    restyle: str | None = None
    """Give a class or an instance (car, car#0) another look."""
    class_name: Annotated[str | None, tyro.conf.arg(name="class")] = None
    """Class to paint into the mask, the box or the extension."""
    rectangle: bool = False
    """Let the object that --box adds fill the box, without an outline of its class."""
    style: str | None = None
    """FILE or FILE:CLASS, a picture whose look the painted object takes."""
    style_labels: Path | None = None
    """Label map of the style picture."""
    recipe: Path | None = None
    """An edit, or the result.json of an earlier run, to carry out on this photograph."""
    samples: int | None = None
    """Number of results [1]."""
    seed: int | None = None
    """Seed of the first result; the next ones take the next numbers [0]."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""
    precision: Precision = "float32"
    """Numbers of the convolutions; auto is bfloat16 where the processor is fast with it, else float32."""
    json: bool = False
    """Print result.json instead of a summary."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``edit``, paint, and write the results."""
    options = tyro.cli(Options, prog="scumble edit", args=list(arguments))
    checkpoint = load_checkpoint(options.checkpoint)
    scene, labeler = _scene(options, checkpoint)
    edit, seeds = _what_to_do(options, scene.size)
    if options.box and not options.rectangle:
        edit = outlined(edit, checkpoint.outlines, seeds[0])
    with OutputFolder(options.out) as folder:
        start = time.perf_counter()
        with bar(len(seeds), "painting") as progress:
            session = EditSession(checkpoint, options.device, precision=options.precision)
            result = session(scene, edit, seeds, progress=progress)
        for number, sample in enumerate(result.samples):
            write_image(folder / f"sample_{number:03d}.png", sample.image)
        record = _record(options, checkpoint, edit, result, time.perf_counter() - start)
        if labeler is not None:
            # Kept beside the results, because a proposal is to be looked at, and corrected.
            write_maps(folder, scene.labels, scene.instances)
            record["labeler"] = {"path": str(options.segmenter or options.labeler), "digest": labeler.digest}
        write_json(folder / "result.json", record)
    _report(options, record)


def _is_auto(options: Options) -> bool:
    return options.labels == Path("auto") and not options.labels.exists()


def _scene(options: Options, checkpoint: Checkpoint) -> tuple[Scene, Checkpoint | None]:
    """Photograph and maps, and the labeler that proposed these if they are not given."""
    space = checkpoint.label_space
    if not _is_auto(options):
        if options.segmenter is not None:
            raise ConfigError("--segmenter goes with --labels auto; leave it out.")
        files = SceneFiles(options.image.stem, options.image, options.labels, options.instances)
        return read_scene(files, LabelCoding.of_photograph(space)), None
    if options.instances is not None:
        raise ConfigError("--labels auto proposes instances too; leave out --instances, or give both maps.")
    if options.segmenter is not None:
        labeler = load_segmenter(options.segmenter, space)
        tell_unmatched(labeler)
    else:
        labeler = load_checkpoint(options.labeler)
    if labeler.label_space != space:
        raise ConfigError(
            f"--labels auto: the labeler {options.labeler} knows the label space "
            f"{labeler.label_space.name!r}, the checkpoint {space.name!r}; name another --labeler, or give "
            "the label map."
        )
    image = read_image(options.image)
    found = label_image(labeler, image, device=options.device)
    return Scene(image, found.labels, found.instances, space), labeler


def _what_to_do(options: Options, size: tuple[int, int]) -> tuple[Edit, list[int]]:
    """The edit, and one seed per sample; what the command line leaves open the recipe says."""
    recipe = read_recipe(options.recipe) if options.recipe else {}
    first = options.seed if options.seed is not None else _whole(options, recipe, "seed", 0)
    count = options.samples if options.samples is not None else _whole(options, recipe, "samples", 1)
    if not 1 <= count <= MAX_SAMPLES or not 0 <= first < 2**63 - MAX_SAMPLES:
        raise ConfigError(
            f"--samples {count} --seed {first}: expected 1 to {MAX_SAMPLES} samples and a seed from 0 on."
        )
    operations = _operations(options, size)
    if options.recipe:
        if operations:
            raise ConfigError("--recipe says what to change; leave out the other edit options.")
        return edit_of(recipe), list(range(first, first + count))
    if len(operations) != 1:
        raise ConfigError(
            f"{len(operations) or 'No'} edits are given; expected one of --mask, --remove, --box, --extend, "
            "--restyle or --recipe (which can hold several)."
        )
    return Edit((operations[0],)), list(range(first, first + count))


def _operations(options: Options, size: tuple[int, int]) -> list[Operation]:
    style = _style(options)
    name = options.class_name
    found: list[Operation] = []
    if options.mask:
        mask = read_mask(options.mask, size)
        found.append(Paint(mask, name, style) if name else FreeMask(mask))
    if options.box:
        found.append(Box(*options.box, class_name=name, style=style))
    if options.extend:
        found.append(Extend(*options.extend, class_name=name))
    if options.remove:
        found.append(Remove(options.remove))
    if options.restyle:
        found.append(Restyle(options.restyle, style))
    if name and (options.remove or options.restyle):
        raise ConfigError("--class goes with --mask, --box or --extend; leave it out.")
    if options.rectangle and not (options.box and name):
        raise ConfigError("--rectangle goes with --box and --class; leave it out.")
    if style and not (options.restyle or (name and (options.mask or options.box))):
        raise ConfigError("--style goes with --restyle, or with --class and --mask or --box.")
    return found


def _style(options: Options) -> Style | None:
    if options.style is None:
        if options.style_labels:
            raise ConfigError("--style-labels goes with --style; give the style picture too.")
        return None
    labels = str(options.style_labels) if options.style_labels else None
    path, colon, class_name = options.style.rpartition(":")
    if colon and not Path(options.style).exists():
        return Style(path, class_name, labels)
    return Style(options.style, None, labels)


def _whole(options: Options, recipe: dict[str, Any], key: str, default: int) -> int:
    value = recipe.get(key, default)
    if type(value) is not int:
        raise InputError(f"{options.recipe}: {key!r} is {value!r}, expected a whole number.")
    return value


def _record(
    options: Options, checkpoint: Checkpoint, edit: Edit, result: EditResult, seconds: float
) -> dict[str, Any]:
    """Everything that is needed to repeat the run."""
    labels = None if _is_auto(options) else options.labels
    files = {"image": options.image, "labels": labels, "instances": options.instances}
    return {
        "edit": edit.to_dict(),
        "seed": result.samples[0].seed,
        "samples": len(result.samples),
        "results": [
            {"file": f"sample_{n:03d}.png", "seed": s.seed, "seconds": s.seconds}
            for n, s in enumerate(result.samples)
        ],
        "inputs": {
            name: {"path": str(path), "sha256": sha256_of(path)} for name, path in files.items() if path
        },
        "checkpoint": {
            "path": options.checkpoint,
            "system": checkpoint.system,
            "digest": checkpoint.digest,
        },
        "size": list(result.edited.scene.size),
        "masked_pixels": int(result.edited.mask.sum()),
        "window": result.window.strategy,
        "styles": [asdict(style) for style in result.styles],
        "warnings": result.warnings,
        "precision": options.precision,
        "seconds": round(seconds, 3),
        "versions": {
            "scumble": scumble.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }


def _report(options: Options, record: dict[str, Any]) -> None:
    if options.json:
        print(json.dumps(record))
        return
    for warning in record["warnings"]:
        Console(stderr=True).print(f"note: {warning}", highlight=False)
    names = ", ".join(result["file"] for result in record["results"])
    width, height = record["size"]
    print(f"{options.out}: {names} ({width}x{height}, {record['window']}, {record['seconds']} s)")
