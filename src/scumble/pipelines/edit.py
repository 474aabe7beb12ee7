"""Editing a photograph: an edit changes the maps, a network paints the mask, all else stays as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from scumble.checkpoint import Checkpoint
from scumble.edit import Edit, Edited
from scumble.errors import CheckpointError, LabelError
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.nn.pictures import to_8bit
from scumble.nn.pooling import find_instances
from scumble.nn.regions import RegionMap
from scumble.pipelines.styles import InstanceStyle, StyleSources, reference_code
from scumble.pipelines.window import Window, plan_window
from scumble.scene import ImageArray, Scene


@dataclass(frozen=True, eq=False)
class Sample:
    """One result.

    Attributes:
        image: uint8 ``[H, W, 3]``; outside the mask byte for byte the photograph.
        seed: what the style codes were drawn with.
        seconds: time to paint it.
    """

    image: ImageArray
    seed: int
    seconds: float


@dataclass(frozen=True, eq=False)
class EditResult:
    """What an edit gave.

    Attributes:
        samples: one per seed.
        edited: the new maps and the mask.
        window: where the network worked.
        styles: what each instance of the window was painted with; empty for systems without style codes.
        warnings: sentences for the user.
    """

    samples: list[Sample]
    edited: Edited
    window: Window
    styles: list[InstanceStyle]
    warnings: list[str]


@torch.inference_mode()
def edit_scene(
    checkpoint: Checkpoint,
    scene: Scene,
    edit: Edit,
    seeds: Sequence[int] = (0,),
    *,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> EditResult:
    """Carry out an edit.

    The network works on a window around the mask (see ``plan_window``) and its result is pasted back at the
    photograph's size. Samples are painted one at a time, so that a seed gives the same bytes alone and
    among others.

    Args:
        checkpoint: of an editing system.
        scene: photograph and maps.
        edit: what to change.
        seeds: one for every result.
        device: where to compute.
        progress: called after every sample.

    Raises:
        InputError: the edit cannot be carried out.
        CheckpointError: the checkpoint has no style bank but needs one.
        LabelError: the scene's label space is not the checkpoint's.
    """
    if scene.label_space != checkpoint.label_space:
        raise LabelError(
            f"The scene is labelled in {scene.label_space.name!r}, but the checkpoint knows "
            f"{checkpoint.label_space.name!r}; give maps in the checkpoint's label space."
        )
    edited = edit.apply(scene)
    painter = _painter(checkpoint, edited, device)
    if len(seeds) > 1 and not any(style.source == "bank" for style in painter.styles):
        painter.warnings.append(
            "No region is fully erased, so none draws its style and all samples are the same picture."
        )
    samples = []
    for seed in seeds:
        start = time.perf_counter()
        image = painter.paint(seed)
        samples.append(Sample(image, seed, round(time.perf_counter() - start, 3)))
        progress()
    return EditResult(samples, edited, painter.window, painter.styles, painter.warnings)


def _painter(checkpoint: Checkpoint, edited: Edited, device: str) -> _Painter:
    network = checkpoint.network.to(device)
    if isinstance(network, DivSemGenerator) and network.style_encoder is not None:
        return _StyledPainter(checkpoint, network, network.config.pyramid, edited)
    if isinstance(network, DivSemGenerator | SPMPGANGenerator):
        config = checkpoint.config
        return _Painter(checkpoint, config if isinstance(config, SPMPGANConfig) else config.pyramid, edited)
    raise CheckpointError(f"The checkpoint is of the system {checkpoint.system!r}, which paints no edits.")


class _Painter:
    """Paints one edit with a network that has no style codes."""

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

    def paint(self, seed: int) -> ImageArray:
        """The photograph with the mask painted."""
        picture = self.raw_picture(self.batch, seed)
        painted = to_8bit(picture, self.order)[0].cpu().numpy()
        return self.window.paste(painted, self.edited.scene.image, self.edited.mask)

    def raw_picture(self, batch: EditBatch, seed: int) -> torch.Tensor:
        """What the network paints, ``[1, 3, H, W]``; a network without style codes has nothing to draw."""
        del seed
        picture: torch.Tensor = self.network(batch).picture
        return picture


class _StyledPainter(_Painter):
    """Paints one edit with DivSem: what the visible parts say is found once and serves all samples."""

    def __init__(
        self, checkpoint: Checkpoint, network: DivSemGenerator, config: SPMPGANConfig, edited: Edited
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
        space = checkpoint.label_space
        self.instances = find_instances(self.batch.instances)
        self.visible = self.encoder.visible(self.batch.image, self.batch.mask, self.instances)
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

    def raw_picture(self, batch: EditBatch, seed: int) -> torch.Tensor:
        """What the network paints with the codes of this seed."""
        given = self.sources.draw(seed).to(batch.image.device)
        codes = self.encoder.combine(self.visible, given)
        return self.generator.paint(batch, RegionMap(self.instances.index, codes)).picture
