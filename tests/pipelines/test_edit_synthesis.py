"""Editing what was painted from a map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scumble.edit import Box, Edit, Extend, PaintPart, Remove, RemovePart, Restyle, Style
from scumble.errors import InputError
from scumble.pipelines.edit_synthesis import edit_synthesis, maps_only
from scumble.pipelines.synthesize import SynthesisSession, synthesize
from scumble.scene import UNKNOWN_PART, Scene
from tests.ipose_fixture import ipose, street


def known() -> Scene:
    """The street with parts: bodies with a wheel each."""
    scene = street()
    parts = np.where(scene.select("car"), np.int32(5), np.int32(0))
    parts[30:36, 10:18] = parts[58:62, 56:62] = 2
    return replace(scene, parts=parts)


def test_a_part_that_is_removed_changes_its_object_and_nothing_else() -> None:
    checkpoint, scene = ipose(), known()
    result = edit_synthesis(SynthesisSession(checkpoint), scene, Edit((RemovePart("car#0", 2),)), (3, 4))
    plain = synthesize(checkpoint, scene.labels, scene.instances, (3, 4), parts=scene.parts)
    inside = scene.select("car#0")
    for before, after, expected in zip(result.before.images, result.images, plain.images, strict=True):
        assert np.array_equal(before, expected)
        assert np.array_equal(after[~inside], before[~inside])
        assert not np.array_equal(after[inside], before[inside])
    assert result.parts is not None
    assert not (result.parts[inside] == 2).any()


def test_without_a_part_map_the_inferred_parts_are_edited() -> None:
    checkpoint, scene = ipose(), street()
    found = synthesize(checkpoint, scene.labels, scene.instances, (0,)).parts
    assert found is not None
    edit = Edit((PaintPart("car#1", 3, np.ones_like(scene.labels, np.bool_)),))
    result = edit_synthesis(SynthesisSession(checkpoint), scene, edit, (0,))
    inside = scene.select("car#1")
    assert result.parts is not None
    assert (result.parts[inside] == 3).all()
    assert np.array_equal(result.parts[~inside], found[~inside])


@pytest.mark.parametrize(
    "operation", [Remove("car#1"), Box(2, 42, 30, 66, "car"), Extend(0, 0, 20, 6), RemovePart("car", 2)]
)
def test_outside_the_mask_every_byte_stays(operation: Remove | Box | Extend | RemovePart) -> None:
    result = edit_synthesis(SynthesisSession(ipose()), known(), Edit((operation,)), (1,))
    height, width = result.before.images[0].shape[:2]
    kept = ~result.edited.mask[:height, :width]
    assert np.array_equal(result.images[0][:height, :width][kept], result.before.images[0][kept])
    assert result.images[0].shape[:2] == result.edited.mask.shape


def test_a_new_object_gets_the_parts_that_are_inferred_for_it() -> None:
    result = edit_synthesis(SynthesisSession(ipose()), known(), Edit((Box(2, 42, 30, 66, "car"),)), (1,))
    assert result.edited.scene.parts is not None
    assert (result.edited.scene.parts[42:66, 2:30] == UNKNOWN_PART).all()
    assert result.parts is not None
    assert result.parts.max() <= 8
    alone = synthesize(ipose(), result.edited.scene.labels, result.edited.scene.instances, (1,)).parts
    assert alone is not None
    assert np.array_equal(result.parts[42:66, 2:30], alone[42:66, 2:30])


def test_styles_are_refused() -> None:
    with pytest.raises(InputError, match="no style codes"):
        edit_synthesis(SynthesisSession(ipose()), known(), Edit((Restyle("car#0", Style("a.png")),)), (0,))


def test_maps_alone_make_a_scene() -> None:
    scene = street()
    made = maps_only(ipose(), scene.labels, scene.instances, None)
    assert np.array_equal(made.labels, scene.labels)
    with pytest.raises(InputError, match="expected the same size"):
        maps_only(ipose(), scene.labels, scene.instances[1:], None)
