"""Running reference cases and comparing what comes out with what was published."""

from __future__ import annotations

import json
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from tests.reference.case import Array, Case, Computed, read_case
from tests.reference.systems import SYSTEMS


@dataclass(frozen=True)
class Verdict:
    """How a case went.

    Attributes:
        word: ``unknown`` if the system or the kind is not built.
        label: system and case.
        difference: largest absolute difference of the output that is closest to, or furthest beyond, its
            tolerance; None where nothing could be compared.
        tolerance: that of the same output.
        message: why it failed.
    """

    word: Literal["ok", "FAIL", "unknown"]
    label: str
    difference: float | None = None
    tolerance: float | None = None
    message: str = ""

    def line(self) -> str:
        """One line for the report."""
        numbers = ("-" if n is None else f"{n:.3g}" for n in (self.difference, self.tolerance))
        columns = [
            f"{self.word:7}",
            f"{self.label:40}",
            *(f"{number:>9}" for number in numbers),
            self.message,
        ]
        return "  ".join(columns).rstrip()


def run_folder(folder: Path, dump: Path | None = None) -> Verdict:
    """Read, run and compare one case; whatever goes wrong in it is its own failure.

    Args:
        folder: holds a ``case.json``.
        dump: folder for the computed arrays, as ``<system>/<case>.npz``.
    """
    label = str(folder)
    try:
        description = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        label = f"{description['system']}/{description['case']}"
        return _run(folder, label, description, dump)
    except Exception as error:  # the other cases are to run all the same
        traceback.print_exc()
        return Verdict("FAIL", label, message=f"{type(error).__name__}: {' '.join(str(error).split())}")


def _run(folder: Path, label: str, description: Mapping[str, Any], dump: Path | None) -> Verdict:
    adapter = SYSTEMS.get(description["system"], {}).get(description["kind"])
    if adapter is None:
        return Verdict("unknown", label, tolerance=float(description["tolerance"]))
    case = read_case(folder)
    # Without oneDNN: its AVX2 convolutions round about twice as coarsely, too much for the deepest networks.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "TF32 acceleration")
        with torch.backends.mkldnn.flags(enabled=False):
            computed = adapter(case)
    if dump is not None:
        write_dump(case, computed, dump)
    return compare(case, computed)


def compare(case: Case, computed: Computed) -> Verdict:
    """Compare every output; one that is missing, misshapen or too far off fails the case."""
    label = f"{case.system}/{case.name}"
    worst = Verdict("ok", label, 0.0, case.tolerance())
    faults: list[str] = []
    for name in case.outputs:
        tolerance = case.tolerance(name)
        try:
            difference = _difference(case, name, case.select(name, computed))
        except (KeyError, ValueError, IndexError) as error:
            faults.append(f"{name}: {error.args[0]}")
            continue
        if not difference <= tolerance:
            faults.append(f"{name}: {difference:.3g} > {tolerance:g}")
        if _share(difference, tolerance) >= _share(worst.difference or 0.0, worst.tolerance or 0.0):
            worst = Verdict("ok", label, difference, tolerance)
    if faults:
        return Verdict("FAIL", label, worst.difference, worst.tolerance, "; ".join(faults))
    return worst


def write_dump(case: Case, computed: Computed, folder: Path) -> None:
    """Write the computed arrays, sampled as the case says, to ``<system>/<case>.npz``."""
    arrays = {}
    for name in case.outputs:
        try:
            arrays[name] = case.select(name, computed)
        except (KeyError, ValueError, IndexError):  # the comparison reports it
            continue
    path = folder / case.system / f"{case.name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _difference(case: Case, name: str, computed: Array) -> float:
    """Largest absolute difference; infinite where one of the two is not a number and the other is."""
    expected = case.expected[name]
    if computed.shape != expected.shape:
        raise ValueError(f"shape {list(computed.shape)} instead of {list(expected.shape)}")
    a, b = computed.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore"):  # inf - inf, which counts as equal
        difference = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    difference = np.where(np.isnan(difference), np.inf, difference)
    if "valid_rows" in case.outputs[name]:
        difference = difference[_valid(difference.shape, case.expected[case.outputs[name]["valid_rows"]])]
    return float(difference.max(initial=0.0))


def _valid(shape: tuple[int, ...], count: Array) -> NDArray[np.bool_]:
    """Which elements count: the first ``count`` rows, of every item of the batch if each has its count."""
    rows = np.arange(shape[count.ndim]) < count[..., None]
    return np.broadcast_to(rows.reshape(rows.shape + (1,) * (len(shape) - rows.ndim)), shape)


def _share(difference: float, tolerance: float) -> float:
    if difference == 0:
        return 0.0
    return difference / tolerance if tolerance else np.inf
