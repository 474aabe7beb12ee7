"""Training of PartNet: from a preset to a task for the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.part_categories import PART_CATEGORIES
from scumble.data.part_shapes import PartSamples, support_maps
from scumble.data.parts.part_set import categories as categories_of
from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.label_tables import voc_color
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import PartBatch, PartNetLosses, PartNetRecipe, published_init
from scumble.models.partnet.supports import SupportStore
from scumble.research_data import find_data
from scumble.scene import ImageArray
from scumble.training.config import Phase, TrainingConfig

_GRID_SAMPLES = 24


@dataclass(frozen=True)
class PartData:
    """Where the objects are."""

    folder: str = "Full_Parts"
    """A part set: a folder, or one under SCUMBLE_DATA (default ../shared/data)."""
    categories: tuple[int, ...] = ()
    """Numbers of the categories to train on; empty for all of the set."""
    description: str = ""
    """What the card says of the data."""
    licence: str = "as the training data"
    """Under what terms the weights may be used."""
    borrow_supports: bool = False
    """Whether some categories take the supports of others, as released (``ipose``, section 2.3)."""
    supports: Literal["inside", "outside"] = "outside"
    """Whether the support maps may go into the checkpoint; otherwise users name a part set."""

    @property
    def root(self) -> Path:
        """The part set."""
        return find_data(self.folder)


@dataclass(frozen=True)
class PartPreset:
    """A complete training configuration of PartNet."""

    model: PartNetConfig
    """The network."""
    training: TrainingConfig
    """How long; the size of a phase is that of the outlines, 64."""
    data: PartData
    """On what."""
    losses: PartNetLosses = field(default_factory=PartNetLosses)
    """Terms and learning rate."""
    claim: str = ""
    """The number that the paper gives for this configuration, and where."""


class PartTask:
    """The recipe of a preset with its data, grids and checkpoints.

    Args:
        preset: what to train.
    """

    def __init__(self, preset: PartPreset) -> None:
        self.preset = preset
        found = categories_of(preset.data.root)
        if not found:
            raise ConfigError(
                f"data.folder is {preset.data.folder!r}: {preset.data.root} holds no part set; make one with "
                "scumble data parts, or set SCUMBLE_DATA."
            )
        self.categories = preset.data.categories or tuple(found)
        names = [
            f"{c} {PART_CATEGORIES[c].name}" if c in PART_CATEGORIES else str(c) for c in self.categories
        ]
        self.label_space = LabelSpace.from_names("part categories", names)
        k = preset.model.supports
        shared = preset.data.borrow_supports
        folders = {c: PART_CATEGORIES[c].training_supports if shared else c for c in self.categories}
        root = preset.data.root
        self.store = SupportStore.of({c: support_maps(root, folder, k) for c, folder in folders.items()}, k)
        # Read now, so that a part set without validation objects is refused before anything is trained.
        self.shown = shown_samples(preset.data.root, self.categories)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(preset.training.seed)
            network = PartNet(preset.model)
        published_init(network, torch.Generator().manual_seed(preset.training.seed), preset.losses.gain)
        self.recipe = PartNetRecipe(network, self.store, preset.losses, preset.training.seed)

    def samples(self, phase: Phase) -> PartSamples:
        """Objects of the training split."""
        del phase
        return PartSamples(self.preset.data.root, self.categories, "train", self.preset.training.seed)

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> PartBatch:
        """Stacked samples as the recipe takes them."""
        return PartBatch(
            collated["shape"][:, None].float().to(device),
            collated["parts"].long().to(device),
            tuple(collated["category"].tolist()),
        )

    def grid(self, generator: nn.Module) -> ImageArray:
        """Rows of outline, prediction and true parts for fixed objects, see `shown_samples`."""
        collated = self.shown
        batch = self.batch(collated, next(generator.parameters()).device)
        assert isinstance(generator, PartNet)
        found = predict(generator, self.store, batch).cpu().numpy()
        palette = np.array([voc_color(i) for i in range(9)], dtype=np.uint8)
        outline = np.where(collated["shape"].numpy()[..., None] > 0, np.uint8(255), np.uint8(0)).repeat(3, 3)
        rows = np.concatenate([outline, palette[found], palette[collated["parts"].numpy()]], axis=2)
        return np.concatenate(list(rows), axis=0)

    def score(self, generator: nn.Module) -> float:
        """Share of the pixels of the grid's objects that get a wrong part."""
        batch = self.batch(self.shown, next(generator.parameters()).device)
        assert isinstance(generator, PartNet)
        inside = batch.shapes[:, 0] > 0
        wrong = (predict(generator, self.store, batch) != batch.parts) & inside
        return float(wrong.sum() / inside.sum())

    def discriminator_scores(self, phase: Phase) -> None:
        """There is no discriminator."""

    def refresh(self, generator: nn.Module) -> None:
        """The averaged batch statistics serve."""

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Write the checkpoint."""
        del kept
        preset = self.preset
        origin = Origin(images, preset.data.description, preset.data.licence)
        fixed = SupportStore({c: maps[: preset.model.supports] for c, maps in self.store.maps.items()})
        checkpoint = Checkpoint(
            "partnet",
            preset.model,
            self.label_space,
            origin,
            generator,
            supports=fixed if preset.data.supports == "inside" else None,
        )
        save_checkpoint(
            folder, checkpoint, card=write_part_card(checkpoint), dtype=preset.training.stored_type
        )


def shown_samples(root: Path, categories: Sequence[int]) -> dict[str, Tensor]:
    """Evenly spaced validation objects of the categories that have some.

    Raises:
        DataError: no category has any.
    """
    held_out = [c for c in categories if (root / str(c) / "val").is_dir()]
    samples = PartSamples(root, held_out or categories, "val", None)
    chosen = np.linspace(0, len(samples) - 1, _GRID_SAMPLES).astype(int).tolist()
    collated: dict[str, Tensor] = torch.utils.data.default_collate([samples[i] for i in chosen])
    return collated


@torch.no_grad()
def predict(network: PartNet, store: SupportStore, batch: PartBatch) -> Tensor:
    """The part of every pixel, int64 ``[N, 64, 64]``; 0 outside the outline, which is what parts cover."""
    categories = sorted(set(batch.categories))
    rows = torch.tensor([categories.index(c) for c in batch.categories], device=batch.shapes.device)
    supports = network.encode_supports(store.fixed(categories, network.config.supports).to(rows.device))
    logits, _ = network(network.encode_shapes(batch.shapes), supports.of(rows))
    return torch.where(batch.shapes[:, 0] > 0, logits[:, 1:].argmax(1) + 1, 0)


def write_part_card(checkpoint: Checkpoint) -> str:
    """The text of a PartNet's ``README.md``.

    Args:
        checkpoint: the weights and where they come from.
    """
    origin = checkpoint.origin
    parameters = sum(p.numel() for p in checkpoint.network.parameters())
    inside = "in this folder" if checkpoint.supports else "not in this folder: name a part set that has them"
    return f"""# PartNet

Infers the parts of an object from its outline; {parameters / 1e6:.2f} M parameters, trained by scumble on
{origin.images} outlines.

* Categories: {", ".join(checkpoint.label_space.names)}
* Data: {origin.data or "not stated"}
* Licence: {origin.licence}
* Support maps: {inside}
"""
