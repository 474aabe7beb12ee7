"""Gathering a style bank from training scenes."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_bank import StyleBank
from scumble.nn.pictures import to_network
from scumble.nn.pooling import find_instances
from scumble.scene import Scene


@torch.no_grad()
def scene_codes(
    generator: DivSemGenerator, scene: Scene, smallest_area: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The code of every instance of an unmasked scene (DivSem 2.4: trunk means, not normalised).

    The picture is cut to multiples of the trunk's reduction at the right and the bottom.

    Args:
        generator: a generator with style encoder.
        scene: picture and maps.
        smallest_area: instances of fewer pixels are left out.

    Returns:
        codes ``[K, length]`` and their classes int64 ``[K]``.
    """
    assert generator.style_encoder is not None
    device = next(generator.parameters()).device
    multiple = 2 ** (len(generator.style_encoder.config.decoder))
    height, width = (n - n % multiple for n in scene.image.shape[:2])
    cut = (slice(height), slice(width))
    image = to_network(
        torch.from_numpy(scene.image[cut][None].copy()), generator.config.pyramid.channel_order
    )
    labels = torch.from_numpy(scene.labels[cut][None].copy()).long().to(device)
    instances = find_instances(torch.from_numpy(scene.instances[cut][None].copy()).to(device))
    means = generator.style_encoder.means(
        image.to(device), torch.ones_like(image[:, :1]).to(device), instances
    )
    keep = instances.area >= smallest_area
    classes = instances.majority(labels, len(scene.label_space))
    return means[keep].cpu(), classes[keep].cpu()


def build_bank(
    generator: DivSemGenerator,
    scenes: Sequence[Scene],
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
    """
    pairs = [scene_codes(generator, scenes[i], smallest_area) for i in range(len(scenes))]
    codes, classes = torch.cat([p[0] for p in pairs]), torch.cat([p[1] for p in pairs])
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    codes, classes = codes[order], classes[order]
    kept = [torch.nonzero(classes == c)[:per_class, 0] for c in torch.unique(classes)]
    chosen = torch.cat(kept)
    return StyleBank(codes[chosen], classes[chosen])
