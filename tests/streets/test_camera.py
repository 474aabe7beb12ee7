"""Where things in space are seen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scumble.streets.camera import NEAR, Camera, clip_near


def camera(yaw: float = 0.0, x: float = 0.0) -> Camera:
    return Camera(width=200, height=100, x=x, eye=1.5, yaw=yaw, focal=1.0, horizon=0.4)


def test_what_is_at_eye_height_is_on_the_horizon() -> None:
    seen = camera(yaw=0.3).view(np.array([[2.0, 1.5, 10.0], [-3.0, 1.5, 80.0]]))
    assert np.allclose(camera().project(seen)[:, 1], 40.0)


def test_distance_makes_small() -> None:
    pole = np.array([[[0.0, 0, 5], [0, 2, 5]], [[0.0, 0, 10], [0, 2, 10]]])
    rows = camera().project(camera().view(pole))[..., 1]
    near, far = rows[:, 0] - rows[:, 1]
    assert near == pytest.approx(2 * far)
    assert near == pytest.approx(2 / 5 * 100)


def test_turning_right_moves_what_is_ahead_to_the_left() -> None:
    ahead = np.array([[0.0, 1.0, 10.0]])
    turned = camera(yaw=0.2)
    assert turned.project(turned.view(ahead))[0, 0] == pytest.approx(100 - 100 * math.tan(0.2))


def test_the_distance_of_the_ground_fits_the_projection() -> None:
    rows = camera().ground_distance()
    assert np.isinf(rows[:40]).all()
    point = np.array([[0.0, 0.0, rows[75]]])
    assert camera().project(camera().view(point))[0, 1] == pytest.approx(75.5)


def test_clipping_keeps_what_is_ahead() -> None:
    face = np.array([[0.0, 0, -2], [0, 0, 4], [3, 0, 4], [3, 0, -2]])
    kept = clip_near(face)
    assert kept[:, 2].min() == pytest.approx(NEAR)
    assert kept[:, 2].max() == 4
    assert len(clip_near(face - np.array([0, 0, 5]))) == 0
    assert np.array_equal(clip_near(face + np.array([0, 0, 5])), face + np.array([0, 0, 5]))


def test_what_misses_the_picture_is_not_seen() -> None:
    rng = np.random.default_rng(0)
    missed = 0
    for _ in range(300):
        view = camera(yaw=float(rng.uniform(-3, 3)))
        corners = rng.uniform([-30, 0, -30], [30, 8, 60]) + rng.uniform(-4, 4, (6, 3))
        if view.misses(corners[:, ::2], 0.0):
            missed += 1
            seen = view.view(rng.dirichlet(np.ones(6), 200) @ corners)
            x = view.project(np.where(seen[:, 2:] > NEAR, seen, [1e9, 0, 1]))[:, 0]
            assert not ((x > 0) & (x < view.width)).any()
            assert view.misses(corners[:, ::2], 0.0) or not view.misses(corners[:, ::2], 2.0)
    assert 100 < missed < 290
