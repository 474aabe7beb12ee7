"""The example that edits a photograph with an exported DivSem."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
from PIL import Image

from scumble.export.onnx_file import write_graphs
from scumble.export.systems import graphs_of
from tests.editing_fixture import scene
from tests.export import checkpoints
from tests.miniature import CAR

EXAMPLE = Path(__file__).parents[2] / "examples" / "run_onnx.py"


def test_the_example_paints_the_mask_and_nothing_else_without_torch(tmp_path: Path) -> None:
    checkpoints.require_extra()
    checkpoint = checkpoints.divsem()
    graphs = graphs_of(checkpoint, deepcopy(checkpoint.network))
    write_graphs(tmp_path / "a.onnx", graphs, checkpoint)
    street = scene(70, 50)
    mask = np.zeros((50, 70), np.uint8)
    mask[10:30, 20:60] = 255
    for name, values in (("photo", street.image), ("labels", street.labels), ("mask", mask)):
        Image.fromarray(values.astype(np.uint8)).save(tmp_path / f"{name}.png")
    program = (
        "import runpy, sys\n"
        "sys.modules.update(torch=None, scumble=None)\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0])\n"
    )
    words = [str(EXAMPLE), "a.onnx", "photo.png", "labels.png", "mask.png", str(CAR), "out.png"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    painted = np.asarray(Image.open(tmp_path / "out.png"))
    np.testing.assert_array_equal(painted[mask == 0], street.image[mask == 0])
    assert (painted[mask > 0] != street.image[mask > 0]).any(1).mean() > 0.9
