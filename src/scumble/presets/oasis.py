"""Presets of OASIS: the plain names are the published configurations (``oasis`` spec, section 5)."""

from __future__ import annotations

import math
from collections.abc import Callable

from scumble.data.preprocessing import resize_286_crop_256, resize_512x256
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.oasis.config import OASISConfig
from scumble.models.oasis.recipe import SynthesisLosses
from scumble.training.config import Phase, TrainingConfig
from scumble.training.scene_data import SceneData
from scumble.training.synthesis import SynthesisPreset

CITYSCAPES = SceneData("cityscapes", "cityscapes", "cityscapes", "Cityscapes, 2975 training pictures.")
ADE20K = SceneData("ade20k", "ade20k", "ade20k", "ADE20K, 20210 training pictures.")
COCO_STUFF = SceneData("coco-stuff", "coco_stuff", "coco-stuff-from-1", "COCO-Stuff, 118287 pictures.")


def published_training(pictures: int, epochs: int, batch: int, size: int, ema: float) -> TrainingConfig:
    """Constant rates; the average keeps a share ``ema`` in each step.

    Args:
        pictures: of the set.
        epochs: passes over it.
        batch: pictures of a step, over all devices.
        size: width of the pictures.
        ema: decay a step.
    """
    # Of a share d a step, half is left after log(1/2) / log(d) steps.
    half_life = round(batch * math.log(0.5) / math.log(ema))
    phase = Phase(share=1, size=size, batch_size=batch, smallest_window=size)
    return TrainingConfig(
        total_images=pictures * epochs,
        phases=(phase,),
        ema_half_life=half_life,
        seed=42,
        save_every=20_000 * batch,
        log_every=100 * batch,
        workers=4,
    )


def _published(
    base: OASISConfig, data: SceneData, training: TrainingConfig, losses: SynthesisLosses, claim: str
) -> SynthesisPreset:
    wide = base.aspect > 1
    return SynthesisPreset(
        model=IPOSEConfig(base, injection="none"),
        training=training,
        data=data,
        preprocessing=resize_512x256() if wide else resize_286_crop_256(),
        losses=losses,
        claim=claim,
    )


def oasis_cityscapes() -> SynthesisPreset:
    """The published Cityscapes model, 71.1 M parameters, batch size 20."""
    return _published(
        OASISConfig(35, size=512, aspect=2.0),
        CITYSCAPES,
        published_training(2975, 200, 20, 512, 0.999),
        SynthesisLosses(),
        "FID 47.7, mIoU 69.3 (OASIS, table 1)",
    )


def oasis_ade20k() -> SynthesisPreset:
    """The published ADE20K model, 74.3 M parameters, batch size 32."""
    return _published(
        OASISConfig(151),
        ADE20K,
        published_training(20210, 200, 32, 256, 0.9999),
        SynthesisLosses(labelmix=10, generator_rate=1e-4),
        "FID 28.3, mIoU 48.8 (OASIS, table 1)",
    )


def oasis_coco_stuff() -> SynthesisPreset:
    """The published COCO-Stuff model, batch size 32."""
    return _published(
        OASISConfig(183),
        COCO_STUFF,
        published_training(118_287, 100, 32, 256, 0.9999),
        SynthesisLosses(labelmix=10, generator_rate=1e-4),
        "FID 17.0, mIoU 44.1 (OASIS, table 1)",
    )


OASIS: dict[str, Callable[[], SynthesisPreset]] = {
    "oasis-cityscapes": oasis_cityscapes,
    "oasis-ade20k": oasis_ade20k,
    "oasis-coco-stuff": oasis_coco_stuff,
}
