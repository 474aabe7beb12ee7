"""``scumble data pack``."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.checkpoint import load_checkpoint
from scumble.cli import main
from tests.data.check.sets import build
from tests.miniature import write_camvid

Captured = pytest.CaptureFixture[str]


def pack(root: Path, out: Path, *words: str) -> int:
    return main(["data", "pack", str(root), "--out", str(out), "--workers", "1", *words])


def test_a_packed_set_is_checked_as_any_other(tmp_path: Path, capsys: Captured) -> None:
    root = build("cityscapes", tmp_path / "set", scenes=3)
    assert pack(root, tmp_path / "shards", "--per-shard", "2") == 0
    said = capsys.readouterr().out
    assert f"{tmp_path / 'shards' / 'train'}: 3 scenes in 2 tar files" in said
    assert f"{tmp_path / 'shards' / 'val'}: 3 scenes in 2 tar files" in said
    page = tmp_path / "page.html"
    assert main(["data", "check", str(tmp_path / "shards"), "--report", str(page), "--workers", "1"]) == 0
    assert "layout shards" in capsys.readouterr().out
    assert page.is_file()


def test_all_defects_of_shards_are_found_at_once(tmp_path: Path, capsys: Captured) -> None:
    assert pack(build("editing", tmp_path / "set"), tmp_path / "shards", "--per-shard", "1") == 0
    (tmp_path / "shards" / "train" / "000000.tar").unlink()
    (tmp_path / "shards" / "val" / "000001.tar").write_bytes(b"short")
    assert main(["data", "check", str(tmp_path / "shards"), "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert "train/000000.tar does not exist" in said
    assert "val/000001.tar is cut short: it has 5 bytes" in said


def test_a_run_on_shards_learns_the_same_weights(tmp_path: Path) -> None:
    root = write_camvid(tmp_path / "camvid")
    assert pack(root, tmp_path / "shards", "--per-shard", "2") == 0
    digests = []
    for name in ("camvid", "shards"):
        data = ["--data.folder", str(tmp_path / name), "--data.layout", name]
        run = ["--run-dir", str(tmp_path / "runs" / name), "--losses.perceptual", "0", "--device", "cpu"]
        assert main(["train", "divsem-camvid-tiny", *data, *run]) == 0
        weights = tmp_path / "runs" / name / "checkpoint" / "model.safetensors"
        digests.append(weights.read_bytes())
        assert load_checkpoint(weights.parent).origin.images == 4
    assert digests[0] == digests[1]


@pytest.mark.parametrize("words", [["--per-shard", "0"], ["--split", "night"], ["--layout", "shard"]])
def test_impossible_wishes_are_refused(words: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert pack(build("editing", tmp_path / "set"), tmp_path / "out", *words) == 2
    assert capsys.readouterr().err.startswith("scumble: ")
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_leaves_nothing_half_written(tmp_path: Path, capsys: Captured) -> None:
    root = build("editing", tmp_path / "set", scenes=3)
    (root / "train" / "labels" / "000002.png").write_bytes(b"no picture")
    assert pack(root, tmp_path / "out", "--per-shard", "1") == 2
    assert "000002.png is not a picture" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
