"""Seconds and peak memory of painting, as published and in the fast forms, full-size and compact.

Run ``python -m benchmarks.inference [--json FILE] [--only NETWORK ...] [--forms FORM ...]``.
Every case is a process of its own; the median of its repetitions counts. Pictures are rendered streets whose
classes have the ids of the network's label space. Full-size weights are random, which changes no time.

``dense`` is the published way: one-hot maps, spectral norms in every pass, the style encoder twice, the
supports of PartNet for every object. ``fast`` gives the same numbers, for a new edit or a new map, ``bf16``
is the same in bfloat16, ``onnx`` the same by ONNX Runtime from exported files; ``next-sample`` is another
sample of the same edit or map, ``preview`` leaves out the finest scale. Peak memory is what the process needs
beyond its libraries, weights included. All but ``dense`` and ``onnx`` keep freed memory, as commands of
scumble do.

``--growth`` measures how time grows with classes, objects and size instead.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.inference_cases import GROWTH, NETWORKS, DivSemCase, IPOSECase, load
from benchmarks.training import machine
from scumble.allocator import has_painted, keep_freed_memory
from scumble.files import write_json
from scumble.nn.regions import USUAL_SHARE, most_neighbourhoods

FORMS = ("dense", "fast", "bf16", "next-sample", "preview", "onnx")
Row = dict[str, Any]


def resident(key: str) -> float:
    """Memory of this process in MB: ``VmRSS`` now, ``VmHWM`` at most since the last reset."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def measure(network: str, form: str, threads: int, repetitions: int, picture: Path) -> Row:
    """Paint in this process; the picture is kept to be compared."""
    torch.set_num_threads(threads)
    if form not in ("dense", "onnx"):
        keep_freed_memory()  # as commands of scumble do; a plain process does not
    before = resident("VmRSS")
    case = load(network)
    paint: Callable[[], Tensor | None] = {
        "dense": case.dense,
        "fast": case.fast,
        "bf16": case.fast,
        "next-sample": case.next_sample,
        "preview": case.preview,
        "onnx": case.fast,
    }[form]
    weights = round(sum(w.nbytes for w in case.network.state_dict().values()) / 2**20)
    if form == "onnx":
        paint = exported(case, network, picture.parent, threads)
    if form == "bf16":
        case.dtype = torch.bfloat16
    cast = torch.autocast("cpu", torch.bfloat16, enabled=form == "bf16")
    with torch.inference_mode(), most_neighbourhoods(0.0 if form == "dense" else USUAL_SHARE), cast:
        painted = paint()
        if painted is None:
            return {"network": network, "form": form, "threads": threads, "error": "has no such form"}
        has_painted()
        # What loading has freed is given back, so that it does not count.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        seconds = []
        for _ in range(repetitions):
            start = time.perf_counter()
            painted = paint()
            seconds.append(time.perf_counter() - start)
    assert painted is not None
    np.save(picture, painted.float().numpy())
    return {
        "network": network,
        "form": form,
        "threads": threads,
        "seconds": float(f"{median(seconds):.4g}"),
        "peak_mb": round(resident("VmHWM") - before),
        "weights_mb": weights,
    }


def exported(case: DivSemCase | IPOSECase, network: str, folder: Path, threads: int) -> Callable[[], Tensor]:
    """How ONNX Runtime paints a case; the files are written by another process."""
    from benchmarks.onnx_runtime import painter

    subprocess.run([sys.executable, "-m", "benchmarks.onnx_runtime", network, str(folder)], check=True)
    paint = painter(case, folder, threads)
    # All that is left of torch's network is its configuration.
    for weight in (*case.network.parameters(), *case.network.buffers()):
        weight.data = torch.empty(0)
    return paint


def psnr(picture: Path, reference: Path) -> float | None:
    """Peak signal-to-noise ratio of two pictures in [-1, 1], in dB; None if equal or of another size."""
    if not (picture.is_file() and reference.is_file()):
        return None
    mine, its = np.load(picture), np.load(reference)
    error = float(np.square(mine - its).mean()) if mine.shape == its.shape else 0.0
    return round(10 * float(np.log10(4 / error)), 1) if error else None


def in_a_process(network: str, form: str, threads: int, repetitions: int, picture: Path) -> Row:
    """Measure a case in a fresh process; a row with ``error`` if that fails."""
    case = json.dumps([network, form, threads, repetitions, str(picture)])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inference", "--case", case],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
    )
    if done.returncode:
        error = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"network": network, "form": form, "threads": threads, "error": error}
    row: Row = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    keys = ("network", "form", "threads", "seconds", "ratio_to_dense", "peak_mb", "psnr_db")
    lines = [f"| {' | '.join(keys)} |", f"|{' --- |' * len(keys)}"]
    lines += [f"| {' | '.join(str(row.get(key, '')) for key in keys)} |" for row in rows]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all cases, print a line for each, and the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the rows here, after every case")
    parser.add_argument("--only", nargs="+", help=f"of {', '.join(NETWORKS)}")
    parser.add_argument("--growth", action="store_true", help=f"instead: {', '.join(GROWTH)}")
    parser.add_argument("--forms", nargs="+", default=list(FORMS), help=f"of {', '.join(FORMS)}")
    parser.add_argument("--threads", nargs="+", type=int, default=[2, 1], help="of the CPU (default: 2 1)")
    parser.add_argument("--repetitions", type=int, default=5, help="of which the median counts (default: 5)")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.case:
        *case, picture = json.loads(options.case)
        print(json.dumps(measure(*case, Path(picture))))
        return
    rows: list[Row] = []
    networks = options.only or list(GROWTH if options.growth else NETWORKS)
    with tempfile.TemporaryDirectory() as folder:
        for network in networks:
            for threads in options.threads:
                dense: Row = {}
                for form in options.forms:
                    picture = Path(folder) / f"{network}-{threads}-{form}.npy"
                    row = in_a_process(network, form, threads, options.repetitions, picture)
                    dense = row if form == "dense" else dense
                    if "seconds" in row and "seconds" in dense:
                        row["ratio_to_dense"] = round(dense["seconds"] / row["seconds"], 2)
                    row["psnr_db"] = psnr(picture, Path(folder) / f"{network}-{threads}-dense.npy")
                    rows.append(row)
                    print(json.dumps(row), flush=True)
                    if options.json:
                        write_json(options.json, rows)
    print(f"{json.dumps(machine('cpu'))}\n{markdown(rows)}")


if __name__ == "__main__":
    main()
