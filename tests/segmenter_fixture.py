"""A semantic segmentation model of the package transformers, with random weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

STREET = ("road", "sidewalk", "vegetation", "traffic sign", "Person", "bus", "sofa", "chest of drawers")
"""Names of its classes; CamVid knows all but the last two, most of them by another name."""


def write_segmenter(folder: Path, names: Sequence[str] = STREET) -> Path:
    """Save a SegFormer and its image processor; skips the test where transformers is not installed.

    Args:
        folder: where to.
        names: of its classes.
    """
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    torch.manual_seed(0)
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        id2label=dict(enumerate(names)),
        label2id={name: k for k, name in enumerate(names)},
    )
    model = transformers.SegformerForSemanticSegmentation(config)
    torch.nn.init.normal_(model.decode_head.classifier.weight)
    model.save_pretrained(folder)
    transformers.SegformerImageProcessor(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder
