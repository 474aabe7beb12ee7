"""Trees and hedges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from scumble.streets.light import Light, random_light
from scumble.streets.painter import Painter
from scumble.streets.plants.trees import Hedge, Tree, random_hedge, random_tree
from tests.streets.painter_fixture import empty_painter

SIZE = 96


def draw(*plants: Tree | Hedge, light: Light | None = None) -> Painter:
    painter = empty_painter(SIZE, eye=1.6, horizon=0.6, light=light)
    for plant in plants:
        plant.draw(painter, 5000)
    return painter


def is_tree(painter: Painter) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    _, labels, _, _ = painter.maps()
    return np.asarray(labels == painter.space.index("tree"))


@pytest.mark.parametrize("seed", range(8))
def test_trees_and_hedges_show_as_the_stuff_tree_without_parts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    painter = draw(random_tree(rng, (-3.0, 14.0)), random_hedge(rng, (3.0, 10.0), 0.3, 5.0))
    _, labels, instances, parts = painter.maps()
    tree, sky = painter.space.index("tree"), painter.space.index("sky")
    assert set(np.unique(labels)) == {tree, sky}
    np.testing.assert_array_equal(instances, labels)
    assert not parts.any()


def test_the_same_seed_gives_the_same_picture_twice() -> None:
    first, second = (random_tree(np.random.default_rng(4), (0.0, 9.0)) for _ in range(2))
    hedges = [random_hedge(np.random.default_rng(4), (2.0, 7.0), 0.0, 6.0) for _ in range(2)]
    assert first == second and hedges[0] == hedges[1]
    assert draw(first, hedges[0]).picture.tobytes() == draw(second, hedges[1]).picture.tobytes()


@pytest.mark.parametrize("seed", range(12))
def test_a_tree_reaches_from_its_foot_to_about_its_height(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), (0.0, 45.0))
    painter = draw(tree)
    rows = np.flatnonzero(is_tree(painter).any(1))
    pixels = painter.camera.project(painter.camera.view(np.array([[0, 0, 45.0], [0, tree.height, 45.0]])))
    assert abs(rows.max() - pixels[0, 1]) < 2
    assert abs(rows.min() - pixels[1, 1]) < 0.12 * (pixels[0, 1] - pixels[1, 1]) + 1.5


def test_the_side_towards_the_sun_is_lighter() -> None:
    tree = replace(
        random_tree(np.random.default_rng(1), (0.0, 22.0)),
        radius=3.0,
        height=8.0,
        stem=2.0,
        outline=(0.5, 0.5),
    )
    light = replace(random_light(np.random.default_rng(0)), sun=(0.7, 0.7, 0.7), direction=(0.8, 0.6, 0.0))
    painter = draw(tree, light=light)
    tones = np.asarray(painter.picture.reduce(2), dtype=np.float64).mean(2)
    crown = is_tree(painter)
    crown[58:] = False
    left, right = crown.copy(), crown.copy()
    left[:, SIZE // 2 :] = False
    right[:, : SIZE // 2] = False
    assert tones[right].mean() > 1.15 * tones[left].mean()


def test_trees_have_many_colours() -> None:
    rng = np.random.default_rng(0)
    leaves = np.array([random_tree(rng, (0.0, 9.0)).leaves[0] for _ in range(100)])
    autumn = leaves[:, 0] > leaves[:, 1]
    assert 5 < autumn.sum() < 50
    assert (leaves > 0).all() and (leaves <= 1).all()


@pytest.mark.parametrize("place", [(0.0, -30.0), (90.0, 12.0), (-90.0, 12.0)])
def test_what_is_behind_or_beside_the_camera_draws_nothing(place: tuple[float, float]) -> None:
    rng = np.random.default_rng(0)
    assert not is_tree(draw(random_tree(rng, place), random_hedge(rng, place, 0.0, 8.0))).any()


def test_a_hedge_that_passes_the_camera_is_drawn() -> None:
    assert is_tree(draw(random_hedge(np.random.default_rng(0), (2.0, 0.0), 0.0, 30.0))).any()


def test_a_crown_half_out_of_sight_is_drawn() -> None:
    tree = replace(random_tree(np.random.default_rng(0), (6.5, 10.0)), radius=3.0, height=7.0, stem=2.0)
    assert is_tree(draw(tree))[:, -8:].any()


@pytest.mark.parametrize("seed", range(6))
def test_the_shadow_encloses_the_trunk(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), (2.0, 9.0))
    footprint, height = tree.shadow
    assert height == tree.height
    angle = np.linspace(0, 2 * np.pi, 9)
    trunk = np.array(tree.place) + tree.trunk * np.stack([np.cos(angle), np.sin(angle)], 1)
    assert ConvexHull(np.concatenate([footprint, trunk])).area == pytest.approx(ConvexHull(footprint).area)


def test_a_hedge_stands_along_its_heading() -> None:
    hedge = random_hedge(np.random.default_rng(0), (1.0, 20.0), np.pi / 2, 6.0)
    footprint, height = hedge.shadow
    assert height == hedge.height
    np.testing.assert_allclose(np.ptp(footprint, axis=0), [6.0, hedge.width])
    columns = np.flatnonzero(is_tree(draw(hedge)).any(0))
    ends = np.array([[-2, 0.5, 20.0], [4, 0.5, 20.0]])
    camera = draw().camera
    left, right = camera.project(camera.view(ends))[:, 0]
    assert abs(columns.min() - left) < 3 and abs(columns.max() - right) < 3
