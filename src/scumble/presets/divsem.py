"""Presets of DivSem: the plain names are the published configurations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scumble.data.masks import MASK_KINDS, PUBLISHED_MASK_KINDS
from scumble.models.divsem.config import DivSemConfig, StyleConfig, published_divsem_config
from scumble.models.spmpgan.config import DiscriminatorConfig, SPMPGANConfig, StageConfig
from scumble.models.spmpgan.recipe import EditingLosses
from scumble.training.config import Phase, TrainingConfig
from scumble.training.editing import EditingPreset
from scumble.training.scene_data import SceneData

CAMVID_DATA = SceneData(
    layout="camvid",
    folder="camvid",
    label_space="camvid",
    description="CamVid, the 367 training frames of the SegNet split, 480x360, 11 classes and void.",
    licence="research only: CamVid (Cambridge) and the split's CC BY-NC 4.0",
)

STREETS_DATA = SceneData(
    layout="streets",
    folder="",
    label_space="camvid",
    description="2000 street scenes of 352x256 rendered by scumble from the seeds 0 to 1999.",
    licence="Apache-2.0, as scumble: no foreign data is in these weights",
)

TINY_STREETS_DATA = replace(STREETS_DATA, rendered=8, rendered_size=(160, 128))


def _published(data: SceneData, label_channels: int, pictures: int, claim: str = "") -> EditingPreset:
    """500 passes at batch size 3 in random 256x256 crops, Adam at constant rates (DivSem, section 4.2)."""
    phase = Phase(share=1, size=256, batch_size=3, smallest_window=256, largest_window=256)
    return EditingPreset(
        model=published_divsem_config(label_channels),
        training=TrainingConfig(
            total_images=500 * pictures, phases=(phase,), save_every=20 * pictures, log_every=300, workers=4
        ),
        data=data,
        claim=claim,
    )


def divsem_cityscapes() -> EditingPreset:
    """The published Cityscapes model: 34 classes, 82.86 M parameters."""
    data = SceneData(
        "editing", "cityscapes_editing", "cityscapes", "Cityscapes, 2975 training pictures, 512x256."
    )
    return _published(data, 34, 2975)


def divsem_ade20k_room() -> EditingPreset:
    """The published ADE20k-Room model: 151 classes, 85.69 M parameters."""
    data = SceneData(
        "editing", "ade20k_room", "ade20k", "ADE20k bedrooms, hotel rooms and the like, 256x256."
    )
    return _published(data, 151, 2200)


def divsem_ade20k_landscape() -> EditingPreset:
    """The published ADE20k-Landscape model: 151 classes, no instance masks."""
    data = SceneData("editing", "ade20k_landscape", "ade20k-from-0", "ADE20k natural scenes, 256x256.")
    claim = "FID 24.19 (DivSem, ablation table)"
    preset = _published(data, 151, 1700, claim)
    return replace(preset, masks=tuple(kind for kind in PUBLISHED_MASK_KINDS if kind != "instance"))


def compact_stages() -> tuple[StageConfig, ...]:
    """Three narrow stages, 4.9 M parameters with 12 classes and 16 hidden channels."""
    return (
        StageConfig((8, 32, 48, 64, 80, 96, 96), (80, 64, 32, 16, 16)),
        StageConfig((8, 32, 48, 64, 80, 96, 96, 96), (80, 80, 64, 32, 16, 16)),
        StageConfig((8, 32, 48, 64, 80, 96, 96, 96, 96), (80, 80, 80, 64, 32, 16, 16)),
    )


def _compact(data: SceneData, total_images: int) -> EditingPreset:
    """5.2 M parameters; at 128x128 first, then at 256x256."""
    pyramid = SPMPGANConfig(label_channels=12, stages=compact_stages(), hidden=16)
    style = StyleConfig(length=32, encoder=(8, 16, 32, 64, 96, 96), decoder=(64, 32, 24, 16))
    return EditingPreset(
        model=DivSemConfig(pyramid, style),
        training=TrainingConfig(
            total_images=total_images,
            phases=(
                Phase(share=0.9, size=128, batch_size=4, smallest_window=128, largest_window=288),
                Phase(share=0.1, size=256, batch_size=4, smallest_window=256),
            ),
            ema_half_life=500,
            save_every=500,
            stored="float16",
        ),
        data=data,
        discriminators=DiscriminatorConfig(width=32),
        losses=EditingLosses(l1=4, perceptual=5, generator_rate=3e-4, discriminator_rate=3e-4),
        perceptual="squeezenet",
        masks=MASK_KINDS,
    )


def divsem_camvid_compact() -> EditingPreset:
    """5.2 M parameters; the model of ``weights/divsem-camvid``."""
    return _compact(CAMVID_DATA, 10_000)


def divsem_streets() -> EditingPreset:
    """The published architecture and training on rendered streets: 12 classes, 81.77 M parameters."""
    return _published(STREETS_DATA, 12, STREETS_DATA.rendered)


def divsem_streets_compact() -> EditingPreset:
    """5.2 M parameters; the model of the shipped ``divsem-streets``."""
    return _compact(STREETS_DATA, 14_000)


def _tiny(data: SceneData) -> EditingPreset:
    """30 thousand parameters and a few images, for tests."""
    stage = StageConfig((4, 4, 4, 4, 4), (4, 4, 4))
    return EditingPreset(
        model=DivSemConfig(
            SPMPGANConfig(label_channels=12, stages=(stage, stage), size=64, hidden=4),
            StyleConfig(length=4, encoder=(4, 4, 4), decoder=(4,)),
        ),
        training=TrainingConfig(
            total_images=4,
            phases=(Phase(share=1, size=64, batch_size=2, smallest_window=128),),
            ema_half_life=10,
            save_every=2,
            log_every=2,
            workers=0,
        ),
        data=data,
        discriminators=DiscriminatorConfig(width=4, layers=(3, 4)),
        perceptual="squeezenet",
    )


def divsem_camvid_tiny() -> EditingPreset:
    """30 thousand parameters and a few images, for tests."""
    return _tiny(CAMVID_DATA)


def divsem_streets_tiny() -> EditingPreset:
    """30 thousand parameters, a few images and no data, for tests."""
    return _tiny(TINY_STREETS_DATA)


DIVSEM: dict[str, Callable[[], EditingPreset]] = {
    "divsem-cityscapes": divsem_cityscapes,
    "divsem-ade20k-room": divsem_ade20k_room,
    "divsem-ade20k-landscape": divsem_ade20k_landscape,
    "divsem-camvid-compact": divsem_camvid_compact,
    "divsem-camvid-tiny": divsem_camvid_tiny,
    "divsem-streets": divsem_streets,
    "divsem-streets-compact": divsem_streets_compact,
    "divsem-streets-tiny": divsem_streets_tiny,
}
