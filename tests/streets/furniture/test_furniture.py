"""Poles, signs and fences."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from scumble.streets.furniture import Fence, random_fence, random_pole, random_sign
from scumble.streets.furniture.fences import STYLES
from scumble.streets.furniture.signs import SHAPES, SYMBOLS, Board, Sign
from scumble.streets.painter import Painter
from scumble.streets.prop import Prop
from tests.streets.painter_fixture import empty_painter

SIZE = 96
Place = tuple[float, float]
MAKERS: dict[str, Callable[[np.random.Generator, Place, float], Prop]] = {
    "pole": random_pole,
    "sign": random_sign,
    "fence": lambda rng, place, heading: random_fence(rng, place, heading, 5.0),
}
each_class = pytest.mark.parametrize("name", MAKERS)


def draw(*props: Prop, eye: float = 1.6) -> Painter:
    painter = empty_painter(SIZE, eye=eye, horizon=0.6)
    for i, prop in enumerate(props):
        prop.draw(painter, 9000 + i)
    return painter


def shown(painter: Painter, name: str) -> NDArray[np.bool_]:
    _, labels, _, _ = painter.maps()
    return np.asarray(labels == painter.space.index(name))


@each_class
@pytest.mark.parametrize("seed", range(12))
def test_everything_belongs_to_the_own_class_and_instance(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prop = MAKERS[name](rng, (0.3, 7.0), float(rng.uniform(0, 2 * math.pi)))
    painter = draw(prop)
    _, labels, instances, parts = painter.maps()
    sky, own = painter.space.index("sky"), painter.space.index(name)
    assert prop.class_name == name
    assert set(np.unique(labels)) == {sky, own}
    assert set(np.unique(instances)) == {sky, own if name == "fence" else 9000}
    assert not parts.any()


@each_class
def test_the_same_seed_gives_the_same_picture_twice(name: str) -> None:
    props = [MAKERS[name](np.random.default_rng(5), (0.0, 6.0), 2.5) for _ in range(2)]
    assert props[0] == props[1]
    assert draw(props[0]).picture.tobytes() == draw(props[1]).picture.tobytes()


@each_class
def test_seeds_differ_in_colour(name: str) -> None:
    def mean_colour(seed: int) -> tuple[int, ...]:
        painter = draw(MAKERS[name](np.random.default_rng(seed), (0.0, 6.0), math.pi))
        picture = np.asarray(painter.picture)[::2, ::2]
        return tuple(picture[shown(painter, name)].mean(0).round().astype(int))

    assert len({mean_colour(seed) for seed in range(12)}) >= 10


@each_class
@pytest.mark.parametrize("place", [(0.0, -20.0), (60.0, 10.0)])
def test_what_is_behind_or_beside_the_camera_draws_nothing(name: str, place: Place) -> None:
    for seed in range(4):
        assert not shown(draw(MAKERS[name](np.random.default_rng(seed), place, 0.5)), name).any()


@each_class
@pytest.mark.parametrize("seed", range(8))
def test_the_shadow_encloses_the_foot_and_reaches_the_top(name: str, seed: int) -> None:
    prop = MAKERS[name](np.random.default_rng(seed), (1.0, 30.0), math.pi)
    footprint, height = prop.shadow
    assert ConvexHull(np.concatenate([footprint, [prop.place]])).area == ConvexHull(footprint).area
    painter = draw(prop)
    top = painter.camera.project(painter.camera.view(np.array([1.0, height, 30.0])))[1]
    assert abs(np.flatnonzero(shown(painter, name).any(1)).min() - max(top, 0)) < 3


@pytest.mark.parametrize("side", [-1, 1])
def test_the_arm_of_a_lamp_reaches_along_its_heading(side: int) -> None:
    for seed in range(40):
        pole = random_pole(np.random.default_rng(seed), (0.0, 20.0), side * math.pi / 2)
        ends = [rod.end[2] for rod in pole.rods]
        if max(ends) > 0.5 and min(ends) >= 0:
            columns = np.nonzero(shown(draw(pole), "pole"))[1]
            assert (columns.mean() - SIZE / 2) * side > 0
            return
    pytest.fail("no lamp with one arm among 40 poles")


def test_all_kinds_of_poles_turn_up() -> None:
    poles = [random_pole(np.random.default_rng(seed), (0.0, 20.0), 0.0) for seed in range(60)]
    heights = np.array([pole.shadow[1] for pole in poles])
    assert (heights < 1.3).any() and (heights > 5).any() and ((heights > 2) & (heights < 4.5)).any()
    assert any(disc.glows for pole in poles for disc in pole.discs)


def board(shape: str, symbol: str) -> Sign:
    plate = Board(shape, (0.8, 0.8), 1.6, (0.8, 0.1, 0.1), 0.2, (0.95, 0.95, 0.95), symbol, (0.05, 0.05, 0.3))
    return Sign((0.0, 3.0), math.pi, 1.7, 0.03, (0.5, 0.5, 0.5), (plate,))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_board_shows_its_colours_from_the_front_and_grey_from_behind(shape: str) -> None:
    front = board(shape, "none")
    for sign, coloured in ((front, True), (replace(front, heading=0.0), False)):
        painter = draw(sign)
        picture = np.asarray(painter.picture, dtype=np.int64)[::2, ::2]
        tones = picture[shown(painter, "sign")]
        assert ((tones[:, 0] > 2 * tones[:, 1]).sum() > 30) == coloured


@pytest.mark.parametrize("symbol", sorted(set(SYMBOLS) - {"none"}))
def test_symbols_keep_within_their_board(symbol: str) -> None:
    plain, marked = draw(board("rectangle", "none")), draw(board("rectangle", symbol))
    np.testing.assert_array_equal(plain.index, marked.index)
    assert (np.asarray(plain.picture) != np.asarray(marked.picture)).any()
    assert np.abs(SYMBOLS[symbol]).max() <= 0.8


@pytest.mark.parametrize(("symbol", "side"), [("left", -1), ("right", 1)])
def test_an_arrow_points_to_its_readers_side(symbol: str, side: int) -> None:
    plain, marked = (np.asarray(draw(board("rectangle", name)).picture) for name in ("none", symbol))
    rows, columns = np.nonzero((plain != marked).any(2))
    # The head is the highest part of the arrow.
    assert (columns[rows == rows.min()].mean() - SIZE) * side > 1


def fence(style: str) -> Fence:
    for seed in range(60):
        made = random_fence(np.random.default_rng(seed), (0.0, 6.0), math.pi / 2, 5.0)
        if made.style == style:
            return made
    raise AssertionError(f"no {style} among 60 fences")


@pytest.mark.parametrize("style", STYLES)
def test_one_sees_through_pickets_and_railings_only(style: str) -> None:
    made = fence(style)
    seen = shown(draw(made), "fence")
    rows, columns = np.nonzero(seen)
    inside = seen[rows.min() + 4 : rows.max() - 3, columns.min() + 3 : columns.max() - 2]
    assert inside.all() == (style in ("wall", "boards"))
    assert 0.8 <= made.height <= 1.8


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("eye", [0.6, 2.5])
def test_a_fence_that_passes_the_camera_is_drawn_on_its_side(style: str, eye: float) -> None:
    seen = shown(draw(replace(fence(style), place=(1.5, 1.0), heading=0.0, length=9.0), eye=eye), "fence")
    assert seen[:, SIZE // 2 + 2 :].any()
    assert not seen[:, : SIZE // 2].any()


@pytest.mark.parametrize("style", STYLES)
def test_a_fence_spans_its_length_along_its_heading(style: str) -> None:
    painter = draw(fence(style))
    columns = np.flatnonzero(shown(painter, "fence").any(0))
    ends = np.array([[-2.5, 0.5, 6.0], [2.5, 0.5, 6.0]])
    left, right = painter.camera.project(painter.camera.view(ends))[:, 0]
    assert abs(columns.min() - left) < 3 and abs(columns.max() - right) < 3
