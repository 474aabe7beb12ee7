"""Training of OASIS and iPOSE: from a preset to a task for the loop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import default_collate

from scumble.checkpoint import Checkpoint, Origin, load_checkpoint, save_checkpoint
from scumble.data.editing import SceneCache, Scenes
from scumble.data.part_shapes import published_supports
from scumble.data.parts.part_set import supports
from scumble.data.preprocessing import Preprocessing
from scumble.data.synthesis import SynthesisSamples
from scumble.errors import ConfigError
from scumble.losses.perceptual import PerceptualName
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import PartInference
from scumble.models.ipose.painting import InferredParts, ipose_painter
from scumble.models.ipose.part_edits import PartEdits
from scumble.models.ipose.style import StyleLoss, style_term
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.painting import oasis_painter
from scumble.models.oasis.recipe import (
    Draws,
    Painter,
    SynthesisBatch,
    SynthesisLosses,
    SynthesisRecipe,
    Variation,
)
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.supports import SupportStore
from scumble.nn.backbones.tokens import StyleBackbone, load_token_network
from scumble.nn.init import xavier_normal
from scumble.nn.pictures import to_8bit, to_network
from scumble.nn.spectral import settle_spectral_norms
from scumble.research_data import find_data
from scumble.scene import ImageArray
from scumble.training.config import Phase, TrainingConfig
from scumble.training.overfit import Scores, measure
from scumble.training.perceptual import perceptual_term
from scumble.training.scene_data import SceneData
from scumble.training.synthesis_card import write_synthesis_card

_GRID_SAMPLES = 6


@dataclass(frozen=True)
class PartNetSource:
    """Where the parts come from."""

    checkpoint: str = ""
    """A checkpoint folder of PartNet, or the name of a shipped one."""
    supports: str = ""
    """The part set with the support maps: a folder, or one under SCUMBLE_DATA; empty where the checkpoint
    has them."""
    borrow_supports: bool = False
    """Whether some categories take the supports of others, as released (``ipose``, section 2.3)."""
    shipped: bool = False
    """Whether the support maps may go into the checkpoint."""


@dataclass(frozen=True)
class SynthesisPreset:
    """A complete training configuration of iPOSE or, without part injection, of OASIS."""

    model: IPOSEConfig
    """The generator."""
    training: TrainingConfig
    """How long and in which sizes: the size of a phase is the width of its pictures."""
    data: SceneData
    """On what."""
    preprocessing: Preprocessing
    """How pictures come to the network's size."""
    discriminator: SegmenterConfig = field(default_factory=SegmenterConfig)
    """The U-Net."""
    losses: SynthesisLosses = field(default_factory=SynthesisLosses)
    """Weights and learning rates."""
    parts: PartNetSource = field(default_factory=PartNetSource)
    """PartNet and its supports, for iPOSE."""
    part_edits: float = 0.0
    """Share of the objects of training pictures whose parts are edited (ours, see `PartEdits`), 0..1."""
    style_backbone: StyleBackbone = "clip-vit-b32"
    """The network of the style term, where it is weighed; the others are stand-ins for CLIP."""
    perceptual: PerceptualName = "vgg19"
    """The network of the perceptual term, where it is weighed."""
    refresh: int = 51
    """Training batches that the averaged generator sees before it is used, for its batch statistics."""
    claim: str = ""
    """The number that the paper gives for this configuration, and where."""

    @property
    def system(self) -> Literal["oasis", "ipose"]:
        """The name of the system in checkpoints."""
        return "oasis" if self.model.injection == "none" else "ipose"


class SynthesisTask:
    """The recipe of a preset with its data, grids and checkpoints.

    What grids show is read at once, so that a test split that cannot be read ends a run at its beginning.

    Args:
        preset: what to train.
    """

    def __init__(self, preset: SynthesisPreset) -> None:
        self.preset = preset
        self.scenes = SceneCache(preset.data.scenes("train"))
        self.label_space = space = self.scenes.label_space
        if preset.model.base.label_channels < len(space):
            raise ConfigError(
                f"model.base.label-channels is {preset.model.base.label_channels}, but the label space "
                f"{space.name!r} has {len(space)} classes; give at least {len(space)}."
            )
        self.categories = dict(preset.model.categories)
        seed = preset.training.seed
        # The vectors of spectral norm are drawn from torch's own generator, when a layer is made.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            generator = build_generator(preset)
            discriminator = Segmenter(preset.discriminator, preset.model.base.label_channels)
        both = nn.ModuleList([generator, discriminator])
        first = torch.Generator().manual_seed(seed)
        xavier_normal(both, first, spectral_gain=preset.losses.spectral_gain)
        settle_spectral_norms(both)
        self.store = load_parts(preset, generator) if isinstance(generator, IPOSEGenerator) else None
        self.style = StyleLoss(load_token_network(preset.style_backbone)) if preset.losses.style else None
        self.perceptual = perceptual_term(preset.perceptual) if preset.losses.perceptual else None
        parts = self.parts(generator)
        self.recipe = SynthesisRecipe(
            generator,
            discriminator,
            preset.model.base.label_channels,
            _painter(generator, parts),
            preset.losses,
            seed,
            None if self.style is None else style_term(self.style),
            self.perceptual,
            space.dont_care,
            self._variation(parts),
        )
        self.shown = self._shown()

    def parts(self, generator: nn.Module) -> InferredParts | None:
        """What a generator of this preset knows of the parts; None for OASIS."""
        if not isinstance(generator, IPOSEGenerator):
            return None
        assert self.store is not None
        categories = list(self.categories.values())
        return InferredParts(generator, PartInference(generator.partnet, self.store, categories))

    def painter(self, generator: nn.Module) -> Painter:
        """How a generator of this preset paints."""
        return _painter(generator, self.parts(generator))

    def _variation(self, parts: InferredParts | None) -> Variation:
        """How batches are changed."""
        share = self.preset.part_edits
        if parts is None or not share:
            return lambda batch: batch
        return PartEdits(lambda batch: parts.inferred(batch).parts, share, self.preset.training.seed)

    def samples(self, phase: Phase) -> SynthesisSamples:
        """Pictures of the training scenes."""
        return self._samples(self.scenes, phase.size, self.preset.training.seed)

    def _samples(self, scenes: Scenes, size: int, seed: int | None) -> SynthesisSamples:
        given = self.preset.preprocessing
        scaled = replace(given, crop_size=size, load_size=round(given.load_size * size / given.crop_size))
        return SynthesisSamples(scenes, scaled, self.categories, seed)

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> SynthesisBatch:
        """Stacked samples as the recipe takes them."""
        for frozen in (self.style, self.perceptual):
            if frozen is not None:
                frozen.to(device)
        return SynthesisBatch(
            to_network(collated["image"]),
            collated["labels"].long(),
            collated["codes"].long(),
            collated["boxes"],
            collated["count"],
            tuple(collated["number"].tolist()),
        ).to(device)

    @torch.no_grad()
    def grid(self, generator: nn.Module) -> ImageArray:
        """Rows of map, two results and photograph for fixed samples of the test split."""
        collated = self.shown
        batch = self.batch(collated, next(generator.parameters()).device)
        paint = self.painter(generator)
        painted = [to_8bit(paint(batch, _draws(batch, seed))).cpu().numpy() for seed in (0, 1)]
        maps = np.stack([self.scenes.label_space.colorize(m) for m in collated["labels"].numpy()])
        columns = np.concatenate([maps, *painted, collated["image"].numpy()], axis=2)
        return np.concatenate(list(columns), axis=0)

    @torch.no_grad()
    def score(self, generator: nn.Module) -> float | None:
        """Perceptual distance to the photographs of the grid, where the term is weighed."""
        if self.perceptual is None:
            return None
        batch = self.batch(self.shown, next(generator.parameters()).device)
        return float(self.perceptual(self.painter(generator)(batch, _draws(batch, 0)), batch.image))

    def discriminator_scores(self, phase: Phase) -> Scores | None:
        """What the discriminator says of training and of held-out scenes; None if none are held out."""
        if self.held_out is None:
            return None
        device = next(self.recipe.networks.parameters()).device
        return measure(
            self.recipe.networks,
            lambda collated: self.recipe.scores(self.batch(collated, device)),
            self.samples(phase),
            self._samples(self.held_out, phase.size, self.preset.training.seed),
        )

    @cached_property
    def held_out(self) -> SceneCache | None:
        """The test split, where it is not what is trained on."""
        data = self.preset.data
        return SceneCache(data.scenes("test")) if data.has_held_out else None

    def _shown(self) -> dict[str, Tensor]:
        """Fixed samples of the test split, for grids and scores."""
        samples = self._samples(self.preset.data.scenes("test"), self.preset.training.phases[-1].size, None)
        collated: dict[str, Tensor] = default_collate([samples[i] for i in range(_GRID_SAMPLES)])
        return collated

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Write the checkpoint."""
        del kept
        preset = self.preset
        shipped = preset.parts.shipped and self.store is not None
        checkpoint = Checkpoint(
            preset.system,
            preset.model if preset.system == "ipose" else preset.model.base,
            self.scenes.label_space,
            Origin(images, preset.data.description, preset.data.licence),
            generator,
            supports=self.store if shipped else None,
        )
        terms: dict[str, str] = {"style": preset.style_backbone} if preset.losses.style else {}
        if preset.losses.perceptual:
            terms["perceptual"] = preset.perceptual
        card = write_synthesis_card(checkpoint, terms, preset.claim)
        save_checkpoint(folder, checkpoint, card=card, dtype=preset.training.stored_type)

    @torch.no_grad()
    def refresh(self, generator: nn.Module) -> None:
        """Let a generator see the first training batches, so that its batch statistics are its own.

        Those of the average are averages of the statistics of other weights (``oasis``, section 5).
        """
        phase = self.preset.training.phases[-1]
        samples = self.samples(phase)
        paint = self.painter(generator)
        device = next(generator.parameters()).device
        generator.train()
        for number in range(self.preset.refresh):
            chosen = range(number * phase.batch_size, (number + 1) * phase.batch_size)
            collated = default_collate([samples[i] for i in chosen])
            batch = self.batch(collated, device)
            paint(batch, _draws(batch, 0))
        generator.eval()


def _painter(generator: nn.Module, parts: InferredParts | None) -> Painter:
    if isinstance(generator, IPOSEGenerator):
        return ipose_painter(generator, parts)
    assert isinstance(generator, OASISGenerator)
    return oasis_painter(generator)


def _draws(batch: SynthesisBatch, seed: int) -> Draws:
    """Sources of noise that are the same whatever was trained before."""
    return [np.random.default_rng([seed, number]) for number in batch.numbers]


def build_generator(preset: SynthesisPreset) -> OASISGenerator | IPOSEGenerator:
    """The generator of either system."""
    return OASISGenerator(preset.model.base) if preset.system == "oasis" else IPOSEGenerator(preset.model)


def load_parts(preset: SynthesisPreset, generator: IPOSEGenerator) -> SupportStore:
    """Give a generator its trained PartNet.

    Returns:
        The supports of the categories that the preset names.

    Raises:
        ConfigError: the preset names no PartNet, or one of another configuration.
        DataError: a category has no supports.
    """
    source = preset.parts
    if not source.checkpoint:
        raise ConfigError("parts.checkpoint is empty; give a checkpoint folder of PartNet.")
    trained = load_checkpoint(source.checkpoint)
    if not isinstance(trained.network, PartNet) or trained.config != preset.model.partnet:
        raise ConfigError(
            f"parts.checkpoint is {source.checkpoint!r}, a {trained.system} of {trained.config}; expected a "
            f"PartNet of {preset.model.partnet}; give another, or set model.partnet."
        )
    generator.partnet.load_state_dict(trained.network.state_dict())
    generator.partnet.requires_grad_(False)
    k = preset.model.partnet.supports
    wanted = sorted({category for _, category in preset.model.categories})
    if source.supports:
        root = find_data(source.supports)
        read = published_supports if source.borrow_supports else supports
        store = SupportStore.of({c: read(root, c, k) for c in wanted}, k)
    elif trained.supports is not None:
        store = trained.supports
    else:
        raise ConfigError(f"{source.checkpoint} holds no support maps; give a part set as parts.supports.")
    store.check(wanted)
    return SupportStore({c: store.maps[c][:k] for c in wanted})
