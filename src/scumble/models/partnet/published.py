"""Entries of the released PartNet (``ipose`` spec, section 8)."""

from __future__ import annotations

from collections.abc import Iterator

from scumble.models.keys import Entry, KeyMap
from scumble.models.partnet.config import PartNetConfig

_ATTENTION = (
    ("query_conv.0", "query"),
    ("key_conv.0", "key"),
    ("value_conv.0", "value"),
    ("multihead_attn.out_proj", "attention.out_proj"),
    ("ln1", "attended_norm"),
    ("ln2", "norm"),
    ("mlp.0", "mlp.0"),
    ("mlp.2", "mlp.2"),
)


def _both(published: str, ours: str) -> Iterator[Entry]:
    for leaf in ("weight", "bias"):
        yield Entry(f"{published}.{leaf}", f"{ours}.{leaf}")


def _encoder() -> Iterator[Entry]:
    for i in range(4):
        yield from _both(f"enc{i}.0", f"layers.{i}.0")
    for i in range(2):
        yield from _both(f"ms_enc{i}.0", f"coarser.{i}.0")


def attention_entries() -> Iterator[Entry]:
    """Entries of one cross-attention layer."""
    for published, ours in _ATTENTION[:3]:
        yield from _both(published, ours)
    for leaf in ("in_proj_weight", "in_proj_bias"):
        yield Entry(f"multihead_attn.{leaf}", f"attention.{leaf}")
    for published, ours in _ATTENTION[3:]:
        yield from _both(published, ours)


def partnet_entries(config: PartNetConfig) -> Iterator[Entry]:
    """Entries of the whole network."""
    for name in ("shape_encoder", "mask_encoder"):
        for entry in _encoder():
            yield entry.prefixed(f"{name}.", f"{name}.")
    for i in range(3):
        yield from _both(f"decoder.dec{i + 1}.0", f"decoder.{i}.0")
    for i in range(config.attention_layers):
        for entry in attention_entries():
            yield entry.prefixed(f"catt{i}.", f"attention.{i}.")
    yield from _both("conv_img", "head")


def partnet_keys(config: PartNetConfig) -> KeyMap:
    """The key map of ``best_G.pth`` of PartNet."""
    return KeyMap(partnet_entries(config))
