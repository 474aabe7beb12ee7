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
from scumble.cli.progress import bar
from scumble.data.parts.part_set import read_part_map, supports
from scumble.errors import ConfigError
from scumble.files import OutputFolder, read_instances, read_labels, write_image, write_json
from scumble.instances import consistent_instances, derive_instances
from scumble.label_coding import LabelCoding
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.synthesize import synthesize

MAX_SAMPLES = 1000


@dataclass(frozen=True)
class SynthesizeOptions:
    """Paint pictures from a label map.

    Example: scumble synthesize labels.png --checkpoint runs/ipose/checkpoint --samples 3 --out out

    DIR gets sample_000.png, ..., parts.png (the part of every pixel, where the system knows parts) and
    result.json.
    """

    labels: Annotated[Path, tyro.conf.Positional]
    """Label map: a PNG with class ids."""
    checkpoint: str
    """A checkpoint folder of OASIS or iPOSE."""
    out: Path
    """Folder for the results."""
    instances: Path | None = None
    """Instance map; otherwise the connected parts of countable classes are the instances."""
    parts: Path | None = None
    """Part map (0 none, 1..8) in place of the inferred parts."""
    supports: Path | None = None
    """Part set with support maps, where the checkpoint has none."""
    samples: int = 1
    """Number of pictures."""
    seed: int = 0
    """Seed of the first picture; the next ones take the next numbers."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``synthesize``, paint, and write the results."""
    options = tyro.cli(SynthesizeOptions, prog="scumble synthesize", args=list(arguments))
    if not 1 <= options.samples <= MAX_SAMPLES or options.seed < 0:
        raise ConfigError(
            f"--samples {options.samples} --seed {options.seed}: expected 1 to {MAX_SAMPLES} samples and a "
            "seed of at least 0."
        )
    checkpoint = load_checkpoint(options.checkpoint)
    space = checkpoint.label_space
    labels = read_labels(options.labels, LabelCoding.of_photograph(space))
    size = (labels.shape[1], labels.shape[0])
    if options.instances is None:
        instances = derive_instances(labels, space)
    else:
        instances = consistent_instances(labels, read_instances(options.instances, size), space)
    parts = None if options.parts is None else read_part_map(options.parts).astype(np.int32)
    store = None if options.supports is None else _supports(options.supports, checkpoint)
    seeds = range(options.seed, options.seed + options.samples)
    with OutputFolder(options.out) as folder:
        start = time.perf_counter()
        with bar(len(seeds), "painting") as progress:
            result = synthesize(
                checkpoint,
                labels,
                instances,
                seeds,
                parts=parts,
                supports=store,
                device=options.device,
                progress=progress,
            )
        seconds = time.perf_counter() - start
        for number, image in enumerate(result.images):
            write_image(folder / f"sample_{number:03d}.png", image)
        if result.parts is not None:
            write_image(folder / "parts.png", result.parts.astype(np.uint8))
        record = {
            "checkpoint": checkpoint.digest,
            "labels": str(options.labels),
            "seeds": list(seeds),
            "width": size[0],
            "height": size[1],
            "seconds": round(seconds, 3),
        }
        write_json(folder / "result.json", record)
    print(f"{options.out}: {len(seeds)} pictures of {size[0]}x{size[1]} in {seconds:.1f} s")


def _supports(root: Path, checkpoint: Checkpoint) -> SupportStore:
    """The support maps that a checkpoint needs, from a part set."""
    k = checkpoint.config.partnet.supports
    wanted = sorted({category for _, category in checkpoint.config.categories})
    return SupportStore.of({category: supports(root, category, k) for category in wanted}, k)
