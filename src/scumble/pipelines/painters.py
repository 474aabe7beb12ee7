"""How a network paints the mask of an edited scene, and what is kept from one edit to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import torch
from torch import Tensor

from scumble.checkpoint import Checkpoint
from scumble.edit import Edited
from scumble.errors import CheckpointError
from scumble.models.divsem.generator import DivSemGenerator, Layouts
from scumble.models.divsem.style_encoder import VisibleStyles
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.nn.pictures import to_8bit
from scumble.nn.pooling import Instances, find_instances
from scumble.pipelines.styles import InstanceStyle, StyleSources, reference_code
from scumble.pipelines.window import plan_window
from scumble.scene import ImageArray

T = TypeVar("T")

PREVIEW_SCALES = 2
"""Scales of the pyramid that a preview runs, from the coarsest."""


class Last(Generic[T]):
    """What was made last, for as long as it would be made of the same."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[Tensor, ...], T] | None = None

    def get(self, made_of: tuple[Tensor, ...], make: Callable[[], T]) -> T:
        """The last thing if it was made of equal tensors, else a new one."""
        if self._kept is None or not all(map(torch.equal, self._kept[0], made_of)):
            self._kept = (made_of, make())
        return self._kept[1]


class Kept:
    """What an edit leaves for the next one on the same photograph."""

    def __init__(self) -> None:
        self.instances = Last[Instances]()
        self.visible = Last[VisibleStyles]()
        self.layouts = Last[Layouts]()


class Painter:
    """Paints one edit with a network that has no style codes.

    Args:
        checkpoint: of an editing system; its network has been prepared for inference.
        config: of its pyramid.
        edited: what to paint.
    """

    def __init__(self, checkpoint: Checkpoint, config: SPMPGANConfig, edited: Edited) -> None:
        self.network = checkpoint.network
        self.order = config.channel_order
        self.edited = edited
        self.window = plan_window(edited.mask, config.size, config.multiple)
        device = next(self.network.parameters()).device
        self.batch = self.window.batch(edited.scene, edited.mask, self.order).to(device)
        self.styles: list[InstanceStyle] = []
        self.warnings: list[str] = []
        if edited.styles:
            self.warnings.append(f"The system {checkpoint.system} has no style codes; the style is ignored.")

    def paint(self, seed: int, scales: int | None = None) -> ImageArray:
        """The photograph with the mask painted.

        Args:
            seed: of the style codes.
            scales: stop after so many scales of the pyramid, for a preview, which is enlarged.
        """
        picture = self.raw_picture(self.batch, seed, scales)
        painted = to_8bit(picture.float(), self.order)[0].cpu().numpy()
        return self.window.paste(painted, self.edited.scene.image, self.edited.mask)

    def raw_picture(self, batch: EditBatch, seed: int, scales: int | None) -> Tensor:
        """What the network paints, ``[1, 3, H, W]``; a network without style codes has nothing to draw."""
        del seed
        picture: Tensor = self.network(batch, scales=scales).picture
        return picture


class StyledPainter(Painter):
    """Paints one edit with DivSem: what the visible parts say is found once and serves all samples."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        network: DivSemGenerator,
        config: SPMPGANConfig,
        edited: Edited,
        kept: Kept,
    ) -> None:
        super().__init__(checkpoint, config, edited)
        assert network.style_encoder is not None
        if checkpoint.bank is None:
            raise CheckpointError(
                "The checkpoint has no style bank (style_bank.safetensors), from which erased objects take "
                "their look; training writes it when it ends."
            )
        self.generator, self.encoder = network, network.style_encoder
        self.warnings = []
        space, batch = checkpoint.label_space, self.batch
        self.instances = kept.instances.get((batch.instances,), lambda: find_instances(batch.instances))
        seen = (batch.image, batch.mask, batch.instances)
        self.visible = kept.visible.get(
            seen, lambda: self.encoder.visible(batch.image, batch.mask, self.instances)
        )
        self.layouts = kept.layouts.get(
            (batch.labels, batch.mask, batch.instances), lambda: network.layouts(batch, self.instances.index)
        )
        classes = self.instances.majority(self.batch.labels, len(space))
        present = dict(zip(self.instances.id.tolist(), classes.tolist(), strict=True))
        references = {
            instance: reference_code(network, style, space.names[present[instance]], space)
            for instance, style in edited.styles.items()
            if instance in present
        }
        self.sources = StyleSources(
            self.instances, self.visible.ratio, classes, references, checkpoint.bank, space
        )
        self.styles = self.sources.styles
        for name in self.sources.without_code:
            self.warnings.append(
                f"The style bank has no code of class {name!r}; the mean of all codes is used."
            )

    def raw_picture(self, batch: EditBatch, seed: int, scales: int | None) -> Tensor:
        """What the network paints with the codes of this seed."""
        codes = self.encoder.combine(self.visible, self.sources.draw(seed).to(batch.image.device))
        return self.generator.paint(batch, self.layouts, codes, scales).picture


def painter_of(checkpoint: Checkpoint, edited: Edited, kept: Kept) -> Painter:
    """The painter of an editing system, see `check_edits`.

    Raises:
        CheckpointError: the checkpoint has no style bank but needs one.
    """
    network = checkpoint.network
    if isinstance(network, DivSemGenerator) and network.style_encoder is not None:
        return StyledPainter(checkpoint, network, network.config.pyramid, edited, kept)
    config = checkpoint.config
    return Painter(checkpoint, config if isinstance(config, SPMPGANConfig) else config.pyramid, edited)


def check_edits(checkpoint: Checkpoint) -> None:
    """Refuse systems that paint no edits.

    Raises:
        CheckpointError: it is one of these.
    """
    if not isinstance(checkpoint.network, DivSemGenerator | SPMPGANGenerator):
        raise CheckpointError(
            f"The checkpoint is of the system {checkpoint.system!r}, which paints no edits."
        )
