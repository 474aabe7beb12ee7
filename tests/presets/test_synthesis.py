"""The presets of OASIS and iPOSE against the tables of the papers and of the released scripts."""

from __future__ import annotations

import pytest

from scumble.data.preprocessing import resize_256, resize_286_crop_256, resize_512x256
from scumble.label_space import LabelSpace
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.partnet.config import PartNetConfig
from scumble.presets import ALL_PRESETS
from scumble.training.synthesis import SynthesisPreset


def published(name: str) -> SynthesisPreset:
    preset = ALL_PRESETS[name]()
    assert isinstance(preset, SynthesisPreset)
    return preset


NAMES = [
    f"{system}-{data}" for system in ("oasis", "ipose") for data in ("cityscapes", "ade20k", "coco-stuff")
]


@pytest.mark.parametrize(
    ("name", "channels", "epochs", "batch", "rate", "labelmix", "decay", "claim"),
    [
        ("oasis-cityscapes", 35, 200, 20, 4e-4, 5, 0.999, "FID 47.7, mIoU 69.3"),
        ("oasis-ade20k", 151, 200, 32, 1e-4, 10, 0.9999, "FID 28.3, mIoU 48.8"),
        ("oasis-coco-stuff", 183, 100, 32, 1e-4, 10, 0.9999, "FID 17.0, mIoU 44.1"),
        ("ipose-cityscapes", 35, 500, 4, 4e-4, 5, 0.999, "FID 41.3, mIoU 70.6, AC 82.2"),
        ("ipose-ade20k", 151, 500, 24, 2e-4, 10, 0.9999, "FID 26.9, mIoU 53.8, AC 87.1"),
        ("ipose-coco-stuff", 183, 500, 28, 1e-4, 10, 0.9999, "FID 15.7, mIoU 45.1, AC 74.8"),
    ],
)
def test_each_data_set_has_its_published_training(
    name: str, channels: int, epochs: int, batch: int, rate: float, labelmix: float, decay: float, claim: str
) -> None:
    preset = published(name)
    pictures = {"cityscapes": 2975, "ade20k": 20210, "coco-stuff": 118_287}[name.partition("-")[2]]
    (phase,) = preset.training.phases
    assert preset.model.base.label_channels == channels
    assert (preset.training.total_images, phase.batch_size) == (epochs * pictures, batch)
    assert preset.losses.generator_rate == rate
    assert preset.losses.labelmix == labelmix
    assert preset.training.ema_half_life is not None
    # What the loop makes of the half-life is the decay of a step.
    assert 0.5 ** (batch / preset.training.ema_half_life) == pytest.approx(decay, abs=1e-7)
    assert preset.claim.startswith(claim)


@pytest.mark.parametrize("name", NAMES)
def test_what_all_data_sets_share_is_as_published(name: str) -> None:
    preset = published(name)
    ipose, wide = name.startswith("ipose"), name.endswith("cityscapes")
    base, losses = preset.model.base, preset.losses
    assert (base.width, base.noise, base.hidden) == (64, 64, 128)
    assert (base.size, base.aspect, base.shorter_side) == ((512, 2, 256) if wide else (256, 1, 256))
    assert preset.training.phases[0].size == base.size
    assert (losses.discriminator_rate, losses.betas) == (4e-4, (0, 0.999))
    assert (losses.balance, losses.dont_care, losses.perceptual) == (True, True, 0)
    assert losses.style == (10 if ipose else 0)
    assert LabelSpace.load(preset.data.label_space).dont_care == 0
    assert preset.discriminator == SegmenterConfig(global_head=ipose)
    assert (preset.training.seed, preset.refresh) == (42, 51)
    straight = resize_512x256() if wide else resize_256()
    assert preset.preprocessing == (straight if ipose or wide else resize_286_crop_256())


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("ipose")])
def test_ipose_takes_the_published_partnet_and_its_supports(name: str) -> None:
    preset = published(name)
    assert (preset.system, preset.model.injection, preset.model.part_features) == ("ipose", "modulation", 32)
    assert preset.model.partnet == PartNetConfig()
    assert preset.parts.borrow_supports
    assert preset.style_backbone == "clip-vit-b32"
    space = LabelSpace.load(preset.data.label_space)
    assert {class_id for class_id, _ in preset.model.categories} <= space.things


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("ipose-cityscapes", "24 25 26 27 28 31 32 33"),
        ("ipose-ade20k", "24 26 36 11 9 18 4 28 27 20 1 5 14 2 38 39"),
        ("ipose-coco-stuff", "24 2 26 14 1 28 19 27 4 37 3 8 12 13 17 10 5 9 20 38 40"),
    ],
)
def test_objects_are_painted_in_the_published_order(name: str, categories: str) -> None:
    assert " ".join(str(category) for _, category in published(name).model.categories) == categories


def test_published_presets_make_a_claim_where_a_number_is_known() -> None:
    small = ("-compact", "-tiny", "-streets")
    without = {
        name
        for name, make in ALL_PRESETS.items()
        if not name.endswith(small) and not getattr(make(), "claim", "")
    }
    # The papers' tables for these were not available.
    assert without == {
        "divsem-cityscapes",
        "divsem-ade20k-room",
        "spmpgan-cityscapes",
        "spmpgan-ade20k-room",
        "spmpgan-ade20k-landscape",
        "partnet-full-parts",
    }
