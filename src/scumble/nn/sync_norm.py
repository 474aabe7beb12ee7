"""Batch norm whose statistics are those of the pictures of all processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from scumble.nn.distributed import total, world_size


class SyncBatchNorm2d(nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d` that looks at the batches of all processes together, on CPUs too.

    Entries and results with one process are those of the plain layer. torch's own synchronised layer needs
    CUDA. Mean and variance are found one after the other, as sums that gradients pass through (Zhang et al.,
    arXiv 1803.08904).
    """

    def forward(self, x: Tensor) -> Tensor:
        """``[B, C, H, W]``; B may differ between processes."""
        if not self.training or world_size() == 1:
            return super().forward(x)
        values = x.float()
        count = total(values.new_tensor(float(values.numel() // values.shape[1])))
        mean = total(values.sum((0, 2, 3))) / count
        centered = values - mean[:, None, None]
        variance = total(centered.square().sum((0, 2, 3))) / count
        self._follow(mean.detach(), variance.detach() * (count / (count - 1)))
        normal = centered * torch.rsqrt(variance + self.eps)[:, None, None]
        if self.affine:
            normal = normal * self.weight[:, None, None] + self.bias[:, None, None]
        return normal.to(x.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics; the variance is the unbiased one."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        share = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance, share)
