"""The cross-attention of PartNet: an outline asks the outlines of the supports where a part lies in them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.nn.linear import Linear, linear
from scumble.nn.tracing import is_traced

_SLOPE = 1.702


class QuickGELU(nn.Module):
    """``x * sigmoid(1.702 x)``."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape; keeps it."""
        return x * torch.sigmoid(_SLOPE * x)


class CrossAttention(nn.Module):
    """One layer; keys and values do not change from layer to layer (section 2.2, steps 1 to 6).

    Args:
        width: channels of all maps.
    """

    keeps_weights = True
    """The projections of queries are joined from the weights themselves."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(width, width, 1)
        self.key = nn.Conv2d(width, width, 1)
        self.value = nn.Conv2d(width, width, 1)
        self.attention = nn.MultiheadAttention(width, 1, batch_first=True)
        self.attended_norm = nn.LayerNorm(width)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(Linear(width, 4 * width), QuickGELU(), Linear(4 * width, width))

    def prepare_for_inference(self) -> None:
        """Put the slope of QuickGELU, which is ``silu(1.702 x) / 1.702``, into the weights for good."""
        first, last = self.mlp[0], self.mlp[2]
        assert isinstance(first, nn.Linear)
        assert isinstance(last, nn.Linear)
        first.weight.data, first.bias.data = first.weight * _SLOPE, first.bias * _SLOPE
        last.weight.data = last.weight / _SLOPE
        self.mlp[1] = nn.SiLU(inplace=True)

    def project(self, shapes: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of supports, which serve all outlines that look at them.

        Args:
            shapes: outline features of the supports of C categories, ``[C, k, D, h, w]``.
            masks: features of the masks of P parts in them, ``[P, k, D, h, w]``.

        Returns:
            Keys ``[C, k * h * w, D]`` and values ``[P, k * h * w, D]``.
        """
        # The layer's own three projections, of queries, keys and values, lie in one matrix.
        weights, biases = self.attention.in_proj_weight.chunk(3), self.attention.in_proj_bias.chunk(3)
        keys = linear(_tokens_of_supports(self.key, shapes), weights[1], biases[1])
        return keys, linear(_tokens_of_supports(self.value, masks), weights[2], biases[2])

    def forward(self, query: Tensor, keys: Tensor, values: Tensor, category: Tensor, part: Tensor) -> Tensor:
        """Let every row look at its supports.

        Args:
            query: ``[R, D, h, w]``.
            keys: of C categories, see `project`.
            values: of P parts, see `project`.
            category: which of the categories each row looks at, ``[R]``.
            part: which of the parts, ``[R]``; it is faster if rows with the same ones are neighbours.

        Returns:
            ``[R, D, h, w]``.
        """
        inner = self.attention
        weight, bias = inner.in_proj_weight.chunk(3)[0], inner.in_proj_bias.chunk(3)[0]
        outer, outer_bias = self.query.weight.flatten(1), self.query.bias
        assert outer_bias is not None
        tokens = query.flatten(2).transpose(1, 2).contiguous()
        # Both projections of the query in one, as nothing stands between them.
        asked = linear(tokens, weight @ outer, F.linear(outer_bias, weight, bias))
        attended = _attend(asked, keys, values, category, part)
        attended = linear(attended, inner.out_proj.weight, inner.out_proj.bias)
        # The skip takes the layer's input, not the projected query; the norm acts on what was attended to.
        tokens = tokens + self.attended_norm(attended)
        result: Tensor = tokens + self.mlp(self.norm(tokens))
        return result.transpose(1, 2).reshape(query.shape)


def _attend(asked: Tensor, keys: Tensor, values: Tensor, category: Tensor, part: Tensor) -> Tensor:
    """Attention of rows ``[R, n, D]``; see `CrossAttention.forward`."""
    # What is traced must not depend on its rows, and an accelerator should not wait for them.
    if is_traced() or asked.device.type != "cpu" or not len(asked):
        found = F.scaled_dot_product_attention(asked[:, None], keys[category][:, None], values[part][:, None])
        return found[:, 0]
    # Neighbours that look for the same part ask together, so that keys and values are not copied for each.
    pairs, counts = torch.unique_consecutive(part * len(keys) + category, return_counts=True)
    together = [
        F.scaled_dot_product_attention(
            rows.flatten(0, 1)[None, None],
            keys[pair % len(keys)][None, None],
            values[pair // len(keys)][None, None],
        )
        for rows, pair in zip(torch.split(asked, counts.tolist()), pairs.tolist(), strict=True)
    ]
    return torch.cat(together, 2).view_as(asked)


def _tokens_of_supports(projection: nn.Conv2d, maps: Tensor) -> Tensor:
    """Project ``[R, k, D, h, w]`` and line up all pixels of all supports: ``[R, k * h * w, D]``."""
    rows, supports = maps.shape[:2]
    projected: Tensor = projection(maps.flatten(0, 1))
    return projected.view(rows, supports, projected.shape[1], -1).transpose(2, 3).flatten(1, 2)
