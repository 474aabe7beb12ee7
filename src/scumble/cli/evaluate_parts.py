"""``scumble evaluate parts FOLDER --checkpoint C``: how well PartNet infers the parts of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table

from scumble.checkpoint import load_checkpoint
from scumble.data.part_shapes import PartSamples, resize_parts
from scumble.data.parts.part_set import PartSet, categories, supports
from scumble.errors import DataError
from scumble.files import write_json
from scumble.metrics.parts import Known, score_parts
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import PartBatch
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.parts import partnet_of
from scumble.training.parts import predict

_BATCH = 16


@dataclass(frozen=True)
class PartOptions:
    """Infer the parts of the validation objects of a part set, and compare with three simple guesses.

    Example: scumble evaluate parts my_parts --checkpoint weights/partnet-real

    The scores of a category are the intersection over union (pooled over its objects, averaged over its
    parts, background left out), the accuracy over all pixels, and the IoU of the guesses: the most frequent
    part, the support of the most similar outline, the usual part of every pixel.
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """A part set: CATEGORY/val/*_label.png, *_part.png and support_shape/ (docs/data.md)."""
    checkpoint: str
    """A checkpoint of PartNet or iPOSE: a folder, or the name of a shipped one."""
    out: Path | None = None
    """File for the scores (JSON)."""
    json: bool = False
    """Print the scores as JSON instead of a table."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``evaluate parts``, infer and score."""
    options = tyro.cli(PartOptions, prog="scumble evaluate parts", args=list(arguments))
    checkpoint = load_checkpoint(options.checkpoint)
    network = partnet_of(checkpoint)
    found = [c for c in categories(options.folder) if (options.folder / str(c) / "val").is_dir()]
    if not found:
        raise DataError(f"{options.folder} has no CATEGORY/val; give the folder of a part set.")
    scores = {str(category): score_category(network, options.folder, category) for category in found}
    plain = {name: {key: round(value, 4) for key, value in row.items()} for name, row in scores.items()}
    if options.out:
        write_json(options.out, {"checkpoint": checkpoint.digest, "scores": plain})
    if options.json:
        print(json.dumps(plain, indent=2))
        return
    table = Table("category", *next(iter(plain.values())))
    for name, row in plain.items():
        table.add_row(name, *(f"{value:g}" for value in row.values()))
    Console().print(table)


def score_category(network: PartNet, root: Path, category: int) -> dict[str, float]:
    """Scores of one category on the validation split of a part set.

    The supports are those of the part set, so a category that PartNet has never seen is scored too.

    Raises:
        DataError: the part set lacks supports or training objects of the category.
    """
    k = network.config.supports
    store = SupportStore.of({category: supports(root, category, k)}, k)
    samples = PartSamples(root, [category], "val", None)
    collated = torch.utils.data.default_collate([samples[i] for i in range(len(samples))])
    shapes = collated["shape"][:, None].float()
    found = [
        predict(network, store, PartBatch(part, torch.zeros(0), (category,) * len(part)))
        for part in shapes.split(_BATCH)
    ]
    training = np.stack([resize_parts(shape.parts) for shape in PartSet(root, category, "train")])
    known = Known(training, store.maps[category])
    inside = shapes[:, 0].numpy() > 0
    return score_parts(torch.cat(found).numpy(), collated["parts"].numpy(), inside, known)
