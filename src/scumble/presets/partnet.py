"""Presets of PartNet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scumble.data.part_categories import PARTNET_TRAINED
from scumble.models.partnet.config import SHAPE_SIZE, PartNetConfig
from scumble.models.partnet.recipe import PartNetLosses
from scumble.training.config import Phase, TrainingConfig
from scumble.training.parts import PartData, PartPreset

REAL_DATA = PartData(
    folder="Full_Parts",
    categories=(24, 26, 42, 43),
    description="Part maps of 786 persons, 291 cars, 202 faces and 227 buildings, cut from Clothing "
    "Co-Parsing, Car-Parts-Segmentation, FASSEG and LabelMe Facade.",
    licence="research only, as its sources",
)


def _training(total_images: int, *, save_every: int, ema: int | None = None) -> TrainingConfig:
    return TrainingConfig(
        total_images=total_images,
        phases=(Phase(share=1, size=SHAPE_SIZE, batch_size=6, smallest_window=SHAPE_SIZE),),
        ema_half_life=ema,
        seed=42,
        save_every=save_every,
        log_every=600,
    )


def partnet_full_parts() -> PartPreset:
    """The published configuration: 5.13 M parameters, 500 passes at batch size 6 (section 2.4).

    The published part set is not public; one in its layout can be built by ``scumble data parts``. The
    evaluation script of the released code names iteration 540000.
    """
    return PartPreset(
        model=PartNetConfig(),
        training=_training(6 * 540_000, save_every=120_000),
        data=PartData(categories=PARTNET_TRAINED, description="Full_Parts of iPOSE.", borrow_supports=True),
    )


def partnet_real_compact() -> PartPreset:
    """1.4 M parameters; the model of ``weights/partnet-real``.

    It is meant to learn in an hour on two cores: without the reconstruction branch, which takes half of the
    time, and with Adam's usual momentum and larger first weights the loss falls faster. Small parts, such as
    eyes, are favoured.
    """
    return PartPreset(
        model=PartNetConfig((24, 48, 48, 48), (48, 48, 24), skip_empty=True, prior_power=0.5),
        training=_training(24_000, save_every=1_200, ema=1_500),
        data=REAL_DATA,
        losses=PartNetLosses(reconstruction=False, gain=1, learning_rate=6e-4, betas=(0.9, 0.999)),
    )


def partnet_streets_compact() -> PartPreset:
    """The same on rendered streets, supports included.

    The part set is made by ``scumble data parts --from streets --scenes 2000 --out street_parts``.
    """
    data = PartData(
        folder="street_parts",
        description="Cars, pedestrians and bicyclists cut from 2000 street scenes rendered by scumble.",
        licence="Apache-2.0, as scumble: no foreign data is in these weights",
        supports="inside",
    )
    preset = partnet_real_compact()
    return replace(preset, model=replace(preset.model, prior_power=0.0), data=data)


def partnet_real_tiny() -> PartPreset:
    """A few thousand parameters and outlines, for tests."""
    return PartPreset(
        model=PartNetConfig((4, 4, 4, 4), (4, 4, 4), attention_layers=1, supports=1, skip_empty=True),
        training=TrainingConfig(
            total_images=4,
            phases=(Phase(share=1, size=SHAPE_SIZE, batch_size=2, smallest_window=SHAPE_SIZE),),
            save_every=2,
            log_every=2,
            workers=0,
        ),
        data=PartData(),
    )


PARTNET: dict[str, Callable[[], PartPreset]] = {
    "partnet-full-parts": partnet_full_parts,
    "partnet-real-compact": partnet_real_compact,
    "partnet-real-tiny": partnet_real_tiny,
    "partnet-streets-compact": partnet_streets_compact,
}
