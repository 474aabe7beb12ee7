"""The cross-attention of PartNet: an outline asks the outlines of the supports where a part lies in them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class QuickGELU(nn.Module):
    """``x * sigmoid(1.702 x)``."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape; keeps it."""
        return x * torch.sigmoid(1.702 * x)


class CrossAttention(nn.Module):
    """One layer; keys and values do not change from layer to layer (section 2.2, steps 1 to 6).

    Args:
        width: channels of all maps.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(width, width, 1)
        self.key = nn.Conv2d(width, width, 1)
        self.value = nn.Conv2d(width, width, 1)
        self.attention = nn.MultiheadAttention(width, 1, batch_first=True)
        self.attended_norm = nn.LayerNorm(width)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), QuickGELU(), nn.Linear(4 * width, width))

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
        keys = F.linear(_tokens_of_supports(self.key, shapes), weights[1], biases[1])
        return keys, F.linear(_tokens_of_supports(self.value, masks), weights[2], biases[2])

    def forward(self, query: Tensor, keys: Tensor, values: Tensor, category: Tensor, part: Tensor) -> Tensor:
        """Let every row look at its supports.

        Args:
            query: ``[R, D, h, w]``.
            keys: of C categories, see `project`.
            values: of P parts, see `project`.
            category: which of the categories each row looks at, ``[R]``.
            part: which of the parts, ``[R]``.

        Returns:
            ``[R, D, h, w]``.
        """
        inner = self.attention
        weight, bias = inner.in_proj_weight.chunk(3)[0], inner.in_proj_bias.chunk(3)[0]
        asked = F.linear(self.query(query).flatten(2).transpose(1, 2), weight, bias)
        found = F.scaled_dot_product_attention(asked[:, None], keys[category][:, None], values[part][:, None])
        attended = inner.out_proj(found[:, 0])
        # The skip takes the layer's input, not the projected query; the norm acts on what was attended to.
        tokens = query.flatten(2).transpose(1, 2) + self.attended_norm(attended)
        result: Tensor = tokens + self.mlp(self.norm(tokens))
        return result.transpose(1, 2).reshape(query.shape)


def _tokens_of_supports(projection: nn.Conv2d, maps: Tensor) -> Tensor:
    """Project ``[R, k, D, h, w]`` and line up all pixels of all supports: ``[R, k * h * w, D]``."""
    rows, supports = maps.shape[:2]
    projected: Tensor = projection(maps.flatten(0, 1))
    return projected.view(rows, supports, projected.shape[1], -1).transpose(2, 3).flatten(1, 2)
