"""Tiny checkpoints of every ability, and a client of a studio that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.studio_fixture import Client, settings_of, started, write_checkpoints


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Folders of an editing, a synthesis and a labelling checkpoint, untrained."""
    return write_checkpoints(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def client(checkpoints: tuple[Path, ...], tmp_path: Path) -> Iterator[Client]:
    """A client of a studio that has no projects yet."""
    with started(settings_of(checkpoints, tmp_path / "projects")) as client:
        yield client
