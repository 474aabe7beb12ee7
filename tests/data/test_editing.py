"""Training samples of the editing systems."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from scumble.data.editing import EditingSamples, SceneCache
from scumble.data.layouts import open_scenes
from scumble.data.masks import MASK_KINDS, MaskKind
from scumble.label_space import LabelSpace
from scumble.scene import Scene
from tests.miniature import BUILDING, CAR, ROAD, SKY, VOID, write_camvid

CAMVID = LabelSpace.load("camvid")


class Numbered:
    """Scenes whose picture holds their own number; counts how often each was read."""

    def __init__(self, count: int) -> None:
        self.label_space = CAMVID
        self.reads = [0] * count

    def __len__(self) -> int:
        return len(self.reads)

    def __getitem__(self, index: int) -> Scene:
        """One scene."""
        self.reads[index] += 1
        labels = np.zeros((40, 50), np.int32)
        return Scene(np.full((40, 50, 3), index, np.uint8), labels, labels, CAMVID)


def samples_of(root: Path, seed: int = 0, masks: tuple[MaskKind, ...] = MASK_KINDS) -> EditingSamples:
    return EditingSamples(
        open_scenes(root, "train", "camvid"), size=32, smallest=48, largest=96, masks=masks, seed=seed
    )


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_camvid(tmp_path / "camvid", train=3)


def test_a_sample_has_the_promised_types_and_no_invented_id(root: Path) -> None:
    samples = samples_of(root)
    for number in range(12):
        sample = samples[number]
        assert {name: (value.dtype, tuple(value.shape)) for name, value in sample.items()} == {
            "image": (torch.uint8, (32, 32, 3)),
            "labels": (torch.int32, (32, 32)),
            "instances": (torch.int32, (32, 32)),
            "mask": (torch.bool, (32, 32)),
        }
        assert set(sample["labels"].flatten().tolist()) <= {SKY, BUILDING, ROAD, CAR, VOID}
        things = sample["instances"] >= 1000
        assert torch.equal(things, sample["labels"] == CAR)
        assert torch.equal(sample["instances"][~things], sample["labels"][~things])


def test_a_sample_is_the_same_in_any_order(root: Path) -> None:
    forward = [samples_of(root)[i] for i in range(8)]
    samples = samples_of(root)
    backward = [samples[i] for i in reversed(range(8))][::-1]
    assert all(map(same, forward, backward))


@pytest.mark.parametrize("workers", [1, 2])
def test_samples_do_not_depend_on_workers(root: Path, workers: int) -> None:
    samples = samples_of(root)
    loader = DataLoader(samples, batch_size=2, sampler=range(8), num_workers=workers)
    stacked = torch.utils.data.default_collate([samples[i] for i in range(8)])
    batches = list(loader)
    assert len(batches) == 4
    assert same(stacked, {name: torch.cat([b[name] for b in batches]) for name in stacked})


def test_samples_depend_on_the_seed_and_differ(root: Path) -> None:
    first, second = samples_of(root, seed=1), samples_of(root, seed=2)
    assert not any(same(first[i], second[i]) for i in range(6))
    assert not any(same(first[i], first[j]) for i in range(6) for j in range(i))


def test_every_picture_comes_once_in_a_pass_in_changing_order() -> None:
    samples = EditingSamples(Numbered(7), size=8, smallest=8, masks=("extension",), seed=0)
    passes = [[int(samples[7 * p + i]["image"][0, 0, 0]) for i in range(7)] for p in range(6)]
    assert all(sorted(order) == list(range(7)) for order in passes)
    assert len(set(map(tuple, passes))) == 6


def test_every_sample_has_draws_of_its_own() -> None:
    samples = EditingSamples(Numbered(5), size=32, smallest=8, masks=("free-form",), seed=0)
    assert len({samples[i]["mask"].numpy().tobytes() for i in range(20)}) == 20


def test_only_the_wanted_kinds_of_masks_are_drawn(root: Path) -> None:
    samples = samples_of(root, masks=("extension", "class"))
    halves = 0
    for number in range(40):
        sample = samples[number]
        if bool((sample["mask"] == (torch.arange(32) >= 16)).all()):
            halves += 1
        else:
            (class_id,) = set(sample["labels"][sample["mask"]].tolist())
            assert torch.equal(sample["mask"], sample["labels"] == class_id)
    assert 10 < halves < 30


def test_instance_masks_hide_objects_only(root: Path) -> None:
    samples = samples_of(root, masks=("instance",))
    boxes = 0
    for number in range(20):
        sample = samples[number]
        car = sample["labels"] == CAR
        if bool(car.any()):
            boxes += 1
            rows, columns = torch.nonzero(car).unbind(1)
            box = torch.zeros(32, 32, dtype=torch.bool)
            box[int(rows.min()) : int(rows.max()) + 1, int(columns.min()) : int(columns.max()) + 1] = True
            assert torch.equal(sample["mask"], box)
        else:
            assert sample["mask"].any()
    assert boxes > 5


def test_a_cache_reads_every_scene_once() -> None:
    scenes = Numbered(3)
    cache = SceneCache(scenes)
    assert (len(cache), cache.label_space) == (3, CAMVID)
    for index in (2, 0, 2, 2, 0):
        assert cache[index].image[0, 0, 0] == index
    assert scenes.reads == [1, 0, 1]


def test_a_cache_keeps_the_first_scenes_for_which_there_is_room() -> None:
    scenes = Numbered(3)
    whole = scenes[0]
    room = 2 * (whole.image.nbytes + whole.labels.nbytes + whole.instances.nbytes)
    scenes.reads = [0, 0, 0]
    cache = SceneCache(scenes, most=room)
    for index in (2, 0, 1, 0, 1, 2):
        assert cache[index].image[0, 0, 0] == index
    assert scenes.reads == [1, 2, 1]
