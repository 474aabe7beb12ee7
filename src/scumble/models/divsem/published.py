"""Entries of the released DivSem checkpoint and its style bank (``divsem`` spec, sections 2.4 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from scumble.models.divsem.config import DivSemConfig, StyleConfig
from scumble.models.keys import Entry, KeyMap
from scumble.models.spmpgan.published import conv_block_entries, pyramid_entries


def style_encoder_entries(config: StyleConfig) -> Iterator[Entry]:
    """Entries of ``zencoder``; the published decoder layers are numbered from fine to coarse."""
    for name in ("gamma", "beta"):
        yield Entry(f"{name}.weight", f"{name}.weight")
        yield Entry(f"{name}.bias", f"{name}.bias")
    layers = [(f"enc{i + 1}", f"encoder.{i}") for i in range(len(config.encoder))]
    count = len(config.decoder)
    layers += [(f"dec{count + 1 - i}", f"decoder.{i}") for i in range(count)]
    for published, ours in layers:
        for entry in conv_block_entries("instance"):
            yield entry.prefixed(f"{published}.", f"{ours}.")
    for entry in conv_block_entries("none"):
        yield entry.prefixed("dec1.", "output.")


def generator_keys(config: DivSemConfig) -> KeyMap:
    """The key map of ``netG``."""
    entries = [entry.prefixed("", "pyramid.") for entry in pyramid_entries(config.pyramid)]
    if config.style:
        entries += [e.prefixed("zencoder.", "style_encoder.") for e in style_encoder_entries(config.style)]
    return KeyMap(entries)


def class_of_published_id(instance_id: int) -> int:
    """The class that the released code gives to an instance id when it draws from its bank.

    It is wrong for classes from 120 on, and has to be for the released bank.
    """
    return instance_id % 120
