"""Entries of the released iPOSE checkpoints (``ipose`` spec, section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scumble.errors import ConfigError
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.keys import Entry, KeyMap
from scumble.models.oasis.config import WIDTHS
from scumble.models.oasis.published import plain_entries, spade_entries, spectral_entries
from scumble.models.partnet.published import partnet_entries

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def modulation_entries() -> Iterator[Entry]:
    """Part semantic modulation; scale and shift are one convolution here."""
    for leaf in _STATISTICS:
        yield Entry(f"first_norm.{leaf}", f"norm.{leaf}")
    for suffix, ours in (("", "parts"), ("_nos", "noise")):
        yield from plain_entries(f"mlp_shared{suffix}.0", f"{ours}.hidden")
        for part, name in enumerate(("mlp_gamma", "mlp_beta")):
            for leaf in ("weight", "bias"):
                yield Entry(f"{name}{suffix}.{leaf}", f"{ours}.heads.{leaf}", part, 2)


def block_entries(*, learned: bool) -> Iterator[Entry]:
    """One block."""
    names = ("0", "1", "s") if learned else ("0", "1")
    for name in names:
        yield from spectral_entries(f"conv_{name}", f"spade.conv_{name}", bias=name != "s")
    yield from spectral_entries("conv_p", "conv")
    for entry in modulation_entries():
        yield entry.prefixed("norm_p.", "parts.")
    for name in names:
        for entry in spade_entries():
            yield entry.prefixed(f"norm_{name}.", f"spade.norm_{name}.")


def generator_keys(config: IPOSEConfig) -> KeyMap:
    """The key map of ``*_G.pth`` and ``*_EMA.pth``.

    Raises:
        ConfigError: the configuration is none of which weights were released.
    """
    if config.injection != "modulation":
        raise ConfigError(
            f"injection is {config.injection!r}, but weights were released for 'modulation' alone; give a "
            "configuration with that one."
        )
    entries = [*plain_entries("conv_img", "output")]
    for i, (a, b) in enumerate(pairwise(multiple * config.base.width for multiple in WIDTHS)):
        entries += [entry.prefixed(f"body.{i}.", f"blocks.{i}.") for entry in block_entries(learned=a != b)]
    entries += plain_entries("conv_part.0", "part_features")
    for i in range(len(WIDTHS) - 1):
        entries += plain_entries(f"conv_nos.{i}.0", f"noise.up.{i}")
    entries += [*plain_entries("mlp.0", "noise.first"), *plain_entries("fc", "first")]
    prefixed = (entry.prefixed("partnet.model.", "partnet.") for entry in partnet_entries(config.partnet))
    return KeyMap([*entries, *prefixed])
