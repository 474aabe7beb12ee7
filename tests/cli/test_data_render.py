"""``scumble data render``: the layouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scumble.cli import main
from scumble.data.layouts import open_scenes
from scumble.streets import Streets


@pytest.mark.parametrize(("layout", "split"), [("cityscapes", "val"), ("ade20k", "validation")])
def test_a_set_in_a_published_layout_is_recognised_and_read(
    layout: str, split: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    words = ["--layout", layout, "--scenes", "3", "--split", "test", "--size", "96", "64", "--workers", "1"]
    assert main(["data", "render", *words, "--out", str(out)]) == 0
    assert f"3 test scenes of 96x64 ({layout})" in capsys.readouterr().out
    read, rendered = open_scenes(out, "test"), Streets("test", 3, 96, 64)
    assert (read.listing.layout, read.listing.split, len(read)) == (layout, split, 3)
    for index in range(3):
        ours, theirs = rendered[index], read[index]
        cars = ours.labels == ours.label_space.index("car")
        assert np.array_equal(cars, theirs.labels == theirs.label_space.index("car"))
        assert np.abs(ours.image.astype(int) - theirs.image).mean() < 6


def test_a_part_set_has_objects_of_both_splits_and_supports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    words = ["--layout", "full-parts", "--scenes", "4", "--workers", "1", "--out", str(out)]
    assert main(["data", "render", *words]) == 0
    files = [path.relative_to(out).parts for path in out.rglob("*_part.png")]
    objects = [parts for parts in files if parts[0] != "support_shape"]
    assert f"{len(objects)} objects of 5 scenes (full-parts)" in capsys.readouterr().out
    assert {split for _, split, _ in objects} == {"train", "val"}
    assert "26" in {category for category, _, _ in objects}
    assert len(files) > len(objects)


def test_a_part_set_of_the_test_split_alone_is_refused(tmp_path: Path) -> None:
    words = ["--layout", "full-parts", "--split", "test", "--out", str(tmp_path / "out")]
    assert main(["data", "render", *words]) == 2
    assert not (tmp_path / "out").exists()


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["data", "render", "--layout", "voc", "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
