"""Whether a network is being run or written down."""

from __future__ import annotations

import torch


def is_traced() -> bool:
    """Whether what is computed becomes a graph (export, compilation), which must not depend on values."""
    return torch.compiler.is_compiling() or torch.onnx.is_in_onnx_export()
