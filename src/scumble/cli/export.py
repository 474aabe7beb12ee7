"""``scumble export CHECKPOINT --out FILE.onnx``: networks for programs without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro

from scumble.checkpoint import Checkpoint, load_checkpoint
from scumble.data.parts import part_set
from scumble.export.onnx_file import bank_path, require_packages, write_graphs
from scumble.export.systems import graphs_of
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.parts import categories_of, partnet_of


@dataclass(frozen=True)
class Options:
    """Write a checkpoint as ONNX files that ONNX Runtime and other programs run without torch.

    Example: scumble export divsem-streets --out streets.onnx

    Maps go in as they are, numbers of classes and instances, in batches and sizes of your choice. DivSem is
    two files and its style bank: streets.onnx paints, streets.style.onnx looks at the photograph, and
    streets.bank.npz holds looks of other objects. Every file says in its metadata what it takes and gives,
    and has been compared with torch. It needs pip install 'scumble[export]'.
    """

    checkpoint: tyro.conf.Positional[str]
    """A folder, or the name of a checkpoint that comes with scumble."""
    out: Path
    """The file to write (.onnx); further files get its name with a word more."""
    supports: Path | None = None
    """Part set with the support maps of PartNet and iPOSE, in place of those of the checkpoint."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``export``, write, compare, and say what was written."""
    options = tyro.cli(Options, prog="scumble export", args=list(arguments))
    require_packages()
    checkpoint = load_checkpoint(options.checkpoint)
    store = _supports(options.supports, checkpoint)
    graphs = graphs_of(checkpoint, load_checkpoint(options.checkpoint).network, store)
    for done in write_graphs(options.out, graphs, checkpoint):
        size = done.path.stat().st_size / 1e6
        print(
            f"{done.path}: {done.graph}, {size:.1f} MB, differs from torch by at most {done.difference:.1e}"
        )
    if checkpoint.bank:
        print(f"{bank_path(options.out)}: {len(checkpoint.bank.codes)} style codes")


def _supports(root: Path | None, checkpoint: Checkpoint) -> SupportStore | None:
    """Of the categories that the checkpoint knows; a PartNet can learn of any from the part set."""
    if root is None:
        return None
    k = partnet_of(checkpoint).config.supports
    categories = set(categories_of(checkpoint).values()) or part_set.categories(root)
    return SupportStore.of({c: part_set.supports(root, c, k) for c in sorted(categories)}, k)
