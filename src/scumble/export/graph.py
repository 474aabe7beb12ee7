"""What an exported file holds: a network with named inputs and outputs, and what each of them means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Port:
    """An input or an output.

    Attributes:
        name: in the file.
        shape: lengths that are fixed, and names of those that are not.
        meaning: what it is and which values it takes, for people.
    """

    name: str
    shape: tuple[int | str, ...]
    meaning: str


@dataclass(frozen=True)
class Sample:
    """How large an example of the inputs is.

    Attributes:
        batch: pictures, or objects where a network sees one at a time.
        height: in pixels.
        width: in pixels.
    """

    batch: int
    height: int
    width: int


@dataclass(frozen=True)
class Graph:
    """One file.

    Attributes:
        name: what the network does, which is also what stands before ``.onnx`` in the names of further files.
        module: takes and gives tensors in the order of the ports; its weights are folded.
        inputs: in order.
        outputs: in order.
        example: inputs of a size, drawn from a source.
        reference: what the network as it was trained makes of such inputs, in the order of the outputs.
        samples: two sizes at which the file is compared with it; the first is that of the trace.
        facts: what else users must know, for the file's metadata.
    """

    name: str
    module: nn.Module
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    example: Callable[[Sample, torch.Generator], tuple[Tensor, ...]]
    reference: Callable[..., tuple[Tensor, ...]]
    samples: tuple[Sample, Sample]
    facts: dict[str, Any] = field(default_factory=dict)


def two_samples(multiple: int) -> tuple[Sample, Sample]:
    """Sizes that differ in everything and are not square.

    Args:
        multiple: of which height and width must be.
    """
    return Sample(2, 2 * multiple, 3 * multiple), Sample(1, 3 * multiple, 2 * multiple)


def blocks(values: int, sample: Sample, source: torch.Generator) -> Tensor:
    """A random map of squares, int64 ``[B, H, W]`` of 0..values - 1."""
    side = 8
    rows, columns = -(-sample.height // side), -(-sample.width // side)
    coarse = torch.randint(values, (sample.batch, rows, columns), generator=source)
    fine = coarse.repeat_interleave(side, 1).repeat_interleave(side, 2)
    return fine[:, : sample.height, : sample.width].contiguous()


def picture(sample: Sample, source: torch.Generator) -> Tensor:
    """Random colours, float32 ``[B, 3, H, W]`` in [-1, 1]."""
    return torch.rand(sample.batch, 3, sample.height, sample.width, generator=source) * 2 - 1


def pixels(multiple: int) -> str:
    """The sentence that says which sizes are possible."""
    return f"height and width are multiples of {multiple}" if multiple > 1 else "any height and width"
