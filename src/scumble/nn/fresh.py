"""Steps on tensors that were just made and that nobody else needs.

Where no gradient is recorded they overwrite what they are given, as a picture is painted in less memory then.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.nn.tracing import is_traced

SLOPE = 0.2
"""Of the LeakyReLU of all systems here."""


def may_overwrite() -> bool:
    """Whether nobody looks at a tensor again after its last use in the forward pass."""
    return not (torch.is_grad_enabled() or is_traced())


def leaky_relu(x: Tensor) -> Tensor:
    """LeakyReLU with slope 0.2; ``x`` may be overwritten."""
    return F.leaky_relu(x, SLOPE, inplace=may_overwrite())


def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangent; ``x`` may be overwritten."""
    return x.tanh_() if may_overwrite() else x.tanh()
