"""Promises of the shapes of cars."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.streets.vehicles.car_bodies import ROOF_CROWN, STYLES, grid, on_both_sides, random_body

BEARINGS, LEVELS = np.meshgrid(np.linspace(0, 360, 73), np.linspace(0, 1, 11))


@pytest.mark.parametrize("style", STYLES)
def test_hulls_stay_within_the_measures_of_the_body(style: str) -> None:
    for seed in range(5):
        body = random_body(np.random.default_rng(seed), style)
        limit = np.array([body.width / 2, body.height, body.length / 2]) + 1e-9
        for hull in (body.lower(), body.upper()):
            points = hull.points(BEARINGS, LEVELS)
            assert (np.abs(points) <= limit).all()
        reach = np.abs(body.lower().points(BEARINGS, LEVELS)).max((0, 1))
        assert reach[[0, 2]] == pytest.approx(limit[[0, 2]], rel=0.01)
        assert body.upper().lid(np.linspace(-90, 90, 41), ROOF_CROWN)[..., 1].max() <= limit[1]


@pytest.mark.parametrize("style", STYLES)
def test_the_glasshouse_stands_on_the_lower_body_and_leans_in(style: str) -> None:
    body = random_body(np.random.default_rng(1), style)
    upper = body.upper()
    assert (np.diff(upper.widths) < 0).all()
    assert (np.diff(upper.front) < 0).all()
    assert (np.diff(upper.rear) > 0).all()
    assert upper.widths[0] < body.width / 2
    assert upper.rear[-1] < upper.front[-1]


def test_wheels_are_beneath_the_body() -> None:
    for style in STYLES:
        body = random_body(np.random.default_rng(2), style)
        front, rear = body.axles
        assert front + body.wheel < body.length / 2
        assert rear - body.wheel > -body.length / 2
        assert 2 * body.wheel < body.belt


def test_points_beside_have_the_wanted_z_and_height_and_lie_on_the_hull() -> None:
    hull = random_body(np.random.default_rng(3), "saloon").lower()
    z, y = np.array([-1.2, 0.0, 1.0]), np.array([0.4, 0.5, 0.6])
    points = hull.beside(z, y)
    assert np.allclose(points[:, 1], y)
    assert np.allclose(points[:, 2], z)
    assert (np.abs(points[:, 0] - hull.widths.max()) < 0.1).all()


def test_quadrilaterals_of_the_sides_and_the_lid_face_outward() -> None:
    hull = random_body(np.random.default_rng(3), "estate").lower()
    quads = on_both_sides(grid(np.linspace(-80, 80, 9), hull.levels))
    faces = hull.points(quads[..., 0], quads[..., 1])
    normals = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1])
    # Outward seen from above; near the sills and the belt hulls also look down and up.
    assert ((normals * faces.mean(1))[:, [0, 2]].sum(1) > 0).all()
    lid = hull.lid(np.linspace(-90, 90, 9), 0.05)
    upward = np.cross(lid[:, 2] - lid[:, 0], lid[:, 3] - lid[:, 1])[:, 1]
    assert (upward > 0).all()


def test_grid_runs_through_levels_fastest() -> None:
    quads = grid(np.array([0.0, 10.0, 20.0]), np.array([0.0, 0.5, 1.0]))
    assert quads.shape == (4, 4, 2)
    assert quads[1].tolist() == [[0, 0.5], [0, 1], [10, 1], [10, 0.5]]


def test_the_other_side_mirrors_the_right_side() -> None:
    hull = random_body(np.random.default_rng(4), "suv").lower()
    quads = on_both_sides(grid(np.array([10.0, 30.0]), np.array([0.2, 0.6])))
    right, left = hull.points(quads[..., 0], quads[..., 1])
    assert np.allclose(left[::-1], right * [-1, 1, 1])
