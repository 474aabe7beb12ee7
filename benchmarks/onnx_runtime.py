"""A benchmark's network as ONNX files, and painting its picture with ONNX Runtime."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import deepcopy
from math import inf
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from benchmarks.inference_cases import DivSemCase, IPOSECase, load
from scumble.data.boxes.records import OBJECTS_PER_CATEGORY
from scumble.export.onnx_file import write_graphs
from scumble.export.systems import graphs_of
from scumble.models.ipose.geometry import compose, outlines, part_mask, with_margin
from scumble.models.oasis.config import REDUCTION
from scumble.nn.pooling import find_instances

NAME = "network.onnx"


def write(network: str, folder: Path) -> None:
    """Write the files of a network of `benchmarks.inference_cases`, in a process that then ends."""
    checkpoint = load(network).checkpoint
    # Random weights enlarge rounding, so that the comparison with torch says nothing here.
    write_graphs(
        folder / NAME, graphs_of(checkpoint, deepcopy(checkpoint.network)), checkpoint, tolerance=inf
    )


def painter(case: DivSemCase | IPOSECase, folder: Path, threads: int) -> Callable[[], Tensor]:
    """Everything of a new edit or map, by the files that `write` made."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads

    def session(name: str) -> onnxruntime.InferenceSession:
        path = (folder / NAME).with_suffix(f"{name}.onnx")
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    if isinstance(case, DivSemCase):
        return _edit(case, session(""), session(".style"))
    return _synthesis(case, session(""), session(".parts"))


def _edit(
    case: DivSemCase, generator: onnxruntime.InferenceSession, style: onnxruntime.InferenceSession
) -> Callable[[], Tensor]:
    batch = case.batch
    maps = {
        "image": batch.image.numpy(),
        "mask": batch.mask[:, 0].numpy() > 0,
        "instances": find_instances(batch.instances).index.numpy(),
    }

    def paint() -> Tensor:
        codes, visible = style.run(["codes", "visible"], maps)
        hidden = visible == 0
        codes[hidden], visible[hidden] = case.drawn(*codes.shape).numpy()[hidden], 1
        given = {**maps, "labels": batch.labels.numpy(), "codes": codes, "visible": visible}
        return torch.from_numpy(generator.run(["picture"], given)[0])

    return paint


def _synthesis(
    case: IPOSECase, generator: onnxruntime.InferenceSession, partnet: onnxruntime.InferenceSession
) -> Callable[[], Tensor]:
    batch, base = case.batch, case.network.config.base
    categories = torch.tensor(sorted(set(case.categories.values())))
    channels = case.network.config.part_features - 1

    def paint() -> Tensor:
        objects, codes = with_margin(batch.boxes, batch.counts, *batch.codes.shape[-2:])
        crops = outlines(batch.codes, codes, objects)
        rows = torch.searchsorted(categories, codes // OBJECTS_PER_CATEGORY)
        found = partnet.run(None, {"outlines": crops[:, 0].numpy() > 0, "category": rows.numpy()})
        logits, features = (torch.from_numpy(values) for values in found)
        size = (1, *batch.labels.shape[-2:])
        composed, parts, _ = compose(size, objects, crops, features, logits)
        draw = np.random.default_rng(case.next_seed())
        coarse = (1, channels, size[1] // REDUCTION, size[2] // REDUCTION)
        given = {
            "labels": batch.labels.numpy(),
            "part_features": composed.numpy(),
            "part_mask": part_mask(parts).numpy(),
            "spatial_noise": draw.standard_normal(coarse, np.float32),
            "noise": draw.standard_normal((1, base.noise), np.float32),
        }
        return torch.from_numpy(generator.run(["picture"], given)[0])

    return paint


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
