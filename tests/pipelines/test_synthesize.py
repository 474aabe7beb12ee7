"""Painting maps of any size at the scale that the network knows."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.pipelines.maps import padded, resized, working_size
from scumble.pipelines.synthesize import Synthesis, SynthesisSession, synthesize
from tests.ipose_fixture import ipose, street


def test_large_maps_are_painted_at_the_scale_of_training_unless_told_otherwise() -> None:
    checkpoint, scene = ipose(), street()
    usual = synthesize(checkpoint, scene.labels, scene.instances, (0,))
    native = synthesize(checkpoint, scene.labels, scene.instances, (0,), native=True)
    assert (usual.painted_size, native.painted_size) == ((64, 82), (70, 90))
    assert usual.images[0].shape == native.images[0].shape == (70, 90, 3)
    assert not np.array_equal(usual.images[0], native.images[0])


def test_a_session_paints_as_once_alone_and_keeps_the_last_two_maps() -> None:
    scene, session, painted = street(), SynthesisSession(ipose()), 0
    session.network.register_forward_hook(lambda *_: painting())

    def painting() -> None:
        nonlocal painted
        painted += 1

    def paint(cars: int, seed: int) -> Synthesis:
        scene = street(cars=cars)
        return session(scene.labels, scene.instances, (seed,))

    two, one = paint(2, 0), paint(1, 0)
    assert painted == 2
    assert paint(2, 0) is two
    assert paint(1, 0) is one
    assert painted == 2
    assert not np.array_equal(paint(2, 1).images[0], two.images[0])
    assert paint(2, 0) is not two
    assert painted == 4
    again = synthesize(ipose(), scene.labels, scene.instances, (0,))
    assert np.array_equal(paint(2, 0).images[0], again.images[0])


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
