"""Presets of iPOSE: the plain names are the published configurations (``ipose`` spec, section 7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from scumble.data.part_categories import ADE20K_CLASSES, CAMVID_CLASSES, CITYSCAPES_ACTIVE, COCO, by_class_id
from scumble.data.parts.vocabularies import CITYSCAPES_PARTS, PASCAL_PARTS
from scumble.data.preprocessing import Preprocessing, resize_256, resize_512x256
from scumble.label_space import LabelSpace
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.oasis.config import OASISConfig, SegmenterConfig
from scumble.models.oasis.recipe import SynthesisLosses
from scumble.models.partnet.config import PartNetConfig
from scumble.presets.divsem import CAMVID_DATA, STREETS_DATA, TINY_STREETS_DATA
from scumble.presets.oasis import ADE20K, CITYSCAPES, COCO_STUFF, published_training
from scumble.presets.partnet import partnet_real_compact, partnet_streets_compact
from scumble.streets import PARTS
from scumble.training.config import Phase, TrainingConfig
from scumble.training.scene_data import SceneData
from scumble.training.synthesis import PartNetSource, SynthesisPreset

_PUBLISHED_PARTS = PartNetSource("runs/partnet-full-parts/checkpoint", "Full_Parts", borrow_supports=True)


_CAMVID = by_class_id(CAMVID_CLASSES, LabelSpace.load("camvid"))
_STREET_PARTS = tuple((CAMVID_CLASSES[name], parts) for name, parts in PARTS.items())
_REAL_PARTS = (
    (24, ("torso", "head", "arm", "leg", "feet", "bag")),
    (26, ("window", "wheel", "light", "license plate", "body", "mirror")),
)
_PANOPTIC_PARTS = {**PASCAL_PARTS, **CITYSCAPES_PARTS}


def _published(
    base: OASISConfig,
    data: SceneData,
    categories: Mapping[int, int],
    training: TrainingConfig,
    losses: SynthesisLosses,
    claim: str,
) -> SynthesisPreset:
    used = sorted(set(categories.values()) & _PANOPTIC_PARTS.keys())
    names = tuple((category, _PANOPTIC_PARTS[category]) for category in used)
    return SynthesisPreset(
        model=IPOSEConfig(base, categories=tuple(categories.items()), part_names=names),
        training=training,
        data=data,
        preprocessing=resize_512x256() if base.aspect > 1 else resize_256(),
        discriminator=SegmenterConfig(global_head=True),
        losses=replace(losses, style=10),
        parts=_PUBLISHED_PARTS,
        claim=claim,
    )


def ipose_cityscapes() -> SynthesisPreset:
    """The published Cityscapes model; PartNet and its supports have to be named."""
    return _published(
        OASISConfig(35, size=512, aspect=2.0),
        CITYSCAPES,
        {category: category for category in CITYSCAPES_ACTIVE},
        published_training(2975, 500, 4, 512, 0.999),
        SynthesisLosses(),
        "FID 41.3, mIoU 70.6, AC 82.2 (iPOSE, table 1), object FID 30.4 (ablation table)",
    )


def ipose_ade20k() -> SynthesisPreset:
    """The published ADE20K model."""
    return _published(
        OASISConfig(151),
        ADE20K,
        by_class_id(ADE20K_CLASSES, LabelSpace.load("ade20k")),
        published_training(20210, 500, 24, 256, 0.9999),
        SynthesisLosses(labelmix=10, generator_rate=2e-4),
        "FID 26.9, mIoU 53.8, AC 87.1 (iPOSE, table 1)",
    )


def ipose_coco_stuff() -> SynthesisPreset:
    """The published COCO-Stuff model."""
    return _published(
        OASISConfig(183),
        COCO_STUFF,
        COCO,  # the ids of the label space coco-stuff-from-1
        published_training(118_287, 500, 28, 256, 0.9999),
        SynthesisLosses(labelmix=10, generator_rate=1e-4),
        "FID 15.7, mIoU 45.1, AC 74.8 (iPOSE, table 1)",
    )


def _compact(data: SceneData, parts: PartNetSource, total_images: int) -> SynthesisPreset:
    """7 M parameters without PartNet; on crops of 128x128 from pictures whose shorter side is 256."""
    return SynthesisPreset(
        model=IPOSEConfig(
            OASISConfig(12, width=14, noise=16, size=256, hidden=48),
            partnet_streets_compact().model,
            tuple(_CAMVID.items()),
            part_names=_STREET_PARTS,
        ),
        training=TrainingConfig(
            total_images=total_images,
            phases=(Phase(share=1, size=128, batch_size=2, smallest_window=128),),
            ema_half_life=1_000,
            ema_ramp=0.1,
            save_every=500,
            stored="float16",
        ),
        data=data,
        preprocessing=Preprocessing("scale_shortside_and_crop", load_size=256, crop_size=128),
        discriminator=SegmenterConfig((16, 32, 64, 96, 128, 128), 16, global_head=True),
        losses=SynthesisLosses(style=10, perceptual=10, spectral_gain=1, generator_rate=4e-4),
        part_edits=0.5,
        parts=parts,
        style_backbone="squeezenet",
        perceptual="squeezenet",
        refresh=20,
    )


def ipose_streets_compact() -> SynthesisPreset:
    """7 M parameters on rendered streets; PartNet is that of ``partnet-streets-compact``."""
    return _compact(STREETS_DATA, PartNetSource("runs/partnet-streets/checkpoint", shipped=True), 20_000)


def ipose_camvid_compact() -> SynthesisPreset:
    """7 M parameters on CamVid; PartNet and the supports of persons and cars are real ones."""
    preset = _compact(CAMVID_DATA, PartNetSource("weights/partnet-real", "Full_Parts"), 20_000)
    # Full_Parts has no riders: bicyclists take the supports of persons.
    categories = tuple((class_id, 24 if part == 25 else part) for class_id, part in _CAMVID.items())
    partnet = partnet_real_compact().model
    model = replace(preset.model, partnet=partnet, categories=categories, part_names=_REAL_PARTS)
    return replace(preset, model=model)


def ipose_streets_tiny() -> SynthesisPreset:
    """A few thousand parameters and images; PartNet has to be named."""
    return SynthesisPreset(
        model=IPOSEConfig(
            OASISConfig(12, width=2, noise=4, size=256),
            PartNetConfig((4, 4, 4, 4), (4, 4, 4), attention_layers=1, supports=1, skip_empty=True),
            tuple(_CAMVID.items()),
            part_features=4,
        ),
        training=TrainingConfig(
            total_images=4,
            phases=(Phase(share=1, size=64, batch_size=2, smallest_window=64),),
            ema_half_life=10,
            save_every=2,
            log_every=2,
            workers=0,
        ),
        data=TINY_STREETS_DATA,
        preprocessing=Preprocessing("scale_shortside_and_crop", load_size=72, crop_size=64),
        discriminator=SegmenterConfig((4, 4, 4, 4, 4, 4), 4, global_head=True),
        part_edits=0.5,
        refresh=2,
    )


IPOSE: dict[str, Callable[[], SynthesisPreset]] = {
    "ipose-cityscapes": ipose_cityscapes,
    "ipose-ade20k": ipose_ade20k,
    "ipose-coco-stuff": ipose_coco_stuff,
    "ipose-camvid-compact": ipose_camvid_compact,
    "ipose-streets-compact": ipose_streets_compact,
    "ipose-streets-tiny": ipose_streets_tiny,
}
