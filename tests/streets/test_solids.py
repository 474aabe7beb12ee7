"""Faces of rods and boxes."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.streets.camera import Camera, FloatArray
from scumble.streets.solids import boxes, pixels_across, rods, visible

CAMERA = Camera(64, 64, 0.0, 1.5, 0.0, 1.0, 0.5)


def outwards(faces: FloatArray, middle: FloatArray) -> FloatArray:
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    return np.asarray(((faces.mean(1) - middle) * normal).sum(1))


@pytest.mark.parametrize("end", [(0, 3, 0), (2, 0, 0), (0, 0, -2), (1, -1, 2)])
def test_faces_of_a_rod_look_outwards_and_keep_its_radii(end: tuple[float, float, float]) -> None:
    start, stop = np.zeros((1, 3)), np.array([end], dtype=np.float64)
    faces = rods(start, stop, np.array([[0.3, 0.2]]), sides=5)
    assert faces.shape == (5, 4, 3)
    assert (outwards(faces, stop[0] / 2) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(faces[:, :2], axis=-1), 0.3)
    np.testing.assert_allclose(np.linalg.norm(faces[:, 2:] - stop[0], axis=-1), 0.2)


def test_faces_of_boxes_look_outwards_and_come_in_their_order() -> None:
    low, high = np.array([[0, 0, 5], [1, 1, 8.0]]), np.array([[1, 2, 6], [2, 4, 9.0]])
    faces = boxes(low, high)
    assert faces.shape == (12, 4, 3)
    for i in range(2):
        own = faces[6 * i : 6 * i + 6]
        assert (outwards(own, (low[i] + high[i]) / 2) > 0).all()
        np.testing.assert_allclose(own[:2].mean(1)[:, 2], [low[i, 2], high[i, 2]])
        np.testing.assert_allclose(own[2:4].mean(1)[:, 0], [low[i, 0], high[i, 0]])
        np.testing.assert_allclose(own[4:].mean(1)[:, 1], [low[i, 1], high[i, 1]])


def test_only_the_faces_towards_the_camera_are_seen_and_far_ones_come_first() -> None:
    faces = boxes(np.array([[1, 0, 5], [1, 0, 20.0]]), np.array([[2, 1, 6], [2, 1, 21.0]]))
    # The front, the left side and the top of each box.
    assert set(visible(faces, CAMERA)) == {0, 2, 5, 6, 8, 11}
    assert set(visible(faces, CAMERA)[:3]) == {6, 8, 11}


def test_pixels_across_fall_with_distance_and_are_none_out_of_sight() -> None:
    assert pixels_across(CAMERA, (0.0, 16.0), 2.0) == pytest.approx(64 * 2 / 16)
    assert pixels_across(CAMERA, (0.0, -3.0), 2.0) is None
    # At 16 m the picture is 16 m wide.
    assert pixels_across(CAMERA, (9.0, 16.0), 2.0) is not None
    assert pixels_across(CAMERA, (12.0, 16.0), 2.0) is None
    assert pixels_across(CAMERA, (0.0, -3.0), 5.0) is not None
