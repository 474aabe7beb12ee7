"""Convolutions on distinct neighbourhoods against dense ones, values and gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.nn.neighbourhoods import neighbourhoods
from scumble.nn.regions import RegionConv2d, RegionMap, branch, most_neighbourhoods
from scumble.streets import Streets

_ROWS, _CHANNELS, _HIDDEN, _OUT = 7, 5, 6, 8


def stripes(size: int) -> Tensor:
    return (torch.arange(size) % 2).expand(1, size, size)


def street_maps() -> list[Tensor]:
    scenes = Streets("train", 4, 88, 64)
    return [torch.from_numpy(np.array(scenes[i].labels, dtype=np.int64))[None] % _ROWS for i in range(4)]


def patches(seed: int) -> Tensor:
    """Rectangles over each other, two pictures."""
    rng = np.random.default_rng(seed)
    index = np.zeros((2, *rng.integers(1, 24, 2)), np.int64)
    for _ in range(rng.integers(8)):
        picture, top, left = (rng.integers(side) for side in index.shape)
        height, width = rng.integers(1, 12, 2)
        index[picture, top : top + height, left : left + width] = rng.integers(_ROWS)
    return torch.from_numpy(index)


def noise(seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(_ROWS, (1, 9, 13), generator=generator)


MAPS = {
    "one class": torch.full((2, 6, 9), 3),
    "one pixel": torch.zeros(1, 1, 1, dtype=torch.long),
    "one row": torch.arange(_ROWS).view(1, 1, -1),
    "stripes": stripes(12),
    "stripes across": stripes(12).transpose(1, 2),
    "chequers": (stripes(8) + stripes(8).transpose(1, 2)) % 2,
    **{f"street {i}": labels for i, labels in enumerate(street_maps())},
    **{f"patches {seed}": patches(seed) for seed in range(150)},
    **{f"noise {seed}": noise(seed) for seed in range(50)},
}


class Branch(nn.Module):
    """Both convolutions of SPADE in float64, so that only a wrong sum shows."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.hidden = RegionConv2d(_CHANNELS, _HIDDEN)
        self.heads = nn.Conv2d(_HIDDEN, _OUT, 3, padding=1)
        self.table = nn.Parameter(torch.randn(_ROWS, _CHANNELS))
        self.double()

    def forward(self, index: Tensor, share: float, *, wide: bool = True) -> Tensor:
        size = index.shape[-2:]
        with most_neighbourhoods(share):
            condition = RegionMap(index, self.table)
            assert (condition.near(*size) is not None) == bool(share)
            if wide:
                assert self.heads.bias is not None
                heads = self.heads.weight, self.heads.bias
                return torch.cat(branch(self.hidden, *heads, condition, *size).maps(2), 1)
            return self.hidden.at(condition, *size)


@pytest.mark.parametrize("wide", [False, True])
def test_neighbourhoods_give_what_the_dense_map_gives_forward_and_backward(wide: bool) -> None:
    network = Branch()
    parameters = list(network.parameters()) if wide else [network.table, *network.hidden.parameters()]
    for name, index in MAPS.items():
        dense, fast = (network(index, share, wide=wide) for share in (0.0, 1.0))
        assert torch.allclose(fast, dense, rtol=1e-10, atol=1e-12), name
        wanted = torch.randn_like(dense)
        for mine, its in zip(
            torch.autograd.grad(fast, parameters, wanted),
            torch.autograd.grad(dense, parameters, wanted),
            strict=True,
        ):
            assert torch.allclose(mine, its, rtol=1e-10, atol=1e-10), name


def test_every_neighbourhood_is_found_once() -> None:
    index = stripes(6)
    found = neighbourhoods(index, 2)
    assert found is not None
    windows = F.unfold(F.pad(index[:, None].double(), (1, 1, 1, 1), value=2), 3)[0].t()
    assert len(found) == len({tuple(row) for row in windows.tolist()})
    for number in range(len(found)):
        alike = windows[(found.index == number).flatten()]
        assert bool((alike == alike[0]).all())


def test_rows_are_spread_in_channels_last_memory() -> None:
    found = neighbourhoods(patches(3), _ROWS)
    assert found is not None
    values = torch.randn(len(found), 4)
    spread = found.spread(values)
    assert torch.equal(spread, values[found.index].permute(0, 3, 1, 2))
    assert spread.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_picture_is_modulated_in_bands_as_in_one(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scumble.nn.neighbourhoods._AT_ONCE", 100)
    torch.manual_seed(0)
    hidden, heads = RegionConv2d(_CHANNELS, _HIDDEN), RegionConv2d(_HIDDEN, _OUT)
    assert heads.bias is not None
    for name in ("patches 3", "street 0", "one pixel", "noise 2"):
        index = MAPS[name]
        size, table = index.shape[-2:], torch.randn(_ROWS, _CHANNELS)
        x = torch.randn(len(index), _OUT // 2, *size)
        with most_neighbourhoods(share):
            modulation = branch(hidden, heads.weight, heads.bias, RegionMap(index, table), *size)
            recorded = modulation.modulate(x)
            scale, shift = modulation.maps(2)
            assert torch.allclose(recorded, x * scale + shift, atol=1e-6), name
            with torch.no_grad():
                assert torch.allclose(modulation.modulate(x), recorded, atol=1e-6), name


def test_weights_that_lie_by_tap_are_the_same() -> None:
    convolution, x = RegionConv2d(3, 4), torch.randn(1, 3, 5, 6)
    expected, before = convolution(x), convolution.weight.clone()
    convolution.prepare_for_inference()
    assert torch.equal(convolution.weight, before)
    assert convolution.weight.permute(2, 3, 0, 1).is_contiguous()
    torch.testing.assert_close(convolution(x), expected)


def test_maps_with_too_many_neighbourhoods_take_the_dense_way() -> None:
    busy = RegionMap(torch.arange(64).view(1, 8, 8), torch.eye(64))
    calm = RegionMap(torch.zeros(1, 32, 32, dtype=torch.long), torch.eye(64))
    assert busy.near(8, 8) is None and busy.wide(8, 8) is None
    assert calm.near(32, 32) is not None and calm.wide(32, 32) is not None
    assert calm.wide(32, 32) is calm.wide(32, 32)


def test_maps_of_too_many_ids_take_the_dense_way() -> None:
    assert neighbourhoods(torch.zeros(1, 2, 2, dtype=torch.long), 2**21) is None
