"""The cross-attention of PartNet."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.models.partnet.attention import CrossAttention, QuickGELU
from tests.models.synthesis_fixture import noise, settled

WIDTH = 6
OWN = torch.arange(2)
"""Every row looks at outlines and masks of its own."""


def maps(*, supports: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    """Two rows of 4x4 tokens, and the outlines and masks of their supports."""
    return (
        noise(2, WIDTH, 4, 4),
        noise(2, supports, WIDTH, 4, 4, seed=1),
        noise(2, supports, WIDTH, 4, 4, seed=2),
    )


@pytest.mark.parametrize("supports", [1, 3])
@torch.no_grad()
def test_a_pixel_takes_the_masks_where_outlines_look_like_it(supports: int) -> None:
    """The layer against scaled dot products of one head, written out pixel by pixel (section 2.2)."""
    layer = settled(CrossAttention(WIDTH))
    query, shapes, masks = maps(supports=supports)
    inner, out = layer.attention, layer.attention.out_proj
    for row in range(2):
        stacked = inner.in_proj_weight.chunk(3)
        biases = inner.in_proj_bias.chunk(3)
        # All pixels of all supports in the order of the supports, row by row.
        lined = [m[row].permute(0, 2, 3, 1).reshape(-1, WIDTH) for m in (shapes, masks)]
        given = [query[row].permute(1, 2, 0).reshape(-1, WIDTH), *lined]
        first = (layer.query, layer.key, layer.value)
        q, k, v = (
            F.linear(F.linear(tokens, conv.weight[:, :, 0, 0], conv.bias), weight, bias)
            for tokens, conv, weight, bias in zip(given, first, stacked, biases, strict=True)
        )
        attended = F.linear((q @ k.T / WIDTH**0.5).softmax(1) @ v, out.weight, out.bias)
        norm, mlp_norm = layer.attended_norm, layer.norm
        tokens = given[0] + F.layer_norm(attended, (WIDTH,), norm.weight, norm.bias)
        tokens = tokens + layer.mlp(F.layer_norm(tokens, (WIDTH,), mlp_norm.weight, mlp_norm.bias))
        expected = tokens.T.reshape(WIDTH, 4, 4)
        torch.testing.assert_close(
            layer(query, *layer.project(shapes, masks), OWN, OWN)[row], expected, atol=1e-5, rtol=1e-4
        )


@torch.no_grad()
def test_the_order_of_the_supports_does_not_matter_but_which_mask_belongs_to_which_outline() -> None:
    layer = settled(CrossAttention(WIDTH))
    query, shapes, masks = maps()
    found = layer(query, *layer.project(shapes, masks), OWN, OWN)
    torch.testing.assert_close(
        layer(query, *layer.project(shapes.flip(1), masks.flip(1)), OWN, OWN), found, atol=1e-5, rtol=1e-4
    )
    assert not torch.allclose(layer(query, *layer.project(shapes, masks.flip(1)), OWN, OWN), found, atol=1e-3)


@torch.no_grad()
def test_a_row_sees_its_own_supports_alone() -> None:
    layer = settled(CrossAttention(WIDTH))
    query, shapes, masks = maps()
    found = layer(query, *layer.project(shapes, masks), OWN, OWN)
    alone = layer(query[1:], *layer.project(shapes[1:], masks[1:]), OWN[:1], OWN[:1])
    torch.testing.assert_close(alone, found[1:], atol=1e-6, rtol=1e-5)


@torch.no_grad()
def test_rows_may_share_outlines_and_masks() -> None:
    layer = settled(CrossAttention(WIDTH))
    query, shapes, masks = maps()
    category, part = torch.tensor([1, 1]), torch.tensor([0, 1])
    shared = layer(query, *layer.project(shapes, masks), category, part)
    copied = layer(query, *layer.project(shapes[category], masks[part]), OWN, OWN)
    torch.testing.assert_close(shared, copied, atol=1e-6, rtol=1e-5)


def test_neighbours_that_ask_together_learn_what_they_learn_alone() -> None:
    """Before a layer is prepared for inference, and afterwards."""
    layer = settled(CrossAttention(WIDTH))
    _, shapes, masks = maps()
    rows = noise(6, WIDTH, 4, 4, seed=3)
    category, part = torch.tensor([0, 0, 1, 1, 1, 0]), torch.tensor([0, 0, 0, 1, 1, 0])
    keys, values = layer.project(shapes, masks)
    together = layer(rows, keys, values, category, part)
    with torch.no_grad():
        layer.prepare_for_inference()
        alone = [
            layer(rows[i : i + 1], keys, values, category[i : i + 1], part[i : i + 1])
            for i in range(len(rows))
        ]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=1e-4)
    assert layer(rows[:0], keys, values, category[:0], part[:0]).shape == (0, WIDTH, 4, 4)


@torch.no_grad()
def test_the_skip_takes_the_input_and_not_the_projected_query() -> None:
    layer = settled(CrossAttention(WIDTH))
    for parameter in (layer.attended_norm.weight, layer.attended_norm.bias, *layer.mlp[2].parameters()):
        parameter.zero_()
    query, shapes, masks = maps()
    assert torch.equal(layer(query, *layer.project(shapes, masks), OWN, OWN), query)


def test_quick_gelu_is_close_to_gelu() -> None:
    x = torch.linspace(-6, 6, 100)
    assert (QuickGELU()(x) - F.gelu(x)).abs().max() < 0.021
    assert QuickGELU()(torch.tensor(1.0)).item() == pytest.approx(1 / (1 + 2.718281828**-1.702), rel=1e-6)
