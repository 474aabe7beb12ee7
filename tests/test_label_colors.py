"""From colors back to classes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.errors import LabelError
from scumble.label_colors import AMBIGUOUS, UNKNOWN, ids_of_colors
from scumble.label_space import LabelClass, LabelSpace

SHIPPED = (
    "ade20k",
    "ade20k-from-0",
    "camvid",
    "camvid-32",
    "cityscapes",
    "cityscapes-train",
    "coco-stuff",
    "coco-stuff-from-1",
)
CAMVID = LabelSpace.load("camvid")
# The official colors of these data sets do not tell these classes apart.
SHARED = {
    "ade20k": {"road", "skyscraper"},
    "ade20k-from-0": {"road", "skyscraper"},
    "cityscapes": {"pole", "polegroup"},
}
BLACK = {"cityscapes": {"ego vehicle", "rectification border", "out of roi", "static"}}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_class_comes_back_from_its_color(name: str) -> None:
    space = LabelSpace.load(name)
    for label_class in space.classes:
        picture = space.colorize(np.array([[label_class.id]]))
        if label_class.name in SHARED.get(name, ()):
            with pytest.raises(LabelError, match=f"is that of .*{label_class.name!r}"):
                space.ids_of(picture)
        elif label_class.name in BLACK.get(name, ()):
            assert space.ids_of(picture).tolist() == [[space.dont_care]]
        else:
            assert space.ids_of(picture).tolist() == [[label_class.id]]


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=70), elements=st.integers(0, 182))
)
def test_a_colored_map_gives_the_map_back(labels: NDArray[np.int64]) -> None:
    space = LabelSpace.load("coco-stuff")
    ids = space.ids_of(space.colorize(labels))
    assert ids.dtype == np.int32
    assert (ids == labels).all()


def test_every_color_is_exactly_one_class_or_unknown_or_ambiguous() -> None:
    space = LabelSpace.load("cityscapes")
    beside = space.palette[:, None, None, None] + np.moveaxis(np.mgrid[-1:2, -1:2, -1:2], 0, -1)
    anywhere = np.random.default_rng(0).integers(0, 256, (20000, 3))
    picture = np.concatenate([beside.reshape(-1, 3), anywhere]).clip(0, 255).astype(np.uint8)[None]
    ids = ids_of_colors(picture, space.palette.tobytes(), space.dont_care)
    expected = {c.color: c.id for c in space.classes} | {(0, 0, 0): 0, (153, 153, 153): AMBIGUOUS}
    assert ids[0].tolist() == [expected.get(tuple(color), UNKNOWN) for color in picture[0].tolist()]


def test_more_classes_than_15_bits_hold_are_told_apart() -> None:
    numbers = np.arange(40000) * 401
    palette = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1).astype(np.uint8)
    ids = ids_of_colors(palette[None], palette.tobytes(), None)
    assert (ids == np.arange(40000)).all()


def test_close_colors_are_named_in_pairs() -> None:
    def named(distance: float) -> list[tuple[str, str]]:
        return [(a.name, b.name) for a, b in space.close_colors(distance)]

    colors = [(10, 10, 10), (10, 13, 14), (200, 0, 0), (10, 10, 10)]
    space = LabelSpace("s", tuple(LabelClass(i, f"c{i}", c, False) for i, c in enumerate(colors)), None)
    assert named(0) == []
    assert named(1) == [("c0", "c3")]
    assert named(5) == [("c0", "c3")]  # (0, 3, 4) is 5 away, not closer
    assert named(5.1) == [("c0", "c1"), ("c0", "c3"), ("c1", "c3")]
    assert len(named(1000)) == 6


def test_a_large_map_is_looked_up_in_a_moment() -> None:
    labels = np.random.default_rng(0).integers(0, 12, (64, 128)).repeat(16, 0).repeat(16, 1)
    picture = CAMVID.colorize(labels)
    CAMVID.ids_of(picture)
    seconds = []
    for _ in range(5):
        started = time.process_time()
        CAMVID.ids_of(picture)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1  # 0.011 s on one core
