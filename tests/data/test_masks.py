"""Training and evaluation masks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scumble.data.masks import (
    EVALUATION_KINDS,
    MASK_KINDS,
    EvaluationKind,
    MaskKind,
    evaluation_mask,
    extension,
    free_form,
    instance_box,
    object_box,
    one_class,
    outpainting,
    training_mask,
)

LABELS = np.array([[0, 0, 3, 3], [0, 0, 3, 3], [0, 8, 8, 3]], np.int32)
INSTANCES = np.array([[0, 0, 3, 3], [0, 0, 3, 3], [0, 8000, 8001, 3]], np.int32)
NO_THINGS = np.array([], np.int32)


def draws(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_strokes_cover_the_published_share() -> None:
    rng = draws(0)
    shares = np.array([free_form(rng, 256, 256).mean() for _ in range(3000)])
    assert abs(shares.mean() - 0.240) <= 0.01
    assert abs(np.median(shares) - 0.220) <= 0.01
    assert shares.min() > 0
    assert shares.max() < 0.8


def test_strokes_scale_with_the_picture() -> None:
    rng = draws(0)
    small = np.mean([free_form(rng, 64, 64).mean() for _ in range(500)])
    large = np.mean([free_form(rng, 256, 256).mean() for _ in range(500)])
    assert small == pytest.approx(large, abs=0.03)


def test_extension_is_the_right_half() -> None:
    mask = extension(256, 256)
    assert not mask[:, :128].any()
    assert mask[:, 128:].all()


def test_outpainting_keeps_a_window_of_half_the_size() -> None:
    rng = draws(0)
    corners = set()
    for _ in range(2000):
        kept = ~outpainting(rng, 256, 256)
        rows, columns = np.flatnonzero(kept.any(1)), np.flatnonzero(kept.any(0))
        assert kept.sum() == 128 * 128
        assert np.ptp(rows) == np.ptp(columns) == 127
        corners |= {(0, int(rows[0])), (1, int(columns[0]))}
    for axis in (0, 1):
        starts = [place for a, place in corners if a == axis]
        assert (min(starts), max(starts)) == (32, 96)


def test_the_class_mask_is_all_of_one_present_class() -> None:
    rng = draws(0)
    found = set()
    for _ in range(50):
        mask = one_class(rng, LABELS)
        (class_id,) = np.unique(LABELS[mask])
        assert np.array_equal(mask, class_id == LABELS)
        found.add(int(class_id))
    assert found == {0, 3, 8}


def test_the_instance_mask_is_the_tight_box_of_one_object() -> None:
    instances = np.zeros((20, 30), np.int32)
    instances[5, 7:12] = 8000
    instances[9:15, 3] = 8001
    boxes = {instance_box(draws(i), instances, np.array([8000, 8001])).tobytes() for i in range(20)}
    thin, tall = np.zeros((20, 30), bool), np.zeros((20, 30), bool)
    thin[5:6, 7:12] = True
    tall[9:15, 3:4] = True
    assert boxes == {thin.tobytes(), tall.tobytes()}


def test_without_objects_the_instance_mask_is_a_stroke() -> None:
    instances = np.zeros((64, 48), np.int32)
    assert np.array_equal(instance_box(draws(3), instances, NO_THINGS), free_form(draws(3), 64, 48))


def test_object_boxes_hold_a_large_object_and_a_margin() -> None:
    instances = np.zeros((80, 120), np.int32)
    instances[30:50, 40:70] = 8000
    instances[5:8, 5:9] = 8001
    tight = instances == 8000
    sizes = set()
    for seed in range(40):
        mask = object_box(draws(seed), instances, np.array([8000, 8001]))
        rows, columns = np.nonzero(mask)
        assert mask.sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        assert mask[tight].all()
        assert mask.sum() <= tight.sum() * 1.3**2
        sizes.add(int(mask.sum()))
    assert len(sizes) > 10


def test_without_a_large_object_the_object_box_is_a_stroke() -> None:
    instances = np.zeros((80, 120), np.int32)
    instances[5:8, 5:9] = 8001
    mask = object_box(draws(3), instances, np.array([8001]))
    assert np.array_equal(mask, free_form(draws(3), 80, 120))


@pytest.mark.parametrize("kind", MASK_KINDS)
def test_training_masks_follow_their_kind(kind: MaskKind) -> None:
    things = np.array([8000, 8001])
    mask = training_mask(kind, draws(1), LABELS, INSTANCES, things)
    expected: NDArray[np.bool_] = {
        "free-form": free_form(draws(1), 3, 4),
        "extension": extension(3, 4),
        "outpainting": outpainting(draws(1), 3, 4),
        "class": one_class(draws(1), LABELS),
        "instance": instance_box(draws(1), INSTANCES, things),
        "object": object_box(draws(1), INSTANCES, things),
    }[kind]
    assert mask.dtype == bool
    assert np.array_equal(mask, expected)


@given(st.sampled_from(EVALUATION_KINDS), st.integers(0, 2**40), st.integers(16, 200), st.integers(16, 200))
def test_evaluation_masks_fit_every_size_and_hide_something(
    kind: EvaluationKind, seed: int, height: int, width: int
) -> None:
    mask = evaluation_mask(kind, seed, 5, height, width)
    assert (mask.dtype, mask.shape) == (np.dtype(bool), (height, width))
    assert mask.any()


@pytest.mark.parametrize("kind", ["free-form", "box"])
def test_evaluation_masks_are_fixed_by_seed_kind_and_index(kind: EvaluationKind) -> None:
    masks = {
        (seed, index): evaluation_mask(kind, seed, index, 96, 128).tobytes()
        for seed in range(3)
        for index in range(20)
    }
    assert len(set(masks.values())) == len(masks)
    assert evaluation_mask(kind, 2, 7, 96, 128).tobytes() == masks[2, 7]


def test_evaluation_masks_stay_the_same_for_ever() -> None:
    shares = [float(evaluation_mask(kind, 0, 3, 256, 256).mean()) for kind in EVALUATION_KINDS]
    assert shares == pytest.approx([0.15999, 0.13109, 0.5], abs=1e-3)


def test_evaluation_boxes_have_a_quarter_to_half_of_each_side() -> None:
    sides = []
    for index in range(300):
        mask = evaluation_mask("box", 0, index, 96, 128)
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        assert mask.sum() == len(rows) * len(columns) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        sides.append((len(rows), len(columns)))
    low, high = np.min(sides, axis=0), np.max(sides, axis=0)
    assert (low >= (24, 32)).all()
    assert (high <= (48, 64)).all()
    assert (high - low > (20, 25)).all()
    assert np.array_equal(evaluation_mask("right-half", 0, 0, 96, 128), extension(96, 128))
