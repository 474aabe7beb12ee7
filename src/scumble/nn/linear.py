"""Products with a matrix of weights, by the library that also computes convolutions.

``torch.nn.functional.linear`` computes float32 by MKL, which takes twice as long on processors that are not
Intel's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.nn.tracing import is_traced


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias``; takes the faster library where no gradient is recorded.

    Args:
        x: ``[..., in]``.
        weight: ``[out, in]``.
        bias: ``[out]``.
    """
    if (
        x.device.type == "cpu"
        and x.dtype == torch.float32
        and x.numel()
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and not (torch.is_grad_enabled() or torch.is_autocast_enabled("cpu") or is_traced())
    ):
        result: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
        return result
    return F.linear(x, weight, bias)


class Linear(nn.Linear):
    """A linear layer that calls `linear`."""

    def forward(self, input: Tensor) -> Tensor:
        """``[..., in]`` to ``[..., out]``."""
        return linear(input, self.weight, self.bias)
