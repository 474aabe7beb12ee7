"""Images a second and peak memory of training steps, full-size and compact, in several forms.

Run ``python -m benchmarks.training [--json FILE] [--only SYSTEM ...] [--forms FORM ...] [--threads N ...]``.
Every case is a process of its own: one step that warms up, then a few that count, each with all losses and
optimisers of the system. The maps are rendered streets whose classes have the ids of the preset's label
space (see `benchmarks.street_tasks`), and all weights are random. Peak memory is that of the whole process,
or on an accelerator what torch has allocated there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.street_tasks import street_task
from scumble.errors import ConfigError, nearest
from scumble.files import write_json
from scumble.nn.regions import most_neighbourhoods
from scumble.presets.variants import find_preset
from scumble.training.plan import plan
from scumble.training.world import joined

SYSTEMS = ("divsem-cityscapes", "ipose-ade20k", "divsem-streets-compact", "ipose-streets-compact")
FORMS: dict[str, dict[str, object]] = {
    "fp32": {},
    "dense": {},
    "regions": {},
    "bf16": {"precision": "bfloat16"},
    "channels-last": {"channels_last": True},
    "compiled": {"compile": True},
}
"""Options of the training; ``dense`` never and ``regions`` always computes on region maps, the others where
that is thought to be faster, which on an accelerator is nowhere."""
SHARES = {"dense": 0.0, "regions": 1.0}
CPU_FORMS = ("fp32", "dense", "bf16", "channels-last", "compiled")
ACCELERATOR_FORMS = ("fp32", "regions", "bf16", "channels-last", "bf16+channels-last", "bf16+compiled")
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """What one process measures.

    Attributes:
        system: name of a preset.
        form: words of `FORMS`, joined by plus signs.
        threads: of the CPU.
        device: ``cpu`` or ``cuda``.
        batch_size: pictures in a step.
        steps: that count.
    """

    system: str
    form: str
    threads: int
    device: str
    batch_size: int
    steps: int


def measure(case: Case) -> Row:
    """Make the steps of a case in this process."""
    torch.set_num_threads(case.threads)
    words = case.form.split("+")
    options = {name: value for word in words for name, value in FORMS[word].items()}
    with ExitStack() as stack:
        for word in set(words) & SHARES.keys():
            stack.enter_context(most_neighbourhoods(SHARES[word]))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        world = stack.enter_context(joined(case.device))
        task, config = street_task(case.system, Path(folder), case.batch_size, **options)
        found = plan(task, config, world, case.steps)
    return {
        "system": case.system,
        "form": case.form,
        "threads": case.threads,
        "images_per_second": float(f"{found.images_per_second:.4g}"),
        "peak_mb": round(found.memory / 2**20),
    }


def in_a_process(case: Case, limit: float) -> Row:
    """Measure a case in a fresh process; a row with ``error`` if that fails or takes ``limit`` seconds."""
    command = [sys.executable, "-m", "benchmarks.training", "--case", json.dumps(asdict(case))]
    environment = {**os.environ, "OMP_NUM_THREADS": str(case.threads)}
    row: Row = {"system": case.system, "form": case.form, "threads": case.threads}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return {**row, "error": f"more than {limit:.0f} seconds"}
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    if done.returncode:
        return {**row, "error": lines[-1] if lines else f"exit code {done.returncode}"}
    measured: Row = json.loads(lines[-1])
    return measured


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """Add ``ratio_to_fp32``: how many times as fast as float32 of the same system and threads."""
    plain = {(row["system"], row["threads"]): row for row in rows if row["form"] == "fp32"}
    found = []
    for row in rows:
        speed = plain.get((row["system"], row["threads"]), {}).get("images_per_second")
        own = row.get("images_per_second")
        found.append({**row, "ratio_to_fp32": round(own / speed, 2) if own and speed else None})
    return found


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    lines = [
        "| system | form | threads | images/s | ratio to fp32 | peak MB |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        numbers = [row.get(key) for key in ("images_per_second", "ratio_to_fp32", "peak_mb")]
        cells = (
            [row["error"], "", ""] if "error" in row else ["-" if n is None else f"{n:g}" for n in numbers]
        )
        lines.append(f"| {row['system']} | {row['form']} | {row['threads']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def machine(device: str) -> str:
    """What computes, in words."""
    names = [platform.processor() or platform.machine()]
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(encoding="utf-8").splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")][:1] or names
    if device.startswith("cuda"):
        names.append(torch.cuda.get_device_name(device))
    return f"{', '.join(names)}, {os.cpu_count()} cores, torch {torch.__version__}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the rows here, after every case")
    parser.add_argument("--only", nargs="+", default=SYSTEMS, help=f"presets (default: {' '.join(SYSTEMS)})")
    parser.add_argument("--forms", nargs="+", help=f"of {', '.join(FORMS)}, also several joined by +")
    parser.add_argument("--threads", nargs="+", type=int, default=[1], help="of the CPU (default: 1)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch-size", type=int, default=1, help="pictures in a step (default: 1)")
    parser.add_argument("--steps", type=int, default=2, help="that count, after one (default: 2)")
    parser.add_argument("--limit", type=float, default=3600, help="seconds for a case (default: 3600)")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all cases, print a line for each, and the table.

    Raises:
        ConfigError: there is no such form or preset.
    """
    options = _options(arguments)
    if options.case:
        print(json.dumps(measure(Case(**json.loads(options.case)))))
        return
    forms = options.forms or (CPU_FORMS if options.device == "cpu" else ACCELERATOR_FORMS)
    for word in "+".join(forms).split("+"):
        if word not in FORMS:
            raise ConfigError(f"There is no form {word!r}; {nearest(word, FORMS)}")
    for system in options.only:
        find_preset(system)
    where = machine(options.device)
    print(where)
    rows: list[Row] = []
    for system in options.only:
        for threads in options.threads:
            for form in forms:
                case = Case(system, form, threads, options.device, options.batch_size, options.steps)
                rows.append(in_a_process(case, options.limit))
                print(json.dumps(rows[-1]), flush=True)
                if options.json:
                    found = {"machine": where, "device": options.device, "batch_size": options.batch_size}
                    write_json(options.json, {**found, "steps": options.steps, "rows": with_ratios(rows)})
    print(markdown(with_ratios(rows)))


if __name__ == "__main__":
    main()
