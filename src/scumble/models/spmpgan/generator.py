"""The pyramid of stages that SPMPGAN and DivSem share, and the SPMPGAN generator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor, nn

from scumble.errors import ConfigError
from scumble.models.spmpgan.conditioning import EditBatch, ScaledBatch, bilinear, layout_regions
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.networks import Stage
from scumble.nn.regions import RegionMap


@dataclass(frozen=True)
class GeneratorOutput:
    """What a pyramid returns, each a list from coarse to fine of ``[B, 3, h, w]``.

    Attributes:
        inputs: what each stage was given.
        raw: what each stage painted, known pixels included.
        scaled: picture and mask at the size of each stage.
    """

    inputs: list[Tensor]
    raw: list[Tensor]
    scaled: list[ScaledBatch]

    @cached_property
    def composites(self) -> list[Tensor]:
        """Painted pixels inside the mask, the picture outside."""
        return [scale.composite(raw) for scale, raw in zip(self.scaled, self.raw, strict=True)]

    @property
    def picture(self) -> Tensor:
        """The result at the size of the last stage, in [-1, 1]."""
        return self.scaled[-1].composite(self.raw[-1])


class Pyramid(nn.Module):
    """Stages that refine from coarse to fine, each at twice the size of the one before.

    Args:
        config: stages, hidden width, leak.
        style_length: channels that stand before the layout in what the decoders see.
    """

    def __init__(self, config: SPMPGANConfig, style_length: int = 0) -> None:
        super().__init__()
        self.config = config
        layout = config.label_channels + 2
        self.stages = nn.ModuleList(
            Stage(stage, layout, layout + style_length, config.hidden) for stage in config.stages
        )

    def check_size(self, batch: EditBatch) -> None:
        """Refuse a batch whose height or width is no multiple of ``config.multiple``.

        Raises:
            ConfigError: names the size and the multiple.
        """
        height, width = batch.image.shape[-2:]
        if height % self.config.multiple or width % self.config.multiple:
            raise ConfigError(
                f"The network takes heights and widths that are multiples of {self.config.multiple}, "
                f"but the picture is {width}x{height}; pad or crop it first."
            )

    def forward(
        self,
        batch: EditBatch,
        encoder_layout: RegionMap,
        decoder_layout: RegionMap,
        scales: int | None = None,
    ) -> GeneratorOutput:
        """Paint a batch whose height and width are multiples of ``config.multiple``.

        Args:
            batch: what to paint.
            encoder_layout: what the encoders see.
            decoder_layout: what the decoders see.
            scales: run the coarsest stages only, for a preview.
        """
        self.check_size(batch)
        height, width = batch.image.shape[-2:]
        known = batch.image * (1 - batch.mask)
        inputs: list[Tensor] = []
        raw: list[Tensor] = []
        scaled: list[ScaledBatch] = []
        for i, stage in enumerate(list(self.stages)[:scales]):
            reduction = 2 ** (len(self.stages) - 1 - i)
            size = (height // reduction, width // reduction)
            scaled.append(ScaledBatch(batch, *size, leak=self.config.leak))
            inputs.append(scaled[i].composite(raw[-1]) if raw else bilinear(known, *size))
            raw.append(stage(inputs[i], encoder_layout, decoder_layout))
        return GeneratorOutput(inputs, raw, scaled)


class SPMPGANGenerator(nn.Module):
    """SPMPGAN (Luo et al., ECCV 2022): the pyramid whose decoders see the layout alone."""

    def __init__(self, config: SPMPGANConfig) -> None:
        super().__init__()
        self.config = config
        self.pyramid = Pyramid(config)

    def forward(self, batch: EditBatch, scales: int | None = None) -> GeneratorOutput:
        """Paint a batch whose height and width are multiples of ``config.multiple``; see `Pyramid`."""
        layout = layout_regions(batch, self.config.label_channels)
        output: GeneratorOutput = self.pyramid(batch, layout, layout, scales)
        return output
