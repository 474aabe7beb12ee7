"""Region maps against the dense maps that they stand for."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.regions import Refinement, RegionConv2d, RegionMap, nearest_resize


def random_regions(rows: int, channels: int, seed: int = 0) -> RegionMap:
    generator = torch.Generator().manual_seed(seed)
    index = torch.randint(rows, (2, 12, 16), generator=generator)
    return RegionMap(index, torch.randn(rows, channels, generator=generator))


def one_hot_dense(regions: RegionMap) -> Tensor:
    """The same map as a product of one-hot planes with the table."""
    planes = F.one_hot(regions.index, len(regions.table)).float()
    return torch.einsum("bhwr,rc->bchw", planes, regions.table)


@pytest.mark.parametrize(
    ("height", "width"), [(12, 16), (6, 8), (3, 4), (24, 32), (5, 7), (1, 1), (12, 8), (48, 16)]
)
def test_nearest_resize_is_that_of_torch(height: int, width: int) -> None:
    values = torch.randn(2, 3, 12, 16)
    expected = F.interpolate(values, (height, width), mode="nearest")
    assert torch.equal(nearest_resize(values, height, width), expected)


@pytest.mark.parametrize("size", [2, 4, 8, 16, 32, 64, 128, 256])
def test_nearest_resize_is_that_of_torch_at_every_size_that_a_pyramid_uses(size: int) -> None:
    values = torch.arange(256.0)[None, None, None].expand(1, 1, 256, 256)
    assert torch.equal(
        nearest_resize(values, size, size), F.interpolate(values, (size, size), mode="nearest")
    )


def test_nearest_resize_keeps_the_type_and_takes_maps_without_channels() -> None:
    index = torch.arange(12).view(1, 3, 4)
    assert torch.equal(nearest_resize(index, 1, 2), torch.tensor([[[0, 2]]]))


def test_a_region_map_is_the_dense_map_that_it_stands_for() -> None:
    regions = random_regions(5, 3)
    assert regions.channels == 3
    assert torch.allclose(regions.dense(12, 16), one_hot_dense(regions))


@pytest.mark.parametrize(("height", "width"), [(6, 8), (3, 2), (24, 32)])
def test_a_region_map_is_resized_as_its_dense_map(height: int, width: int) -> None:
    regions = random_regions(5, 3)
    expected = F.interpolate(one_hot_dense(regions), (height, width), mode="nearest")
    assert torch.allclose(regions.dense(height, width), expected)


def refined(one: RegionMap, other: RegionMap) -> RegionMap:
    """The map whose vectors are those of ``one`` followed by those of ``other``."""
    return Refinement(one.index, other)(one.table)


def test_a_refinement_concatenates_the_vectors_of_two_maps() -> None:
    one, other = random_regions(4, 3, seed=1), random_regions(6, 2, seed=2)
    both = refined(one, other)
    assert both.channels == 5
    assert torch.equal(both.dense(12, 16), torch.cat([one.dense(12, 16), other.dense(12, 16)], 1))


def test_a_refinement_has_one_row_for_every_pair_that_occurs() -> None:
    one, other = random_regions(4, 3, seed=1), random_regions(6, 2, seed=2)
    pairs = set(zip(one.index.flatten().tolist(), other.index.flatten().tolist(), strict=True))
    assert len(refined(one, other).table) == len(pairs)


def test_the_gradient_of_a_row_is_summed_over_its_pixels() -> None:
    regions = random_regions(4, 3)
    table = regions.table.clone().requires_grad_()
    weights = torch.randn(2, 3, 12, 16)
    (RegionMap(regions.index, table).dense(12, 16) * weights).sum().backward()  # type: ignore[no-untyped-call]
    assert table.grad is not None
    for row in range(4):
        pixels = (regions.index == row)[:, None]
        assert torch.allclose(table.grad[row], (weights * pixels).sum((0, 2, 3)), atol=1e-5)


def test_the_gradient_passes_through_a_refinement_to_both_tables() -> None:
    one, other = random_regions(4, 3, seed=1), random_regions(6, 2, seed=2)
    one.table.requires_grad_()
    other.table.requires_grad_()
    refined(one, other).dense(12, 16).sum().backward()  # type: ignore[no-untyped-call]
    for regions in (one, other):
        counts = torch.bincount(regions.index.flatten(), minlength=len(regions.table))
        assert regions.table.grad is not None
        assert torch.allclose(regions.table.grad, counts[:, None].float().expand_as(regions.table))


def test_a_convolution_of_regions_is_the_convolution_of_the_dense_map() -> None:
    torch.manual_seed(0)
    regions = random_regions(5, 3)
    convolution = RegionConv2d(3, 4)
    for height, width in ((12, 16), (6, 8), (3, 4)):
        dense = F.interpolate(one_hot_dense(regions), (height, width), mode="nearest")
        expected = F.conv2d(dense, convolution.weight, convolution.bias, padding=1)
        assert torch.allclose(convolution.at(regions, height, width), expected, atol=1e-6)
