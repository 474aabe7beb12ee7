"""The DivSem generator: style encoder and pyramid."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.style_encoder import GivenCodes, StyleEncoder
from scumble.models.spmpgan.conditioning import EditBatch, layout_regions
from scumble.models.spmpgan.generator import GeneratorOutput, Pyramid
from scumble.nn.pooling import find_instances
from scumble.nn.regions import Refinement, RegionMap


@dataclass(frozen=True)
class Layouts:
    """What the stages see of the maps of a batch; it serves any number of style codes.

    Attributes:
        encoder: classes, edges and mask.
        styled: the same with a style code before it, for the decoders; None without styles.
    """

    encoder: RegionMap
    styled: Refinement | None


class DivSemGenerator(nn.Module):
    """Paints the masked pixels of a picture from its maps and one style code per instance."""

    def __init__(self, config: DivSemConfig) -> None:
        super().__init__()
        self.config = config
        self.style_encoder = StyleEncoder(config.style) if config.style else None
        self.pyramid = Pyramid(config.pyramid, config.style.length if config.style else 0)

    def forward(
        self, batch: EditBatch, given: GivenCodes | None = None, scales: int | None = None
    ) -> GeneratorOutput:
        """Paint a batch.

        Args:
            batch: height and width multiples of ``config.pyramid.multiple``.
            given: codes for instances of ``find_instances(batch.instances)``; without them a fully
                erased instance takes its code from the unmasked picture, as in training.
            scales: paint the coarsest only, for a preview.
        """
        if self.style_encoder is None:
            return self.paint(batch, self.layouts(batch, None), None, scales)
        self.pyramid.check_size(batch)  # before the style encoder stumbles over it
        instances = find_instances(batch.instances)
        codes = self.style_encoder(batch.image, batch.mask, instances, given)
        return self.paint(batch, self.layouts(batch, instances.index), codes.to(batch.image.dtype), scales)

    def layouts(self, batch: EditBatch, instances: Tensor | None) -> Layouts:
        """What the maps of a batch are to the stages.

        Args:
            batch: the maps.
            instances: number of the instance of every pixel, ``[B, H, W]``; None without styles.
        """
        layout = layout_regions(batch, self.config.pyramid.label_channels)
        return Layouts(layout, None if instances is None else Refinement(instances, layout))

    def paint(
        self, batch: EditBatch, layouts: Layouts, codes: Tensor | None, scales: int | None = None
    ) -> GeneratorOutput:
        """Paint a batch.

        Args:
            batch: see `forward`.
            layouts: of the same batch.
            codes: style codes of the instances ``[K, length]``; None for a network without.
            scales: paint the coarsest only, for a preview.
        """
        decoder = layouts.encoder if codes is None or layouts.styled is None else layouts.styled(codes)
        output: GeneratorOutput = self.pyramid(batch, layouts.encoder, decoder, scales)
        return output
