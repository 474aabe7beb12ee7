"""Training of the labeler: from a preset to a task for the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import default_collate

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.editing import SceneCache, Scenes, evenly_spaced
from scumble.data.labeling import LabelingSamples
from scumble.errors import ConfigError
from scumble.models.labeler.config import LabelerConfig
from scumble.models.labeler.network import Labeler
from scumble.models.labeler.recipe import LabelBatch, LabelerLosses, LabelerRecipe, class_weights
from scumble.nn.pictures import to_network
from scumble.scene import ImageArray
from scumble.training.config import Phase, TrainingConfig
from scumble.training.scene_data import SceneData

_GRID_SAMPLES = 6
_COUNTED_SCENES = 100


@dataclass(frozen=True)
class LabelingPreset:
    """A complete training configuration of the labeler."""

    model: LabelerConfig
    """The network."""
    training: TrainingConfig
    """How long and in which sizes."""
    data: SceneData
    """On what."""
    losses: LabelerLosses = field(default_factory=LabelerLosses)
    """Class weights and learning rate."""
    jitter: float = 0.2
    """Strength of the change of brightness, contrast and saturation, in 0..1."""

    def __post_init__(self) -> None:
        if not 0 <= self.jitter <= 1:
            raise ConfigError(f"jitter is {self.jitter}, but must be in 0..1.")
        for phase in self.training.phases:
            # Batch norm cannot train on a smallest map of a single pixel.
            if phase.size <= self.model.reduction:
                raise ConfigError(
                    f"A phase has size {phase.size}, but the network reduces {self.model.reduction} pixels "
                    f"to one; give a size above {self.model.reduction}, or fewer widths."
                )


class LabelingTask:
    """The recipe of a preset with its data, grids and checkpoints.

    What grids show is read at once, so that a test split that cannot be read ends a run at its beginning.

    Args:
        preset: what to train.
    """

    def __init__(self, preset: LabelingPreset) -> None:
        self.preset = preset
        self.scenes = SceneCache(preset.data.scenes("train"))
        self.label_space = space = self.scenes.label_space
        if preset.model.classes != len(space):
            raise ConfigError(
                f"model.classes is {preset.model.classes}, but the label space {space.name!r} has "
                f"{len(space)} classes; give {len(space)}."
            )
        weights = class_weights(count_pixels(self.scenes), preset.losses.balance, space.dont_care)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(preset.training.seed)
            self.recipe = LabelerRecipe(Labeler(preset.model), weights, preset.losses)
        self.shown = self._shown()

    def samples(self, phase: Phase) -> LabelingSamples:
        """Windows of the training scenes."""
        return LabelingSamples(
            self.scenes,
            size=phase.size,
            smallest=phase.smallest_window,
            largest=phase.largest_window,
            jitter=self.preset.jitter,
            seed=self.preset.training.seed,
        )

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> LabelBatch:
        """Stacked samples as the network takes them."""
        return LabelBatch(to_network(collated["image"]), collated["labels"].long()).to(device)

    def grid(self, generator: nn.Module) -> ImageArray:
        """Rows of photograph, map and the network's map for fixed samples of the test split."""
        collated = self.shown
        device = next(generator.parameters()).device
        found = generator(self.batch(collated, device).image).argmax(1).cpu().numpy()
        maps = [
            np.stack([self.scenes.label_space.colorize(m) for m in stack])
            for stack in (collated["labels"].numpy(), found)
        ]
        columns = np.concatenate([collated["image"].numpy(), *maps], axis=2)
        return np.concatenate(list(columns), axis=0)

    def score(self, generator: nn.Module) -> float:
        """Share of the grid's pixels that get a wrong class, those of the don't-care class left out."""
        batch = self.batch(self.shown, next(generator.parameters()).device)
        wrong = generator(batch.image).argmax(1) != batch.labels
        dont_care = self.scenes.label_space.dont_care
        counts = batch.labels != (-1 if dont_care is None else dont_care)
        return float((wrong & counts).sum() / counts.sum().clamp_min(1))

    def _shown(self) -> dict[str, Tensor]:
        """Fixed samples of the test split, for grids and scores."""
        size = self.preset.training.phases[-1].size
        samples = LabelingSamples(self.preset.data.scenes("test"), size=size, smallest=size, jitter=0, seed=0)
        collated: dict[str, Tensor] = default_collate([samples[i] for i in range(_GRID_SAMPLES)])
        return collated

    def discriminator_scores(self, phase: Phase) -> None:
        """There is no discriminator."""

    def refresh(self, generator: nn.Module) -> None:
        """The averaged batch statistics serve."""

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Write the checkpoint."""
        del kept
        preset = self.preset
        origin = Origin(images, preset.data.description, preset.data.licence)
        checkpoint = Checkpoint("labeler", preset.model, self.scenes.label_space, origin, generator)
        card = write_labeler_card(checkpoint)
        save_checkpoint(folder, checkpoint, card=card, dtype=preset.training.stored_type)


def count_pixels(scenes: Scenes) -> NDArray[np.int64]:
    """Pixels of each class ``[classes]`` in at most 100 evenly spaced scenes."""
    counts = np.zeros(len(scenes.label_space), dtype=np.int64)
    for _, scene in evenly_spaced(scenes, _COUNTED_SCENES):
        counts += np.bincount(scene.labels.ravel(), minlength=len(counts))
    return counts


def write_labeler_card(checkpoint: Checkpoint) -> str:
    """The text of a labeler's ``README.md``.

    Args:
        checkpoint: the weights and where they come from.
    """
    space, origin = checkpoint.label_space, checkpoint.origin
    parameters = sum(p.numel() for p in checkpoint.network.parameters())
    ignored = "" if space.dont_care is None else f", {space.names[space.dont_care]} never predicted"
    return f"""# labeler on {space.name}

A segmentation network of {parameters / 1e6:.2f} M parameters, trained by scumble on {origin.images} windows
of pictures. It judges how well a picture obeys its label map.

* Data: {origin.data or "not stated"}
* Licence of the weights: {origin.licence}
* Label ids ({space.name}, counted from 0{ignored}): {", ".join(f"{c.name} {c.id}" for c in space.classes)}
* Configuration and digests: `config.json`

```sh
scumble evaluate CHECKPOINT --data DATA --judge FOLDER --out numbers.json
```
"""
