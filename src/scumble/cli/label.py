"""``scumble label IMAGE --out DIR``: a proposal of what is where in a photograph."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from rich.console import Console

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.files import OutputFolder, read_image, write_image, write_json
from scumble.pipelines.label import label_image
from scumble.pipelines.segmenters import Segmenter, load_segmenter
from scumble.scene import IdArray, ImageArray
from scumble.shipped import DEFAULT_LABELER


@dataclass(frozen=True)
class LabelOptions:
    """Propose a label map for a photograph.

    Example: scumble label a.jpg --out labels

    DIR gets labels.png and instances.png, which scumble edit takes, overlay.png (the classes in colours over
    the photograph) and label.json. Look at the overlay: a network errs, and edits are as good as their map.
    """

    image: Annotated[Path, tyro.conf.Positional]
    """The photograph: PNG, JPEG, WebP, BMP or TIFF of any size."""
    out: Path
    """Folder for the results."""
    checkpoint: str = DEFAULT_LABELER
    """A checkpoint of a labeler: a folder, or the name of one that comes with scumble."""
    segmenter: Path | None = None
    """A folder with a semantic segmentation model of the package transformers, which labels instead; the
    classes are those of the checkpoint, and are matched by name."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``label``, label, and write the maps."""
    options = tyro.cli(LabelOptions, prog="scumble label", args=list(arguments))
    checkpoint = load_checkpoint(options.checkpoint)
    space = checkpoint.label_space
    if options.segmenter is not None:
        checkpoint = load_segmenter(options.segmenter, space)
        tell_unmatched(checkpoint)
    image = read_image(options.image)
    with OutputFolder(options.out) as folder:
        start = time.perf_counter()
        found = label_image(checkpoint, image, device=options.device)
        seconds = time.perf_counter() - start
        write_maps(folder, found.labels, found.instances)
        write_image(folder / "overlay.png", _overlay(image, space.colorize(found.labels)))
        shares = np.bincount(found.labels.ravel(), minlength=len(space)) / found.labels.size
        classes = {space.names[i]: round(float(shares[i]), 6) for i in np.flatnonzero(shares)}
        record = {
            "image": str(options.image),
            "checkpoint": checkpoint.digest,
            "label_space": space.name,
            "classes": classes,
            "seconds": round(seconds, 3),
        }
        if isinstance(checkpoint.network, Segmenter):
            record["unmatched"] = list(checkpoint.network.matches.unmatched)
        write_json(folder / "label.json", record)
    largest = sorted(classes.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{name} {share:.0%}" for name, share in largest)
    print(f"{options.out}: {image.shape[1]}x{image.shape[0]} in {seconds:.1f} s: {shown}")


def tell_unmatched(checkpoint: Checkpoint) -> None:
    """Say what a segmenter knows that the label space does not."""
    if isinstance(checkpoint.network, Segmenter) and checkpoint.network.note:
        Console(stderr=True).print(f"note: {checkpoint.network.note}", highlight=False, markup=False)


def write_maps(folder: Path, labels: IdArray, instances: IdArray) -> None:
    """Write both maps as ``scumble edit`` takes them: as PNG, or as ``.npy`` where ids need over 16 bits.

    Args:
        folder: where to.
        labels: ``[H, W]`` class ids.
        instances: ``[H, W]``.
    """
    for name, ids in (("labels", labels), ("instances", instances)):
        if ids.max() < 2**8:
            write_image(folder / f"{name}.png", ids.astype(np.uint8))
        elif ids.max() < 2**16:
            write_image(folder / f"{name}.png", ids.astype(np.uint16))
        else:
            np.save(folder / f"{name}.npy", ids)


def _overlay(image: ImageArray, colors: ImageArray) -> ImageArray:
    half = (image.astype(np.uint16) + colors) // 2
    return half.astype(np.uint8)
