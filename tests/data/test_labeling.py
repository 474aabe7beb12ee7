"""Training samples of the labeler."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from scumble.data.labeling import LabelingSamples, jitter_colours
from scumble.data.layouts import open_scenes
from tests.miniature import BUILDING, CAR, ROAD, SKY, VOID, write_camvid


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_camvid(tmp_path / "camvid", train=3)


def samples_of(root: Path, seed: int = 0, jitter: float = 0.2) -> LabelingSamples:
    return LabelingSamples(
        open_scenes(root, "train", "camvid"), size=32, smallest=48, largest=96, jitter=jitter, seed=seed
    )


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_sample_has_the_promised_types_and_no_invented_id(root: Path) -> None:
    for number in range(8):
        sample = samples_of(root)[number]
        assert {name: (value.dtype, tuple(value.shape)) for name, value in sample.items()} == {
            "image": (torch.uint8, (32, 32, 3)),
            "labels": (torch.int32, (32, 32)),
        }
        assert set(sample["labels"].flatten().tolist()) <= {SKY, BUILDING, ROAD, CAR, VOID}


def test_samples_depend_on_seed_and_number_alone(root: Path) -> None:
    forward = [samples_of(root)[i] for i in range(6)]
    samples = samples_of(root)
    assert all(map(same, forward, [samples[i] for i in reversed(range(6))][::-1]))
    other = samples_of(root, seed=1)
    assert not any(same(forward[i], other[i]) for i in range(6))
    assert not any(same(forward[i], forward[j]) for i in range(6) for j in range(i))


def test_jitter_changes_the_colours_and_not_the_map(root: Path) -> None:
    plain, changed = (samples_of(root, jitter=jitter)[1] for jitter in (0.0, 0.3))
    assert torch.equal(plain["labels"], changed["labels"])
    assert not torch.equal(plain["image"], changed["image"])


def test_jitter_is_mild_and_none_at_strength_0() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert np.array_equal(jitter_colours(image, np.random.default_rng(0), 0), image)
    grey = np.full((4, 4, 3), 100, np.uint8)
    levels = [int(jitter_colours(grey, np.random.default_rng(n), 0.2)[0, 0, 0]) for n in range(50)]
    assert len(set(levels)) > 10
    assert 79 <= min(levels) < 90
    assert 110 < max(levels) <= 121


def test_jitter_changes_contrast_and_saturation() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0] = (180, 60, 60)
    image[1] = (60, 90, 90)
    changed = [jitter_colours(image, np.random.default_rng(n), 0.3).astype(float) for n in range(20)]
    contrast = [picture[0].mean() / picture[1].mean() for picture in changed]
    saturation = [picture[0, 0, 0] / picture[0, 0, 1] for picture in changed]
    assert max(contrast) > 1.05 * min(contrast)
    assert max(saturation) > 1.2 * min(saturation)
