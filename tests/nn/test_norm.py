"""Instance norm against that of torch."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from scumble.nn.norm import instance_norm


@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (2, 3, 5, 7), (3, 8, 16, 16)])
def test_it_is_the_instance_norm_of_torch(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 3 + 2
    assert torch.allclose(instance_norm(x), F.instance_norm(x), atol=1e-5)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_what_may_be_overwritten_is_normalised_as_exactly(layout: torch.memory_format) -> None:
    x = torch.randn(2, 3, 19, 64, generator=torch.Generator().manual_seed(0)) * 3 + 30
    exact = F.instance_norm(x.double()).float()
    x = x.to(memory_format=layout)
    assert torch.allclose(instance_norm(x, overwrite=True), exact, atol=2e-5)
    with torch.no_grad():
        kept = x.clone()
        assert torch.allclose(instance_norm(x), exact, atol=2e-5)
        assert torch.equal(x, kept)
        assert instance_norm(x, overwrite=True) is x
        assert torch.allclose(x, exact, atol=2e-5)


def test_its_gradient_is_that_of_torch() -> None:
    x = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))
    weights = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(1))
    gradients = []
    for norm in (instance_norm, F.instance_norm):
        leaf = x.clone().requires_grad_()
        (norm(leaf) * weights).sum().backward()  # type: ignore[no-untyped-call]
        gradients.append(leaf.grad)
    assert gradients[0] is not None and gradients[1] is not None
    assert torch.allclose(gradients[0], gradients[1], atol=1e-5)


def test_a_constant_channel_becomes_zero() -> None:
    assert torch.equal(instance_norm(torch.full((1, 1, 4, 4), 0.5)), torch.zeros(1, 1, 4, 4))


def test_it_keeps_type_and_memory_format() -> None:
    x = torch.randn(2, 3, 4, 4).to(torch.bfloat16, memory_format=torch.channels_last)
    y = instance_norm(x)
    assert y.dtype == torch.bfloat16
    assert y.is_contiguous(memory_format=torch.channels_last)
