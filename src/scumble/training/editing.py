"""Training of the editing systems: from a preset to a task for the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import default_collate

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.editing import EditingSamples, SceneCache, Scenes
from scumble.data.masks import MASK_KINDS, PUBLISHED_MASK_KINDS, MaskKind
from scumble.errors import ConfigError
from scumble.losses.perceptual import PerceptualName
from scumble.models.divsem.bank import build_bank
from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.models.spmpgan.config import DiscriminatorConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.models.spmpgan.recipe import EditingLosses, EditingRecipe, published_init
from scumble.nn.pictures import to_8bit, to_network
from scumble.outlines import gather_outlines
from scumble.scene import ImageArray
from scumble.training.card import write_card
from scumble.training.config import Phase, TrainingConfig
from scumble.training.overfit import Scores, measure
from scumble.training.perceptual import perceptual_term
from scumble.training.scene_data import SceneData

_GRID_SAMPLES = 6
_GATHERED_SCENES = 400
"""Training scenes from which style codes and outlines are gathered."""


@dataclass(frozen=True)
class EditingPreset:
    """A complete training configuration of DivSem or, without style codes, of SPMPGAN."""

    model: DivSemConfig
    """The generator; ``style`` None is SPMPGAN."""
    training: TrainingConfig
    """How long and in which sizes."""
    data: SceneData
    """On what."""
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    """One a stage."""
    losses: EditingLosses = field(default_factory=EditingLosses)
    """Weights and learning rates."""
    perceptual: PerceptualName = "vgg19"
    """The network of the perceptual term."""
    masks: tuple[MaskKind, ...] = PUBLISHED_MASK_KINDS
    """Kinds of training masks, drawn uniformly."""
    claim: str = ""
    """The number that the paper gives for this configuration, and where."""

    def __post_init__(self) -> None:
        if len(self.discriminators.layers) != len(self.model.pyramid.stages):
            raise ConfigError(
                f"discriminators.layers is {self.discriminators.layers}, but the generator has "
                f"{len(self.model.pyramid.stages)} stages; give one number of layers a stage."
            )
        if not self.masks:
            raise ConfigError(f"masks is empty; give some of {', '.join(MASK_KINDS)}.")


def build_generator(model: DivSemConfig) -> nn.Module:
    """The generator of either system."""
    return DivSemGenerator(model) if model.style else SPMPGANGenerator(model.pyramid)


class NoDistance(nn.Module):
    """In place of a perceptual term that is not weighed, so that its network's weights are not needed."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """0 for any pictures."""
        del y
        return x.new_zeros(())


class _NumberedSamples(EditingSamples):
    """Samples that know their number, which their augmentation follows from."""

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        return {**super().__getitem__(number), "number": torch.tensor(number)}


class EditingTask:
    """The recipe of a preset with its data, grids and checkpoints.

    What grids show is read at once, so that a test split that cannot be read ends a run at its beginning.

    Args:
        preset: what to train.
        perceptual: the perceptual term, if not the one that the preset names (for tests).
    """

    def __init__(self, preset: EditingPreset, perceptual: nn.Module | None = None) -> None:
        self.preset = preset
        self.order = preset.model.pyramid.channel_order
        self.scenes = SceneCache(preset.data.scenes("train"))
        self.label_space = self.scenes.label_space
        classes = len(self.scenes.label_space)
        if preset.model.pyramid.label_channels < classes:
            raise ConfigError(
                f"model.pyramid.label_channels is {preset.model.pyramid.label_channels}, but the label space "
                f"{self.scenes.label_space.name!r} has {classes} classes; give at least {classes}."
            )
        weighed = preset.losses.perceptual > 0
        self.perceptual = perceptual or (perceptual_term(preset.perceptual) if weighed else NoDistance())
        # The vectors of spectral norm are drawn from torch's own generator, when a layer is made.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(preset.training.seed)
            self.recipe = EditingRecipe(
                build_generator(preset.model),
                preset.model.pyramid.label_channels,
                preset.discriminators,
                self.perceptual,
                preset.losses,
                preset.training.seed,
            )
        published_init(self.recipe.networks, torch.Generator().manual_seed(preset.training.seed))
        self.shown = self._shown()

    def samples(self, phase: Phase) -> EditingSamples:
        """Windows of the training scenes."""
        return self._samples(self.scenes, phase)

    def _samples(self, scenes: Scenes, phase: Phase) -> EditingSamples:
        return _NumberedSamples(
            scenes,
            size=phase.size,
            smallest=phase.smallest_window,
            largest=phase.largest_window,
            masks=self.preset.masks,
            seed=self.preset.training.seed,
        )

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> EditBatch:
        """Stacked samples as the networks take them."""
        self.perceptual.to(device)
        return edit_batch(collated, self.order).to(device)

    def grid(self, generator: nn.Module) -> ImageArray:
        """Rows of masked input, map, result and photograph for fixed samples of the test split."""
        collated = self.shown
        device = next(generator.parameters()).device
        result = generator(edit_batch(collated, self.order).to(device)).picture
        images = collated["image"].numpy()
        maps = np.stack([self.scenes.label_space.colorize(m) for m in collated["labels"].numpy()])
        masked = np.where(collated["mask"].numpy()[..., None], 127, images)
        painted = to_8bit(result, self.order).cpu().numpy()
        columns = np.concatenate([masked, maps, painted, images], axis=2)
        return np.concatenate(list(columns), axis=0).astype(np.uint8)

    def score(self, generator: nn.Module) -> float:
        """Mean absolute difference to the photographs of the grid, inside the holes."""
        batch = edit_batch(self.shown, self.order).to(next(generator.parameters()).device)
        difference = (generator(batch).picture - batch.image).abs() * batch.mask
        return float(difference.sum() / (3 * batch.mask.sum()).clamp_min(1))

    def discriminator_scores(self, phase: Phase) -> Scores | None:
        """What the discriminators say of training and of held-out scenes; None if none are held out."""
        if self.held_out is None:
            return None
        device = next(self.recipe.networks.parameters()).device
        return measure(
            self.recipe.networks,
            lambda collated: self.recipe.scores(self.batch(collated, device)),
            self.samples(phase),
            self._samples(self.held_out, phase),
        )

    @cached_property
    def held_out(self) -> SceneCache | None:
        """The test split, where it is not what is trained on."""
        data = self.preset.data
        return SceneCache(data.scenes("test")) if data.has_held_out else None

    def _shown(self) -> dict[str, Tensor]:
        """Fixed samples of the test split, for grids and scores."""
        size = self.preset.training.phases[-1].size
        scenes = self.preset.data.scenes("test")
        samples = EditingSamples(scenes, size=size, smallest=size, masks=self.preset.masks, seed=0)
        collated: dict[str, Tensor] = default_collate([samples[i] for i in range(_GRID_SAMPLES)])
        return collated

    def refresh(self, generator: nn.Module) -> None:
        """There are no batch statistics."""

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Write the checkpoint; style bank and outlines are gathered for one that stays for good."""
        preset = self.preset
        style = preset.model.style
        bank = outlines = None
        if kept:
            scenes = [self.scenes[i] for i in range(min(len(self.scenes), _GATHERED_SCENES))]
            outlines = gather_outlines(scenes)
            bank = build_bank(generator, scenes) if isinstance(generator, DivSemGenerator) else None
        checkpoint = Checkpoint(
            "divsem" if style else "spmpgan",
            preset.model if style else preset.model.pyramid,
            self.scenes.label_space,
            Origin(images, preset.data.description, preset.data.licence),
            generator,
            bank,
            outlines,
        )
        card = write_card(checkpoint, preset.perceptual if preset.losses.perceptual else "none")
        save_checkpoint(folder, checkpoint, card=card, dtype=preset.training.stored_type)


def edit_batch(collated: dict[str, Tensor], order: Literal["rgb", "bgr"]) -> EditBatch:
    """Network inputs from stacked ``image`` uint8, ``labels``, ``instances`` and ``mask`` [B, H, W, ...]."""
    return EditBatch(
        to_network(collated["image"], order),
        collated["labels"].long(),
        collated["instances"].long(),
        collated["mask"][:, None].float(),
        tuple(collated["number"].tolist()) if "number" in collated else (),
    )
