"""The processes of a run: one, or as many as ``torchrun`` has started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from scumble.nn.inference import usable_device


@dataclass(frozen=True)
class World:
    """This process among those of the run.

    Attributes:
        rank: its number, from 0; the first one writes.
        size: how many there are.
        device: where it computes.
    """

    rank: int
    size: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in some process; all must ask together."""
        if self.size == 1:
            return flag
        flags = torch.tensor(float(flag), device=self.device)
        dist.all_reduce(flags)
        return bool(flags)

    def average(self, gradients: list[Tensor]) -> None:
        """Bring gradients to their mean over the processes, in place."""
        if self.size == 1:
            return
        kinds = {gradient.dtype for gradient in gradients}
        for kind in sorted(kinds, key=str):
            chosen = [gradient for gradient in gradients if gradient.dtype == kind]
            flat = torch.cat([gradient.reshape(-1) for gradient in chosen])
            dist.all_reduce(flat)
            flat /= self.size
            parts = torch.split(flat, [gradient.numel() for gradient in chosen])
            for gradient, part in zip(chosen, parts, strict=True):
                gradient.copy_(part.view_as(gradient))

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            dist.barrier()


@contextmanager
def joined(device: str) -> Iterator[World]:
    """Join the other processes of ``torchrun``, if there are any.

    Args:
        device: ``cpu`` or ``cuda``; of several processes on a machine each takes a GPU of its own.

    Raises:
        ConfigError: the device cannot be used.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size > 1 and device.startswith("cuda"):
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    place = usable_device(device)
    if size == 1:
        yield World(0, 1, place)
        return
    if place.type == "cuda":
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if place.type == "cuda" else "gloo")
    try:
        yield World(dist.get_rank(), dist.get_world_size(), place)
    finally:
        dist.destroy_process_group()
