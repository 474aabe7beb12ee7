"""Any preset at tiny width, on scenes and outlines drawn by rule; all else stays as the preset has it.

Widths are divided alike, so that what has twice the width of another keeps it, and so have style codes of
different length. Presets that differ in nothing else, such as in the number of pictures, become equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.editing import Scenes
from scumble.data.part_categories import PART_CATEGORIES
from scumble.data.part_shapes import published_supports
from scumble.data.parts.supports import write_supports
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import published_init
from scumble.models.partnet.supports import SupportStore
from scumble.presets import Preset
from scumble.scene import Scene
from scumble.training.config import TrainingConfig
from scumble.training.editing import EditingPreset
from scumble.training.labeling import LabelingPreset
from scumble.training.scene_data import SceneData
from scumble.training.synthesis import SynthesisPreset
from tests.data.parts.fixture import car, write_object

WIDTH, HEIGHT = 144, 96
_OWN_CATEGORIES = (42, 43)
"""Of the part sets that scumble builds; the published ones do not have them."""


def _narrow(width: int, divisor: int = 32) -> int:
    return max(1, width // divisor)


def _all_narrow(widths: Sequence[int]) -> tuple[int, ...]:
    return tuple(_narrow(width) for width in widths)


class DrawnScenes:
    """Two pictures: don't-care or the first class above another, and three objects below.

    Args:
        label_space: of the maps.
        shown: classes of the objects.
    """

    def __init__(self, label_space: LabelSpace, shown: Sequence[int]) -> None:
        self.label_space, self.shown = label_space, shown

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Scene:
        """The scene; the same whenever it is asked for."""
        rng = np.random.default_rng(index)
        labels = np.full((HEIGHT, WIDTH), 2, np.int32)
        labels[:20] = self.label_space.dont_care or 0
        for place, class_id in enumerate(self.shown):
            top, left = rng.integers(24, 32), 4 + 48 * place
            labels[top : top + 36 + 4 * place, left : left + 40] = class_id
        image = rng.integers(256, size=(HEIGHT, WIDTH, 3)).astype(np.uint8)
        return Scene(image, labels, derive_instances(labels, self.label_space), self.label_space)


@dataclass(frozen=True)
class DrawnData(SceneData):
    """`DrawnScenes` in the place of a set on disk, with its classes."""

    shown: tuple[int, ...] = ()
    """Classes of the objects; empty for the first three kinds of things."""

    def scenes(self, split: str) -> Scenes:
        """The same two for every split."""
        del split
        space = LabelSpace.load(self.label_space)
        return DrawnScenes(space, self.shown or sorted(space.things)[:3])


def write_parts(root: Path) -> Path:
    """A part set with outlines and supports for every category of every preset."""
    for category in (*PART_CATEGORIES, *_OWN_CATEGORIES):
        for number in range(3):
            write_object(root, f"t{number}", category=category, parts=car(20 + 2 * number, 34))
        write_object(root, "v", category=category, split="val")
        write_supports(root, category)
    return root


@cache
def partnet_checkpoint(root: Path, config: PartNetConfig) -> Path:
    """An untrained PartNet in a folder beside the part set ``root``, with its supports."""
    network = PartNet(config)
    published_init(network, torch.Generator().manual_seed(0))
    k = config.supports
    store = SupportStore.of({c: published_supports(root, c, k) for c in PART_CATEGORIES}, k)
    folder = root.parent / f"partnet-{len(list(root.parent.glob('partnet-*')))}"
    space = LabelSpace.from_names("part categories", ["anything"])
    checkpoint = Checkpoint("partnet", config, space, Origin(0, "none", "none"), network, supports=store)
    save_checkpoint(folder, checkpoint, card="# untrained\n")
    return folder


def shrink(preset: Preset, parts: Path) -> Preset:
    """The preset with less than a hundredth of its weights, one small picture in a step, and no claim.

    Args:
        preset: of any system, not a tiny one.
        parts: what `write_parts` wrote.
    """
    if isinstance(preset, EditingPreset):
        return _editing(preset)
    if isinstance(preset, SynthesisPreset):
        return _synthesis(preset, parts)
    if isinstance(preset, LabelingPreset):
        small = replace(preset.model, widths=_all_narrow(preset.model.widths))
        data = DrawnData(label_space=preset.data.label_space)
        return replace(preset, model=small, training=_training(preset.training, 2), data=data)
    model, training = _partnet(preset.model), _training(preset.training, 1)
    return replace(preset, model=model, training=training, data=replace(preset.data, folder=str(parts)))


def _training(training: TrainingConfig, divisor: int) -> TrainingConfig:
    """Two steps of the first phase."""
    phase = training.phases[0]
    small = replace(
        phase,
        share=1,
        size=phase.size // divisor,
        batch_size=1,
        smallest_window=phase.smallest_window // divisor,
        largest_window=phase.largest_window and phase.largest_window // divisor,
    )
    return replace(training, total_images=2, phases=(small,), save_every=1, log_every=1, workers=0)


def _editing(preset: EditingPreset) -> EditingPreset:
    model = preset.model
    stages = tuple(
        replace(stage, encoder=_all_narrow(stage.encoder), decoder=_all_narrow(stage.decoder))
        for stage in model.pyramid.stages
    )
    # Few classes, because maps of 151 at full size take most of the time.
    hidden = _narrow(model.pyramid.hidden)
    pyramid = replace(model.pyramid, label_channels=12, stages=stages, hidden=hidden)
    style = model.style and replace(
        model.style,
        length=_narrow(model.style.length),
        encoder=_all_narrow(model.style.encoder),
        decoder=_all_narrow(model.style.decoder),
    )
    return replace(
        preset,
        model=replace(model, pyramid=pyramid, style=style),
        discriminators=replace(preset.discriminators, width=_narrow(preset.discriminators.width)),
        training=_training(preset.training, preset.training.phases[0].size // pyramid.multiple),
        data=DrawnData(label_space="camvid"),
        claim="",
    )


def _partnet(config: PartNetConfig) -> PartNetConfig:
    a, b, c, d = (_narrow(width, 16) for width in config.encoder)
    e, f, g = (_narrow(width, 16) for width in config.decoder)
    return replace(config, encoder=(a, b, c, d), decoder=(e, f, g))


def _synthesis(preset: SynthesisPreset, parts: Path) -> SynthesisPreset:
    model, segmenter = preset.model, preset.discriminator
    # The discriminator takes sides that are multiples of 64.
    divisor = round(preset.training.phases[0].size / model.base.aspect) // 64
    base = replace(
        model.base,
        width=_narrow(model.base.width),
        noise=_narrow(model.base.noise),
        hidden=_narrow(model.base.hidden),
        size=model.base.size // divisor,
    )
    partnet = _partnet(model.partnet)
    checkpoint = str(partnet_checkpoint(parts, partnet))
    shown = tuple(class_id for class_id, _ in model.categories[:3])
    return replace(
        preset,
        model=replace(model, base=base, partnet=partnet, part_features=2),
        discriminator=replace(segmenter, widths=_all_narrow(segmenter.widths), last=_narrow(segmenter.last)),
        parts=replace(preset.parts, checkpoint=checkpoint, supports=preset.parts.supports and str(parts)),
        training=_training(preset.training, divisor),
        data=DrawnData(label_space=preset.data.label_space, shown=shown),
        claim="",
    )
