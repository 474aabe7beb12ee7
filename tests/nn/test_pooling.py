"""Means over instances against a plain loop."""

from __future__ import annotations

import pytest
import torch

from scumble.nn.pooling import find_instances


def random_ids(seed: int) -> torch.Tensor:
    """Two pictures that share ids, some of them large."""
    generator = torch.Generator().manual_seed(seed)
    names = torch.tensor([0, 3, 121, 26001, 2**31 - 1])
    return names[torch.randint(len(names), (2, 9, 7), generator=generator)]


@pytest.mark.parametrize("seed", range(4))
def test_instances_are_numbered_by_picture_and_then_by_id(seed: int) -> None:
    ids = random_ids(seed)
    instances = find_instances(ids)
    expected = [(b, k) for b in range(2) for k in sorted(set(ids[b].flatten().tolist()))]
    assert list(zip(instances.picture.tolist(), instances.id.tolist(), strict=True)) == expected
    assert len(instances) == len(expected)
    assert torch.equal(instances.id[instances.index], ids)
    for number, (b, k) in enumerate(expected):
        assert instances.area[number] == (ids[b] == k).sum()


def test_the_same_id_in_two_pictures_is_two_instances() -> None:
    ids = torch.full((2, 4, 4), 7)
    features = torch.stack([torch.zeros(1, 4, 4), torch.ones(1, 4, 4)])
    assert find_instances(ids).mean(features).flatten().tolist() == [0.0, 1.0]


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_is_that_of_a_loop_over_instances(seed: int) -> None:
    ids = random_ids(seed)
    features = torch.randn(2, 5, 9, 7, generator=torch.Generator().manual_seed(seed))
    instances = find_instances(ids)
    means = instances.mean(features)
    for number in range(len(instances)):
        pixels = ids[instances.picture[number]] == instances.id[number]
        expected = features[instances.picture[number], :, pixels].mean(1)
        assert torch.allclose(means[number], expected, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_a_weighted_mean_is_over_the_weighted_pixels_alone(seed: int) -> None:
    ids = random_ids(seed)
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(2, 5, 9, 7, generator=generator)
    weight = (torch.rand(2, 1, 9, 7, generator=generator) > 0.5).float()
    instances = find_instances(ids)
    means = instances.mean(features, weight)
    for number in range(len(instances)):
        b = instances.picture[number]
        pixels = (ids[b] == instances.id[number]) & (weight[b, 0] > 0)
        expected = features[b, :, pixels].mean(1) if pixels.any() else torch.zeros(5)
        assert torch.allclose(means[number], expected, atol=1e-6)


def test_the_mean_is_taken_in_float32_of_half_precision_features() -> None:
    features = torch.ones(1, 1, 64, 64, dtype=torch.bfloat16)  # 4096 ones: a bfloat16 sum stops at 256
    means = find_instances(torch.zeros(1, 64, 64, dtype=torch.int64)).mean(features)
    assert means.dtype == torch.float32
    assert means.item() == 1.0


def test_the_mean_passes_each_pixel_its_share_of_the_gradient() -> None:
    ids = torch.tensor([[[1, 1, 2]]])
    features = torch.zeros(1, 1, 1, 3, requires_grad=True)
    find_instances(ids).mean(features).sum().backward()  # type: ignore[no-untyped-call]
    assert features.grad is not None
    assert features.grad.flatten().tolist() == [0.5, 0.5, 1.0]


def test_the_majority_is_the_most_frequent_label_of_each_instance() -> None:
    ids = torch.tensor([[[1, 1, 1, 2]], [[1, 1, 5, 5]]])
    labels = torch.tensor([[[4, 0, 4, 3]], [[2, 2, 1, 1]]])
    assert find_instances(ids).majority(labels, 5).tolist() == [4, 3, 2, 1]
