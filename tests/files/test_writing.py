"""Writing results: whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble import files
from scumble.errors import InputError
from scumble.files import OutputFolder, read_instances
from scumble.files.writing import _replacing


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5)])
def test_a_written_image_is_read_back_exactly(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    files.write_image(tmp_path / "a.png", array)
    assert (np.asarray(Image.open(tmp_path / "a.png")) == array).all()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_sixteen_bit_maps_are_written_exactly(tmp_path: Path) -> None:
    files.write_image(tmp_path / "a.png", np.array([[8001, 65535]], np.uint16))
    assert read_instances(tmp_path / "a.png").tolist() == [[8001, 65535]]


def test_written_json_is_read_back_and_ends_in_a_newline(tmp_path: Path) -> None:
    value = {"größe": [1, 2.5, None], "b": True}
    files.write_json(tmp_path / "a.json", value)
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text) == value
    assert text.endswith("}\n")


def test_failed_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "a.json", float("nan"))
    with pytest.raises(RuntimeError), _replacing(tmp_path / "a.json") as stream:
        stream.write(b"half")
        raise RuntimeError
    assert (tmp_path / "a.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "missing" / "a.png", tmp_path / "file" / "a.png"):
        with pytest.raises(InputError, match=r"a\.png cannot be written"):
            files.write_image(path, np.zeros((2, 3), np.uint8))


def test_written_files_have_the_usual_permissions(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as folder:
        files.write_json(folder / "a.json", 1)
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual" / "a.json").touch()
    for name in ("", "a.json"):
        assert (tmp_path / "out" / name).stat().st_mode == (tmp_path / "usual" / name).stat().st_mode


def test_the_hash_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert files.sha256_of(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(InputError, match="missing cannot be read"):
        files.sha256_of(tmp_path / "missing")


def tree(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): f.read_text() if f.is_file() else "" for f in folder.rglob("*")}


@pytest.mark.parametrize("out", ["out", "new/deep/out"])
def test_the_output_folder_appears_when_the_block_ends_well(tmp_path: Path, out: str) -> None:
    with OutputFolder(tmp_path / out) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "b").write_text("b")
        (folder / "a").write_text("a")
        assert not (tmp_path / out).exists()
    assert tree(tmp_path / out) == {"a": "a", "sub": "", "sub/b": "b"}
    assert [p.name for p in tmp_path.iterdir()] == [out.split("/")[0]]


def test_an_existing_output_folder_keeps_its_other_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a", "other", "sub/old"):
        (tmp_path / name).write_text("old")
    with OutputFolder(tmp_path) as folder:
        assert folder.name.startswith(".")
        (folder / "sub").mkdir()
        for name in ("a", "sub/b"):
            (folder / name).write_text("new")
        assert (tmp_path / "a").read_text() == "old"
    assert tree(tmp_path) == {"a": "new", "other": "old", "sub": "", "sub/old": "old", "sub/b": "new"}


def test_a_folder_that_should_be_new_may_be_empty_but_not_hold_anything(tmp_path: Path) -> None:
    with OutputFolder(tmp_path, new=True) as folder:
        (folder / "a").write_text("first")
    with (
        pytest.raises(InputError, match="is not empty; expected a new or an empty one"),
        OutputFolder(tmp_path, new=True),
    ):
        pytest.fail("the block must not run")
    assert tree(tmp_path) == {"a": "first"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, InputError])
@pytest.mark.parametrize("out", ["out", "new/deep/out"])
def test_a_failed_block_leaves_everything_as_it_was(
    tmp_path: Path, out: str, error: type[BaseException]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("old")
    before = tree(tmp_path)
    with pytest.raises(error), OutputFolder(tmp_path / out) as folder:
        (folder / "a").write_text("new")
        raise error
    assert tree(tmp_path) == before


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    for out in (tmp_path / "file", tmp_path / "file" / "deep"):
        with (
            pytest.raises(InputError, match=r"cannot be (the output folder|written).*file"),
            OutputFolder(out),
        ):
            pytest.fail("the block must not run")
    assert tree(tmp_path) == {"file": "old"}


def test_a_folder_in_the_place_of_a_file_is_refused_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match=r"b is a folder; expected a file"), OutputFolder(tmp_path) as folder:
        (folder / "a").write_text("new")
        (folder / "b").write_text("new")
    assert tree(tmp_path) == {"b": ""}


def test_an_output_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(
            13, "Permission denied"
        )  # rights do not bind the superuser that tests may run as

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(InputError, match=r"output folder .*out cannot be written: Permission denied"),
        OutputFolder(tmp_path / "out"),
    ):
        pytest.fail("the block must not run")
