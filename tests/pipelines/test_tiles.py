"""Tiles that cover a picture."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.pipelines.synthesize import synthesize
from scumble.pipelines.tiles import tiles
from tests.ipose_fixture import ipose, street


@pytest.mark.parametrize(("height", "width"), [(1, 1), (64, 65), (100, 40), (128, 300), (97, 1001)])
def test_tiles_are_alike_cover_everything_and_share_enough(height: int, width: int) -> None:
    grid = list(tiles(height, width, side=64, overlap=16))
    seen = np.zeros((height, width), int)
    for tile in grid:
        assert not (seen[tile.place][tile.above :, tile.before :] > 0).any()
        seen[tile.place] += 1
    assert seen.min() >= 1
    assert len({(tile.height, tile.width) for tile in grid}) == 1
    assert (grid[0].height, grid[0].width) == (min(64, height), min(64, width))
    assert all(tile.above >= 16 for tile in grid if tile.top)
    assert all(tile.before >= 16 for tile in grid if tile.left)


def test_tiles_that_agree_leave_no_trace() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (150, 170, 3), dtype=np.uint8)
    canvas = np.zeros_like(picture)
    for tile in tiles(150, 170, side=64, overlap=16):
        tile.blend(canvas, picture[tile.place])
    assert np.array_equal(canvas, picture)


def test_tiles_that_disagree_fade_into_each_other() -> None:
    canvas = np.zeros((10, 112, 3), np.uint8)
    first, second = tiles(10, 112, side=64, overlap=16)
    first.blend(canvas, np.full((10, 64, 3), 40, np.uint8))
    second.blend(canvas, np.full((10, 64, 3), 200, np.uint8))
    row = canvas[0, :, 0].astype(int)
    assert (row[:48] == 40).all() and (row[64:] == 200).all()
    assert (np.diff(row[47:65]) > 0).all()


def test_a_map_of_several_tiles_is_painted_with_the_parts_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint, scene = ipose(), street()
    whole = synthesize(checkpoint, scene.labels, scene.instances, (0, 1), native=True)
    monkeypatch.setattr(
        "scumble.pipelines.synthesize.tiles", lambda height, width: tiles(height, width, side=64, overlap=16)
    )
    done: list[None] = []
    tiled = synthesize(
        checkpoint, scene.labels, scene.instances, (0, 1), native=True, progress=lambda: done.append(None)
    )
    assert len(done) == len(tiled.images) == 2
    assert tiled.images[0].shape == whole.images[0].shape
    assert not np.array_equal(tiled.images[0], tiled.images[1])
    assert tiled.parts is not None and (tiled.parts[scene.labels == 0] == 0).all()
