"""The start of spectral norm."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@torch.no_grad()
def settle_spectral_norms(network: nn.Module, iterations: int = 15) -> None:
    """Bring the vectors of all spectral norms near the first singular vectors of their weights.

    They begin at random, and one power iteration in each forward pass brings them there. Until then norms are
    found too small, by half in each layer: the outputs of a deep network are a thousand times too large in
    the first steps, and Adam remembers the gradients of these steps for thousands of steps more. (torch's
    newer parametrization begins with 15 iterations too; the published trainings do not.)

    Args:
        network: changed in place; layers of `torch.nn.utils.spectral_norm` only.
        iterations: of the power method.
    """
    for module in network.modules():
        weight = getattr(module, "weight_orig", None)
        if not isinstance(weight, Tensor) or not hasattr(module, "weight_u"):
            continue
        matrix, u = weight.flatten(1), module.weight_u
        assert isinstance(u, Tensor)
        for _ in range(iterations):
            v = F.normalize(matrix.T @ u, dim=0, eps=1e-12)
            u = F.normalize(matrix @ v, dim=0, eps=1e-12)
        module.weight_u.copy_(u)  # type: ignore[operator]
        module.weight_v.copy_(v)  # type: ignore[operator]
