"""From a checkpoint to checked ONNX files."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from scumble.checkpoint import Checkpoint
from scumble.errors import CheckpointError, ConfigError
from scumble.export.graph import Graph

OPSET = 18
"""Version of the operators; ONNX Runtime reads it since 1.14."""
TOLERANCE = 1e-4
"""Largest difference from torch, for pictures in [-1, 1]; of larger values as a share of the largest."""


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        path: where it lies.
        graph: what it does.
        difference: the largest from torch, see `TOLERANCE`.
    """

    path: Path
    graph: str
    difference: float


def require_packages() -> None:
    """Refuse to go on without what the extra ``export`` installs.

    Raises:
        ConfigError: names the missing package.
    """
    missing = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    if missing:
        raise ConfigError(f"scumble export needs {' and '.join(missing)}; run pip install 'scumble[export]'.")


def write_graphs(
    out: Path, graphs: Sequence[Graph], checkpoint: Checkpoint, *, tolerance: float = TOLERANCE
) -> list[Exported]:
    """Write one file for each graph; the first is ``out``, the others get its name and what they do.

    Every file is run by ONNX Runtime on two sizes and compared with torch before it is put in place.

    Args:
        out: ends in ``.onnx``; what lies there is replaced.
        graphs: what to write.
        checkpoint: what they are made of.
        tolerance: largest difference from torch; random weights may enlarge rounding much.

    Raises:
        ConfigError: the name does not end in ``.onnx``, or a package is missing.
        CheckpointError: a file gives other numbers than torch, or the place cannot be written; what was there
            is then as before.
    """
    require_packages()
    if out.suffix != ".onnx":
        raise ConfigError(f"--out is {out}; give a file name that ends in .onnx.")
    paths = [out, *(out.with_suffix(f".{graph.name}.onnx") for graph in graphs[1:])]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            made = [Path(folder) / path.name for path in paths]
            done = []
            for graph, path, new in zip(graphs, paths, made, strict=True):
                _write(new, graph, checkpoint)
                done.append(Exported(path, graph.name, _difference(new, graph, tolerance)))
            bank = Path(folder) / bank_path(out).name
            if checkpoint.bank:
                np.savez(bank, codes=checkpoint.bank.codes.numpy(), classes=checkpoint.bank.classes.numpy())
                paths, made = [*paths, bank_path(out)], [*made, bank]
            for path, new in zip(paths, made, strict=True):
                new.replace(path)
    except OSError as error:
        raise CheckpointError(f"{out} cannot be written ({error}); choose another place.") from error
    return done


def bank_path(out: Path) -> Path:
    """Where the style bank of a checkpoint is put: ``codes [N, length]`` and ``classes [N]``."""
    return out.with_suffix(".bank.npz")


def _write(path: Path, graph: Graph, checkpoint: Checkpoint) -> None:
    import onnx

    inputs = graph.example(graph.samples[0], torch.Generator().manual_seed(0))
    ports = [*graph.inputs, *graph.outputs]
    axes = {p.name: {i: side for i, side in enumerate(p.shape) if isinstance(side, str)} for p in ports}
    with warnings.catch_warnings(), torch.no_grad():
        # What the trace takes for constant is so: which sizes are equal, and that they fit. The exporter that
        # keeps sizes as symbols takes many minutes to compare those of a pyramid with one another.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.module,
            inputs,
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[port.name for port in graph.inputs],
            output_names=[port.name for port in graph.outputs],
            dynamic_axes=axes,
        )
    model = onnx.load(str(path))
    for port, value in zip(ports, [*model.graph.input, *model.graph.output], strict=True):
        value.doc_string = port.meaning
        for side, dimension in zip(port.shape, value.type.tensor_type.shape.dim, strict=True):
            if isinstance(side, int):
                dimension.dim_value = side
            else:
                dimension.dim_param = side
    model.producer_name = "scumble"
    onnx.helper.set_model_props(model, _metadata(graph, checkpoint))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _metadata(graph: Graph, checkpoint: Checkpoint) -> dict[str, str]:
    """Texts; all but the first five are JSON."""

    def described(ports: tuple[Any, ...]) -> str:
        return json.dumps([{"name": p.name, "shape": list(p.shape), "meaning": p.meaning} for p in ports])

    return {
        "system": checkpoint.system,
        "graph": graph.name,
        "checkpoint": checkpoint.digest,
        "licence": checkpoint.origin.licence,
        "data": checkpoint.origin.data,
        "inputs": described(graph.inputs),
        "outputs": described(graph.outputs),
        "label_space": json.dumps(checkpoint.label_space.to_dict()),
        **{name: json.dumps(value) for name, value in graph.facts.items()},
    }


def _difference(path: Path, graph: Graph, tolerance: float) -> float:
    """The largest difference from torch on two sizes.

    Raises:
        CheckpointError: it is above the tolerance.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    largest = 0.0
    for seed, sample in enumerate(graph.samples):
        inputs = graph.example(sample, torch.Generator().manual_seed(1 + seed))
        given = {port.name: value.numpy() for port, value in zip(graph.inputs, inputs, strict=True)}
        found = session.run([port.name for port in graph.outputs], given)
        with torch.no_grad():
            wanted = graph.reference(*inputs)
        for port, one, other in zip(graph.outputs, found, wanted, strict=True):
            difference = _distance(torch.from_numpy(one), other)
            if not difference <= tolerance:
                raise CheckpointError(
                    f"The {graph.name} for ONNX gives other numbers than torch: {port.name} of {sample} "
                    f"differs by {difference:.1e}, and at most {tolerance:.0e} is allowed; nothing was "
                    "written. Networks that were hardly trained can enlarge rounding as much; train longer."
                )
            largest = max(largest, difference)
    return largest


def _distance(found: Tensor, wanted: Tensor) -> float:
    """Infinite for another shape or numbers that are not finite."""
    if found.shape != wanted.shape or not bool(found.isfinite().all()):
        return float("inf")
    return float((found - wanted).abs().max() / wanted.abs().max().clamp_min(1))
