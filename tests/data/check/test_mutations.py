"""Whatever happens to the files of a set, the check ends with an exit code and not with an exception."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scumble.cli import main
from tests.data.check.sets import FORMS, build

LAYOUTS = (*FORMS, "full-parts")


def mutate(root: Path, rng: np.random.Generator) -> None:
    """Do something to a file or two."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    first, second = (files[i] for i in rng.choice(len(files), 2, replace=False))
    content = bytearray(first.read_bytes())
    match rng.integers(5):
        case 0:
            first.write_bytes(content[: int(rng.integers(len(content) + 1))])
        case 1:
            for place in rng.integers(0, len(content), int(rng.integers(1, 9))):
                content[place] ^= 1 << int(rng.integers(8))
            first.write_bytes(content)
        case 2:
            first.write_bytes(second.read_bytes())
            second.write_bytes(content)
        case 3:
            first.unlink()
        case 4:
            place = int(rng.integers(len(content) + 1))
            content[place:place] = rng.bytes(int(rng.integers(1, 40)))
            first.write_bytes(content)


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_ends_in_an_exit_code(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(seed)
    root = build(LAYOUTS[seed % len(LAYOUTS)], tmp_path)
    for _ in range(int(rng.integers(1, 4))):
        mutate(root, rng)
    code = main(["data", "check", str(root), "--workers", "1"])
    captured = capsys.readouterr()
    assert code in (0, 1, 2)
    assert ("DEFECT" in captured.out, bool(captured.err)) == (code == 1, code == 2)
