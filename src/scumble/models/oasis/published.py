"""Entries of the released OASIS checkpoints (``oasis`` spec, sections 2, 3 and 7), which iPOSE shares."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scumble.models.keys import Entry, KeyMap
from scumble.models.oasis.config import WIDTHS, OASISConfig, SegmenterConfig

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
_SPECTRAL = ("weight_orig", "weight_u", "weight_v")


def plain_entries(published: str, ours: str) -> Iterator[Entry]:
    """Weight and bias of a layer."""
    for leaf in ("weight", "bias"):
        yield Entry(f"{published}.{leaf}", f"{ours}.{leaf}")


def spectral_entries(published: str, ours: str, *, bias: bool = True) -> Iterator[Entry]:
    """A convolution with spectral norm."""
    for leaf in ("bias", *_SPECTRAL) if bias else _SPECTRAL:
        yield Entry(f"{published}.{leaf}", f"{ours}.{leaf}")


def spade_entries(norm: str = "first_norm") -> Iterator[Entry]:
    """One conditional norm; scale and shift are one convolution here."""
    for leaf in _STATISTICS:
        yield Entry(f"{norm}.{leaf}", f"norm.{leaf}")
    yield from plain_entries("mlp_shared.0", "hidden")
    for part, name in enumerate(("mlp_gamma", "mlp_beta")):
        for leaf in ("weight", "bias"):
            yield Entry(f"{name}.{leaf}", f"heads.{leaf}", part, 2)


def block_entries(*, learned: bool, norm: str = "first_norm") -> Iterator[Entry]:
    """One generator block."""
    names = ("0", "1", "s") if learned else ("0", "1")
    for name in names:
        yield from spectral_entries(f"conv_{name}", f"conv_{name}", bias=name != "s")
    for name in names:
        for entry in spade_entries(norm):
            yield entry.prefixed(f"norm_{name}.", f"norm_{name}.")


def generator_keys(config: OASISConfig) -> KeyMap:
    """The key map of ``*_G.pth`` and ``*_EMA.pth``."""
    entries = [*plain_entries("conv_img", "output")]
    for i, (a, b) in enumerate(pairwise(multiple * config.width for multiple in WIDTHS)):
        entries += [entry.prefixed(f"body.{i}.", f"blocks.{i}.") for entry in block_entries(learned=a != b)]
    return KeyMap([*entries, *plain_entries("fc", "first")])


def residual_entries(position: int, *, learned: bool) -> Iterator[Entry]:
    """One block of the discriminator; ``position`` counts what stands before its first convolution."""
    yield from spectral_entries(f"conv1.{position}", "conv_0")
    yield from spectral_entries("conv2.1", "conv_1")
    if learned:
        yield from spectral_entries("conv_s", "conv_s")


def discriminator_keys(config: SegmenterConfig) -> KeyMap:
    """The key map of ``*_D.pth``."""
    down = config.widths
    outputs = [down[-1], *down[-3::-1], config.last]
    inputs = [down[-1], *(2 * width for width in down[-2::-1])]
    entries: list[Entry] = []
    for i, (a, b) in enumerate(zip(inputs, outputs, strict=True)):
        found = residual_entries(2, learned=a != b)
        entries += [entry.prefixed(f"body_up.{i}.", f"decoder.{i}.") for entry in found]
    for i, (a, b) in enumerate(zip((3, *down), down, strict=False)):
        found = residual_entries(0 if i == 0 else 1, learned=a != b)
        entries += [entry.prefixed(f"body_down.{i}.", f"encoder.{i}.") for entry in found]
    entries += plain_entries("layer_up_last", "output")
    return KeyMap([*entries, *(plain_entries("conv_g", "head") if config.global_head else ())])
