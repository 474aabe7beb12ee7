"""Configuration of DivSem: SPMPGAN's pyramid with style codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scumble.models.spmpgan.config import SPMPGANConfig, published_config


@dataclass(frozen=True)
class StyleConfig:
    """The mask-aware style encoder."""

    length: int = 128
    """Numbers in a style code."""
    encoder: tuple[int, ...] = (16, 32, 64, 128, 256, 512)
    """Output channels of the trunk's encoder; all layers but the first and the last halve the size."""
    decoder: tuple[int, ...] = (512, 256, 256, 256)
    """Output channels of the layers that double the size again; two fewer than the encoder has."""
    pooling: Literal["all", "valid"] = "all"
    """``all``: mean over all pixels of the instance, hidden ones included, as in the released code;
    ``valid``: over the visible pixels alone, as the paper says."""
    valid_ratio_norm: bool = True
    """Scale and shift a code by functions of the visible share of its instance."""


@dataclass(frozen=True)
class DivSemConfig:
    """DivSem (arXiv 2309.13975)."""

    pyramid: SPMPGANConfig
    """The stages."""
    style: StyleConfig | None = field(default_factory=StyleConfig)
    """None switches style codes off, which leaves SPMPGAN's generator."""


def published_divsem_config(label_channels: int, width: int = 32, style_length: int = 128) -> DivSemConfig:
    """The published configuration: 85.69 M parameters with 151 label channels."""
    return DivSemConfig(published_config(label_channels, width), StyleConfig(style_length))
