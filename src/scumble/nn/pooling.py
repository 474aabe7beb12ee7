"""Means over the instances of a whole batch, without a loop over instances or pictures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Instances:
    """The distinct instances of a batch, numbered 0..K-1 by picture, then by ascending id.

    Attributes:
        index: int64 ``[B, H, W]``, the number of the instance at every pixel.
        picture: int64 ``[K]``, the picture of the batch that an instance belongs to.
        id: int64 ``[K]``, its id in the instance map.
        area: int64 ``[K]``, its pixels.
    """

    index: Tensor
    picture: Tensor
    id: Tensor
    area: Tensor

    def __len__(self) -> int:
        """Number of instances in the batch."""
        return self.id.shape[0]

    def mean(self, features: Tensor, weight: Tensor | None = None) -> Tensor:
        """Mean of a map over each instance, in float32.

        Args:
            features: ``[B, C, H, W]``.
            weight: ``[B, 1, H, W]``, at least 0; all ones if not given. An instance without weight
                gets zeros.

        Returns:
            float32 ``[K, C]``.
        """
        channels = features.shape[1]
        rows = features.permute(0, 2, 3, 1).reshape(-1, channels).float()
        index = self.index.reshape(-1)
        if weight is None:
            total = self.area.to(rows.dtype)
        else:
            weights = weight.reshape(-1).float()
            rows = rows * weights[:, None]
            total = rows.new_zeros(len(self)).index_add(0, index, weights)
        sums = rows.new_zeros(len(self), channels).index_add(0, index, rows)
        return sums / total.clamp_min(1e-12)[:, None]

    def majority(self, labels: Tensor, classes: int) -> Tensor:
        """The most frequent label of each instance: int64 ``[K]`` from labels ``[B, H, W]``."""
        pairs = (self.index * classes + labels).reshape(-1)
        counts = torch.bincount(pairs, minlength=len(self) * classes)
        return counts.reshape(len(self), classes).argmax(1)


def find_instances(ids: Tensor) -> Instances:
    """Find the instances of a batch.

    Args:
        ids: integer ``[B, H, W]``, 0 <= id < 2**31; the same id in two pictures is two instances.
    """
    batch = torch.arange(ids.shape[0], device=ids.device)[:, None, None]
    keys = batch * 2**31 + ids.long()
    distinct, index, area = torch.unique(keys, return_inverse=True, return_counts=True)
    return Instances(index, distinct // 2**31, distinct % 2**31, area)
