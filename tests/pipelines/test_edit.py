"""What editing a photograph promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scumble.edit import Box, Edit, Extend, FreeMask, Remove, Restyle
from scumble.errors import CheckpointError, LabelError
from scumble.pipelines.edit import edit_scene
from tests.editing_fixture import scene, untrained

CAR = Edit((Box(40, 70, 100, 110, class_name="car"),))


def test_pixels_outside_the_mask_keep_their_bytes_at_any_size() -> None:
    checkpoint = untrained()
    for number, (width, height) in enumerate([(1, 1), (31, 200), (160, 128), (257, 301)]):
        drawn = scene(width, height)
        rng = np.random.default_rng(number)
        mask = rng.random((height, width)) < 0.3
        mask[0, 0] = True
        result = edit_scene(checkpoint, drawn, Edit((FreeMask(mask),)))
        image = result.samples[0].image
        assert image.shape == drawn.image.shape
        assert (image[~mask] == drawn.image[~mask]).all()


def test_a_mask_that_covers_everything_works() -> None:
    drawn = scene()
    result = edit_scene(untrained(), drawn, Edit((FreeMask(np.ones((128, 160), dtype=bool)),)))
    assert result.samples[0].image.shape == (128, 160, 3)


def test_seeds_give_different_pictures_where_a_style_is_drawn() -> None:
    samples = edit_scene(untrained(), scene(), CAR, range(6)).samples
    assert len({sample.image.tobytes() for sample in samples}) > 1


def test_a_seed_gives_the_same_bytes_alone_and_among_others() -> None:
    together = edit_scene(untrained(), scene(), CAR, (1, 2, 3)).samples[2]
    alone = edit_scene(untrained(), scene(), CAR, (3,)).samples[0]
    assert (together.image == alone.image).all()


def test_sources_of_style_are_named() -> None:
    result = edit_scene(untrained(), scene(), CAR)
    sources = {style.class_name: style.source for style in result.styles}
    assert sources["sky"] == "visible"
    assert "bank" in {s.source for s in result.styles if s.class_name == "car"}


def test_equal_samples_are_announced() -> None:
    mask = np.zeros((128, 160), dtype=bool)
    mask[0:4, 0:4] = True
    result = edit_scene(untrained(), scene(), Edit((FreeMask(mask),)), (1, 2))
    assert any("same picture" in warning for warning in result.warnings)
    assert (result.samples[0].image == result.samples[1].image).all()


def test_removal_leaves_no_car_in_the_maps() -> None:
    result = edit_scene(untrained(), scene(), Edit((Remove("car"),)))
    assert not (result.edited.scene.labels == 8).any()


def test_restyling_masks_exactly_the_object() -> None:
    drawn = scene()
    result = edit_scene(untrained(), drawn, Edit((Restyle("car#0"),)))
    assert (result.edited.mask == drawn.select("car#0")).all()


def test_extension_keeps_the_photograph_inside_the_larger_picture() -> None:
    drawn = scene()
    image = edit_scene(untrained(), drawn, Edit((Extend(0, 0, 40, 0),))).samples[0].image
    assert image.shape == (128, 200, 3)
    assert (image[:, :160] == drawn.image).all()


def test_another_label_space_is_refused() -> None:
    checkpoint = untrained()
    other = replace(checkpoint.label_space, name="mine")
    with pytest.raises(LabelError, match="'mine'"):
        edit_scene(replace(checkpoint, label_space=other), scene(), CAR)


def test_a_checkpoint_without_its_bank_is_refused() -> None:
    with pytest.raises(CheckpointError, match="style bank"):
        edit_scene(replace(untrained(), bank=None), scene(), CAR)
