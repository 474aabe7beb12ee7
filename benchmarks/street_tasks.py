"""Any preset of an editing or synthesis system on rendered streets; nothing is trained or downloaded before.

The arithmetic of a training step does not depend on what the weights are, so PartNet and the fixed networks
of the losses get random ones, and supports are drawn by rule. Of the maps it depends on the objects and, with
region maps, on the borders between classes; which classes these are does not matter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn

from scumble.checkpoint import Checkpoint, Origin, save_checkpoint
from scumble.data.editing import Scenes
from scumble.errors import ConfigError
from scumble.instances import consistent_instances
from scumble.label_space import LabelSpace
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import published_init
from scumble.models.partnet.supports import SupportStore
from scumble.nn.backbones.clip_files import FILE_NAME as CLIP
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.squeezenet import SqueezeNet
from scumble.nn.backbones.vgg19 import VGG19
from scumble.presets.variants import find_preset
from scumble.scene import Scene
from scumble.streets import Streets
from scumble.training.config import TrainingConfig
from scumble.training.editing import EditingPreset, EditingTask
from scumble.training.scene_data import SceneData
from scumble.training.synthesis import PartNetSource, SynthesisPreset, SynthesisTask
from scumble.training.task import Task

SCENES = 8
_SAME = {
    "pedestrian": ("pedestrian", "person"),
    "bicyclist": ("bicyclist", "rider", "person"),
    "car": ("car",),
}
"""What the objects of streets are called in other label spaces."""


class RenamedStreets:
    """Streets whose classes have the ids of another label space.

    Cars, pedestrians and bicyclists keep their meaning, as far as the space has it; void is the don't-care
    class; the other classes become stuff classes that are evenly spread over the ids. A picture shows about
    ten classes, as before.

    Args:
        streets: the scenes.
        space: of the new ids.
    """

    def __init__(self, streets: Streets, space: LabelSpace) -> None:
        self.streets, self.label_space = streets, space
        stuff = [c.id for c in space.classes if not c.thing and c.id != space.dont_care]
        names = streets.label_space.names
        self._ids = np.array([stuff[n * len(stuff) // len(names)] for n in range(len(names))], np.int32)
        for n, name in enumerate(names):
            known = [space.index(other) for other in _SAME.get(name, ()) if other in space.names]
            if known:
                self._ids[n] = known[0]
            elif n == streets.label_space.dont_care and space.dont_care is not None:
                self._ids[n] = space.dont_care

    def __len__(self) -> int:
        return len(self.streets)

    def __getitem__(self, index: int) -> Scene:
        """Scene ``index``."""
        scene = self.streets[index]
        labels = self._ids[scene.labels]
        numbers = np.unique(scene.instances, return_inverse=True)[1].reshape(labels.shape) + 1
        instances = consistent_instances(labels, numbers, self.label_space)
        return Scene(scene.image, labels, instances, self.label_space)


@dataclass(frozen=True)
class RenamedStreetData(SceneData):
    """The same as training data; ``label_space`` names the ids."""

    def scenes(self, split: str) -> Scenes:
        """Open a split."""
        return RenamedStreets(Streets(split, SCENES, *self.rendered_size), LabelSpace.load(self.label_space))


def street_task(name: str, folder: Path, batch_size: int, **training: object) -> tuple[Task, TrainingConfig]:
    """A preset's task with the first of its sizes.

    Args:
        name: of the preset.
        folder: gets random weights and takes the place of SCUMBLE_DATA.
        batch_size: pictures in a step.
        training: options that differ from the preset's, see `TrainingConfig`.

    Raises:
        ConfigError: there is no such preset, or it is of another kind.
    """
    preset = find_preset(name)
    if not isinstance(preset, EditingPreset | SynthesisPreset):
        raise ConfigError(f"{name} is neither an editing nor a synthesis preset; give one of those.")
    os.environ["SCUMBLE_DATA"] = str(folder)
    write_backbones(folder / "backbones", preset)
    phase = replace(preset.training.phases[0], share=1, batch_size=batch_size)
    config = replace(preset.training, phases=(phase,), workers=0, **training)  # type: ignore[arg-type]
    wide = isinstance(preset, SynthesisPreset) and preset.model.base.aspect > 1
    size = (512, 256) if wide else (352, 256)
    data = RenamedStreetData(label_space=preset.data.label_space, rendered_size=size)
    if isinstance(preset, EditingPreset):
        return EditingTask(replace(preset, data=data, training=config)), config
    source = PartNetSource(str(write_partnet(folder / "partnet", preset)))
    return SynthesisTask(replace(preset, data=data, training=config, parts=source)), config


def write_backbones(folder: Path, preset: EditingPreset | SynthesisPreset) -> None:
    """Random weights of the fixed networks that the losses of a preset use, where they are looked for."""
    folder.mkdir(parents=True)
    wanted: dict[str, nn.Module] = {}
    names = {preset.perceptual} if preset.losses.perceptual else set()
    if isinstance(preset, SynthesisPreset) and preset.losses.style:
        if preset.style_backbone == "clip-vit-b32":
            wanted[CLIP] = CLIPImageTower(CLIPTowerConfig())
        else:
            names |= {preset.style_backbone}
    if "vgg19" in names:
        wanted["vgg19"] = VGG19()
    if "squeezenet" in names:
        wanted["squeezenet1_1_imagenet_fp16"] = SqueezeNet()
    for file, network in wanted.items():
        save_file(network.state_dict(), folder / f"{file}.safetensors")


def write_partnet(folder: Path, preset: SynthesisPreset) -> Path:
    """An untrained PartNet as a preset wants it; the supports of all categories are discs of four parts."""
    config = preset.model.partnet
    network = PartNet(config)
    published_init(network, torch.Generator().manual_seed(0))
    categories = {category for _, category in preset.model.categories}
    store = SupportStore.of({c: [disc()] * config.supports for c in categories}, config.supports)
    space = LabelSpace.from_names("part categories", ["anything"])
    origin = Origin(0, "none: random weights", "free")
    save_checkpoint(
        folder, Checkpoint("partnet", config, space, origin, network, supports=store), card="# untrained\n"
    )
    return folder


def disc() -> NDArray[np.uint8]:
    """A part map ``[64, 64]``: a part for every quarter."""
    y, x = np.mgrid[-32:32, -32:32]
    return np.where(x**2 + y**2 < 900, 1 + (x > 0) + 2 * (y > 0), 0).astype(np.uint8)
