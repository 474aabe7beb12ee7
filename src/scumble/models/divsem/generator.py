"""The DivSem generator: style encoder and pyramid."""

from __future__ import annotations

from torch import nn

from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.style_encoder import GivenCodes, StyleEncoder
from scumble.models.spmpgan.conditioning import EditBatch, layout_regions
from scumble.models.spmpgan.generator import GeneratorOutput, Pyramid
from scumble.nn.pooling import find_instances
from scumble.nn.regions import RegionMap


class DivSemGenerator(nn.Module):
    """Paints the masked pixels of a picture from its maps and one style code per instance."""

    def __init__(self, config: DivSemConfig) -> None:
        super().__init__()
        self.config = config
        self.style_encoder = StyleEncoder(config.style) if config.style else None
        self.pyramid = Pyramid(config.pyramid, config.style.length if config.style else 0)

    def forward(self, batch: EditBatch, given: GivenCodes | None = None) -> GeneratorOutput:
        """Paint a batch.

        Args:
            batch: height and width multiples of ``config.pyramid.multiple``.
            given: codes for instances of ``find_instances(batch.instances)``; without them a fully
                erased instance takes its code from the unmasked picture, as in training.
        """
        if self.style_encoder is None:
            return self.paint(batch, None)
        self.pyramid.check_size(batch)  # before the style encoder stumbles over it
        instances = find_instances(batch.instances)
        codes = self.style_encoder(batch.image, batch.mask, instances, given)
        return self.paint(batch, RegionMap(instances.index, codes.to(batch.image.dtype)))

    def paint(self, batch: EditBatch, styles: RegionMap | None) -> GeneratorOutput:
        """Paint a batch with the style code of every pixel; None for a network without style codes."""
        layout = layout_regions(batch, self.config.pyramid.label_channels)
        output: GeneratorOutput = self.pyramid(batch, layout, styles.beside(layout) if styles else layout)
        return output
