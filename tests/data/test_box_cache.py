"""Stored box records: reused only if nothing changed, replaced if damaged, never in the way."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scumble.data import box_cache
from scumble.data.box_cache import cached_boxes
from scumble.data.boxes import BoxArray
from scumble.errors import InputError

SETTINGS: dict[str, Any] = {"size": [256, 256], "categories": {4: 24, 9: 26}}
COUNTS = (2, 0, 3)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of three pictures with one map each; the user's cache folder is beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    folder = tmp_path / "set"
    folder.mkdir()
    for i in range(len(COUNTS)):
        (folder / f"{i}.png").write_bytes(bytes([i]))
    return folder


class Maker:
    """Makes records and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, index: int) -> BoxArray:
        self.asked.append(index)
        return np.full((COUNTS[index], 7), index + 10, dtype=np.int64)


def sources(root: Path) -> list[list[Path]]:
    return [[root / f"{i}.png"] for i in range(len(COUNTS))]


def is_made(root: Path, settings: dict[str, Any] = SETTINGS) -> bool:
    """Get the records, check them, and say whether they had to be made."""
    maker = Maker()
    boxes = cached_boxes(sources(root), settings, maker, root)
    assert [len(records) for records in boxes] == list(COUNTS)
    assert all(records.shape[1:] == (7,) and records.dtype == np.int64 for records in boxes)
    assert [records.tolist() for records in boxes] == [Maker()(i).tolist() for i in range(3)]
    assert maker.asked in ([], [0, 1, 2])
    return bool(maker.asked)


def stored(root: Path) -> list[Path]:
    return sorted((root / ".scumble-cache").iterdir())


def test_records_are_made_once(root: Path) -> None:
    assert is_made(root)
    assert not is_made(root)
    assert [path.suffix for path in stored(root)] == [".npz"]  # nothing temporary stayed behind


def test_a_changed_map_makes_them_anew(root: Path) -> None:
    is_made(root)
    times = (root / "1.png").stat()
    (root / "1.png").write_bytes(b"x")
    os.utime(root / "1.png", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert is_made(root)


@pytest.mark.parametrize(
    "changes", [{"size": [256, 512]}, {"categories": {9: 26, 4: 24}}, {"categories": {4: 24, 9: 27}}]
)
def test_other_settings_are_stored_apart(root: Path, changes: dict[str, Any]) -> None:
    is_made(root)
    assert is_made(root, SETTINGS | changes)
    assert not is_made(root)
    assert not is_made(root, SETTINGS | changes)


def test_other_rules_make_them_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_made(root)
    monkeypatch.setattr(box_cache, "RULES_VERSION", -1)
    assert is_made(root)


def test_maps_of_a_picture_are_not_mistaken_for_those_of_the_next(root: Path) -> None:
    def none(index: int) -> BoxArray:
        return np.empty((0, 7), dtype=np.int64)

    one, two, three = (paths[0] for paths in sources(root))
    cached_boxes([[one, two], [three]], SETTINGS, none, root)
    cached_boxes([[one], [two, three]], SETTINGS, none, root)
    assert len(stored(root)) == 2


def archive(**values: Any) -> Callable[[bytes], bytes]:
    """An archive of these arrays instead of what was there."""

    def replace(_: bytes) -> bytes:
        stream = io.BytesIO()
        np.savez(stream, **values)
        return stream.getvalue()

    return replace


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:60] + b"\xff" * 8 + data[68:],
        lambda data: b"not an archive",
        lambda data: pickle.dumps({"boxes": 1}),
        archive(boxes=np.zeros((5, 7), np.int64)),
        archive(boxes=np.zeros((5, 7)), counts=np.array(COUNTS)),
        archive(boxes=np.zeros((5, 6), np.int64), counts=np.array(COUNTS)),
        archive(boxes=np.zeros((4, 7), np.int64), counts=np.array(COUNTS)),
        archive(boxes=np.zeros((5, 7), np.int64), counts=np.array([6, 0, -1])),
        archive(boxes=np.zeros((5, 7), np.int64), counts=np.array([5])),
    ],
)
def test_a_damaged_file_is_replaced(root: Path, damage: Callable[[bytes], bytes]) -> None:
    is_made(root)
    (path,) = stored(root)
    path.write_bytes(damage(path.read_bytes()))
    assert is_made(root)
    assert not is_made(root)


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_nothing_is_ever_unpickled(root: Path, tmp_path: Path) -> None:
    is_made(root)
    (path,) = stored(root)
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    path.write_bytes(archive(boxes=trap, counts=trap)(b""))
    assert is_made(root)
    assert not (tmp_path / "sprung").exists()


def test_the_users_cache_folder_stands_in_for_a_set_that_cannot_be_written(
    root: Path, tmp_path: Path
) -> None:
    (root / ".scumble-cache").write_text("in the way")
    assert is_made(root)
    assert not is_made(root)
    assert len(list((tmp_path / "user" / "scumble").iterdir())) == 1


@pytest.mark.parametrize("value", ["", "relative"])
def test_without_a_variable_it_is_in_the_home_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (root / ".scumble-cache").write_text("in the way")
    assert is_made(root)
    assert not is_made(root)
    assert len(list((tmp_path / "home" / ".cache" / "scumble").iterdir())) == 1


def test_where_nothing_can_be_written_records_are_made_each_time(root: Path, tmp_path: Path) -> None:
    (root / ".scumble-cache").write_text("in the way")
    (tmp_path / "user").write_text("in the way")
    assert is_made(root)
    assert is_made(root)


def test_a_set_without_pictures_has_no_records(root: Path) -> None:
    for _ in range(2):
        assert cached_boxes([], SETTINGS, Maker(), root) == []


def test_a_missing_map_is_named(root: Path) -> None:
    with pytest.raises(InputError, match=r"9\.png"):
        cached_boxes([[root / "9.png"]], SETTINGS, Maker(), root)
