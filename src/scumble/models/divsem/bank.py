"""Gathering a style bank from training scenes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scumble.errors import DataError
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_bank import StyleBank
from scumble.nn.pictures import to_network
from scumble.nn.pooling import find_instances
from scumble.scene import Scene


@dataclass(frozen=True)
class SceneCodes:
    """The instances of a scene with their codes.

    Attributes:
        codes: float32 ``[K, length]``.
        classes: int64 ``[K]``, majority class of each.
        ids: int64 ``[K]``, instance ids in ascending order.
    """

    codes: Tensor
    classes: Tensor
    ids: Tensor


@torch.no_grad()
def scene_codes(generator: DivSemGenerator, scene: Scene, smallest_area: int) -> SceneCodes:
    """The code of every instance of an unmasked scene (DivSem 2.4: trunk means, not normalised).

    Args:
        generator: a generator with style encoder.
        scene: picture and maps of any size; it is padded for the trunk, and the padding takes no part.
        smallest_area: instances of fewer pixels are left out.
    """
    assert generator.style_encoder is not None
    device = next(generator.parameters()).device
    multiple = 2 ** len(generator.style_encoder.config.decoder)
    rows, columns = (-n % multiple for n in scene.labels.shape)
    padding = ((0, rows), (0, columns))
    picture = torch.from_numpy(np.pad(scene.image, (*padding, (0, 0)), mode="edge")[None])
    image = to_network(picture, generator.config.pyramid.channel_order).to(device)
    labels = torch.from_numpy(np.pad(scene.labels, padding)[None]).long().to(device)
    ids = np.pad(scene.instances.astype(np.int64) + 1, padding)
    instances = find_instances(torch.from_numpy(ids[None]).to(device))
    means = generator.style_encoder.means(image, torch.ones_like(image[:, :1]), instances)
    keep = (instances.area >= smallest_area) & (instances.id > 0)
    classes = instances.majority(labels, len(scene.label_space))
    return SceneCodes(means[keep].cpu(), classes[keep].cpu(), instances.id[keep].cpu() - 1)


def build_bank(
    generator: DivSemGenerator,
    scenes: Iterable[Scene],
    *,
    per_class: int = 256,
    smallest_area: int = 100,
    seed: int = 0,
) -> StyleBank:
    """Gather codes from training scenes, at most ``per_class`` of a class, drawn from ``seed``.

    Args:
        generator: a generator with style encoder.
        scenes: the training scenes.
        per_class: most codes of one class.
        smallest_area: instances of fewer pixels give no code.
        seed: of the choice where a class has more.

    Raises:
        DataError: no instance is large enough.
    """
    found = [scene_codes(generator, scene, smallest_area) for scene in scenes]
    codes, classes = torch.cat([f.codes for f in found]), torch.cat([f.classes for f in found])
    if not len(codes):
        raise DataError(
            f"No instance of the training scenes has {smallest_area} pixels, so there are no codes for the "
            "style bank; train on larger pictures."
        )
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    codes, classes = codes[order], classes[order]
    chosen = torch.cat([torch.nonzero(classes == c)[:per_class, 0] for c in torch.unique(classes)])
    return StyleBank(codes[chosen], classes[chosen])
