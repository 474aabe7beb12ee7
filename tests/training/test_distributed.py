"""Two processes learn what one learns from the same batches."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from scumble.cli import main
from scumble.data.parts.build import build_part_set
from scumble.data.parts.street_objects import street_pictures

ROOT = Path(__file__).parents[2]


def run(kind: str, folder: Path, processes: int, partnet: Path | None) -> None:
    """Train in so many processes, as ``torchrun`` would start them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "tests.training.distributed_worker", kind, str(folder)]
    words += [] if partnet is None else [str(partnet)]
    common = {**os.environ, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen(
            words,
            cwd=ROOT,
            env={**common, "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(processes)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(processes)
    ]
    for process in started:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors[-3000:]


@pytest.fixture(scope="module")
def partnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny PartNet with supports."""
    root = tmp_path_factory.mktemp("partnet")
    build_part_set(root / "parts", street_pictures(20, 160, 120))
    words = [
        "--data.folder",
        str(root / "parts"),
        "--data.supports",
        "inside",
        "--run-dir",
        str(root / "run"),
    ]
    assert main(["train", "partnet-real-tiny", *words]) == 0
    return root / "run" / "checkpoint"


@pytest.mark.parametrize("kind", ["divsem", "ipose", "ipose-augmented"])
def test_two_processes_equal_one(kind: str, partnet: Path, tmp_path: Path) -> None:
    for processes in (1, 2):
        given = partnet if kind.startswith("ipose") else None
        run(kind, tmp_path / str(processes), processes, given)
    one, two = (torch.load(tmp_path / n / "state.pt", weights_only=True)["networks"] for n in ("1", "2"))
    assert one.keys() == two.keys()
    for name, value in one.items():
        assert torch.allclose(two[name], value, rtol=1e-5, atol=1e-5), name
