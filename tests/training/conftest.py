"""What runs learn from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.miniature import write_camvid


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SCUMBLE_DATA with a CamVid folder of three training and two validation pictures."""
    monkeypatch.setenv("SCUMBLE_DATA", str(tmp_path / "data"))
    return write_camvid(tmp_path / "data" / "camvid")
