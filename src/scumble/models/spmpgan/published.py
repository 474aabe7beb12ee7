"""Entries of the released SPMPGAN checkpoints, which those of DivSem share (``divsem`` spec, section 7)."""

from __future__ import annotations

from collections.abc import Iterator

from scumble.models.keys import Entry, KeyMap
from scumble.models.spmpgan.config import DiscriminatorConfig, SPMPGANConfig
from scumble.nn.conv_block import Norm

# Published convolution, our (perhaps joined) convolution, its piece, number of pieces.
_BRANCHES = (
    ("mlp_shared.0", "feature_hidden", 0, 1),
    ("mlp_gamma", "feature_heads", 0, 2),
    ("mlp_beta", "feature_heads", 1, 2),
    ("mlp_shared_2.0", "layout_hidden", 0, 1),
    ("mlp_gamma_ctx_gamma", "layout_heads", 0, 4),
    ("mlp_beta_ctx_gamma", "layout_heads", 1, 4),
    ("mlp_gamma_ctx_beta", "layout_heads", 2, 4),
    ("mlp_beta_ctx_beta", "layout_heads", 3, 4),
)


_CONV_LEAVES: dict[Norm, tuple[str, ...]] = {
    "instance": ("weight", "bias"),
    "spectral": ("weight_orig", "weight_u", "weight_v"),
    "none": ("weight",),
}


def conv_block_entries(norm: Norm) -> Iterator[Entry]:
    """Entries of one plain block."""
    for leaf in _CONV_LEAVES[norm]:
        yield Entry(f"conv.{leaf}", f"conv.{leaf}")


def block_entries(*, spectral: bool) -> Iterator[Entry]:
    """Entries of one modulated block."""
    leaves = ("bias", "weight_orig", "weight_u", "weight_v") if spectral else ("weight", "bias")
    for leaf in leaves:
        yield Entry(f"conv2d.{leaf}", f"conv.{leaf}")
    for published, ours, part, parts in _BRANCHES:
        for leaf in ("weight", "bias"):
            yield Entry(f"{published}.{leaf}", f"{ours}.{leaf}", part, parts)


def stage_entries(encoder_layers: int) -> Iterator[Entry]:
    """Entries of one stage; the published decoder layers are numbered from fine to coarse."""
    for i in range(encoder_layers):
        for entry in block_entries(spectral=False):
            yield entry.prefixed(f"enc{i + 1}.", f"encoder.{i}.")
    for i in range(encoder_layers - 2):
        for entry in block_entries(spectral=True):
            yield entry.prefixed(f"dec{encoder_layers - 1 - i}.gated_conv2d.", f"decoder.{i}.")
    for entry in conv_block_entries("none"):
        yield entry.prefixed("dec1.", "output.")


def pyramid_entries(config: SPMPGANConfig) -> Iterator[Entry]:
    """Entries ``G1.*``, ``G2.*``, ... of the stages."""
    for i, stage in enumerate(config.stages):
        for entry in stage_entries(len(stage.encoder)):
            yield entry.prefixed(f"G{i + 1}.", f"stages.{i}.")


def generator_keys(config: SPMPGANConfig) -> KeyMap:
    """The key map of ``netG``."""
    return KeyMap(entry.prefixed("", "pyramid.") for entry in pyramid_entries(config))


def discriminator_keys(config: DiscriminatorConfig, stage: int) -> KeyMap:
    """The key map of ``netD_1``, ``netD_2``, ... (``stage`` counts from 0)."""
    return KeyMap(
        entry.prefixed(f"dis_model.{i}.", f"layers.{i}.")
        for i in range(config.layers[stage])
        for entry in conv_block_entries("spectral")
    )
