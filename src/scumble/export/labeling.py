"""The labeler: a photograph in, the scores of every class out."""

from __future__ import annotations

import torch
from torch import Tensor

from scumble.export.graph import Graph, Port, Sample, picture, pixels
from scumble.models.labeler.network import Labeler


def labeling_graphs(folded: Labeler, trained: Labeler) -> list[Graph]:
    """The network as it is.

    Args:
        folded: see `scumble.nn.inference.fold`.
        trained: the same network as it was loaded.
    """
    config = folded.config
    image = Port(
        "image",
        ("batch", 3, "height", "width"),
        "RGB, float32 in [-1, 1]: value / 127.5 - 1 of 8 bits; the weights see photographs best whose "
        f"shorter side has {config.size} pixels",
    )
    logits = Port(
        "logits",
        ("batch", config.classes, "height", "width"),
        "float32, the largest is the class; leave out the don't-care class",
    )

    def example(sample: Sample, source: torch.Generator) -> tuple[Tensor, ...]:
        return (picture(sample, source),)

    def reference(image: Tensor) -> tuple[Tensor, ...]:
        return (trained(image),)

    sizes = Sample(2, 2 * config.reduction + 3, 3 * config.reduction + 6), Sample(1, 3 * config.reduction, 90)
    facts = {"sizes": pixels(1), "trained_size": config.size}
    return [Graph("labeler", folded, (image,), (logits,), example, reference, sizes, facts)]
