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

    def style_map(self, batch: EditBatch, given: GivenCodes | None = None) -> RegionMap:
        """The style code of its instance at every pixel; needs ``config.style``."""
        assert self.style_encoder is not None
        instances = find_instances(batch.instances)
        codes = self.style_encoder(batch.image, batch.mask, instances, given)
        return RegionMap(instances.index, codes.to(batch.image.dtype))

    def forward(self, batch: EditBatch, given: GivenCodes | None = None) -> GeneratorOutput:
        """Paint a batch.

        Args:
            batch: height and width multiples of ``config.pyramid.multiple``.
            given: codes for instances of ``find_instances(batch.instances)``; without them a fully
                erased instance takes its code from the unmasked picture, as in training.
        """
        layout = layout_regions(batch, self.config.pyramid.label_channels)
        styled = self.style_map(batch, given).beside(layout) if self.style_encoder else layout
        output: GeneratorOutput = self.pyramid(batch, layout, styled)
        return output
