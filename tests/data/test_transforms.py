"""Crops, resizes and flips."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.data.transforms import Window, random_window, resize_image, resize_map
from scumble.label_space import LabelSpace
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")
SIZES = st.integers(1, 40)
MAPS = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20), elements=st.integers(0, 9000)
)


def places_scene(height: int, width: int) -> Scene:
    """A scene whose instance id is the number of the pixel, and whose picture holds its place."""
    y, x = np.mgrid[:height, :width]
    image = np.stack([x, y, (x + y) // 2], axis=2).astype(np.uint8)
    return Scene(image, ((x + y) % 12).astype(np.int32), (y * width + x).astype(np.int32), CAMVID)


@given(MAPS, SIZES, SIZES)
def test_resizing_a_map_invents_no_id(values: NDArray[np.int32], width: int, height: int) -> None:
    resized = resize_map(values, width, height)
    assert (resized.shape, resized.dtype) == ((height, width), values.dtype)
    assert np.isin(resized, values).all()


def test_resizing_a_map_takes_the_value_at_the_centre() -> None:
    values = np.arange(16, dtype=np.int32).reshape(4, 4)
    assert resize_map(values, 2, 2).tolist() == [[5, 7], [13, 15]]
    assert np.array_equal(resize_map(resize_map(values, 12, 12), 4, 4), values)
    assert np.array_equal(resize_map(values, 8, 8), values.repeat(2, 0).repeat(2, 1))


def test_shrinking_a_picture_averages_and_keeps_the_place() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(resize_image(stripes, 16, 16)[:, 2:-2].astype(int) - 100).max() <= 4
    ramp = np.broadcast_to(np.arange(0, 256, 4, dtype=np.uint8)[None, :, None], (64, 64, 3))
    shrunk = resize_image(np.ascontiguousarray(ramp), 16, 8)
    assert shrunk.shape == (8, 16, 3)
    assert shrunk[4, 2:-2, 0].tolist() == [16 * i + 6 for i in range(2, 14)]


def test_picture_and_maps_are_mirrored_together() -> None:
    scene = places_scene(5, 7)
    flipped = Window(scene.image, scene.labels, scene.instances).flipped()
    assert np.array_equal(flipped.image[2, 1], scene.image[2, 5])
    assert (flipped.labels[2, 1], flipped.instances[2, 1]) == (scene.labels[2, 5], scene.instances[2, 5])
    assert np.array_equal(flipped.flipped().image, scene.image)


@given(
    st.integers(8, 60),
    st.integers(8, 60),
    st.integers(1, 48),
    st.integers(1, 80),
    st.none() | st.integers(1, 80),
    st.integers(0, 9),
)
def test_a_window_is_a_square_inside_the_scene(
    height: int, width: int, size: int, smallest: int, largest: int | None, seed: int
) -> None:
    scene = places_scene(height, width)
    window = random_window(scene, np.random.default_rng(seed), size, smallest, largest=largest)
    assert window.image.shape == (size, size, 3)
    assert window.labels.shape == window.instances.shape == (size, size)
    y, x = np.divmod(window.instances, width)
    # Every pixel of the maps is one of the scene, and both maps are of the same place.
    assert np.array_equal((x + y) % 12, window.labels)
    assert (np.ptp(x, axis=0) == 0).all()
    assert (np.ptp(y, axis=1) == 0).all()
    side = max(np.ptp(x), np.ptp(y)) + 1
    assert side <= min(height, width, largest or width)


def test_windows_have_all_sides_and_places_and_half_are_mirrored() -> None:
    scene = places_scene(40, 60)
    rng = np.random.default_rng(0)
    sides, lefts, mirrored = set(), set(), 0
    for _ in range(400):
        window = random_window(scene, rng, 40, 20, largest=30)
        columns = window.instances[0] % 60
        sides.add(int(np.ptp(columns)) + 1)
        lefts.add(int(columns.min()))
        mirrored += bool(columns[0] > columns[-1])
    assert (min(sides), max(sides)) == (20, 30)
    assert (min(lefts), max(lefts)) == (0, 40)
    assert 150 < mirrored < 250


def test_a_window_of_its_own_size_is_cut_unchanged() -> None:
    scene = places_scene(50, 70)
    window = random_window(scene, np.random.default_rng(1), 32, 32, largest=32)
    y, x = np.divmod(window.instances, 70)
    assert np.array_equal(window.image[..., 0], x)
    assert np.array_equal(window.image[..., 1], y)
