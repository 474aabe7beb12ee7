"""Painting maps of any size at the scale that the network knows."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.pipelines.maps import padded, resized, working_size
from scumble.pipelines.synthesize import synthesize
from tests.ipose_fixture import ipose, street


def test_large_maps_are_painted_at_the_scale_of_training_unless_told_otherwise() -> None:
    checkpoint, scene = ipose(), street()
    usual = synthesize(checkpoint, scene.labels, scene.instances, (0,))
    native = synthesize(checkpoint, scene.labels, scene.instances, (0,), native=True)
    assert (usual.painted_size, native.painted_size) == ((64, 82), (70, 90))
    assert usual.images[0].shape == native.images[0].shape == (70, 90, 3)
    assert not np.array_equal(usual.images[0], native.images[0])


@pytest.mark.parametrize(
    ("size", "expected"),
    [((360, 480), (256, 341)), ((256, 352), (256, 352)), ((100, 90), (100, 90)), ((5000, 300), (4267, 256))],
)
def test_maps_are_shrunk_in_proportion_and_never_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert working_size(256, *size) == expected


def test_a_map_is_resized_without_new_ids_and_padded_by_its_border() -> None:
    ids = np.arange(70 * 90, dtype=np.int32).reshape(70, 90)
    small = resized(ids, (35, 45))
    assert set(small.ravel().tolist()) <= set(ids.ravel().tolist())
    wide = padded(small)
    assert wide.shape == (64, 64)
    assert np.array_equal(wide[:35, :45], small)
    assert (wide[:35, 45:] == small[:, -1:]).all()
