"""Presets of the labeler."""

from __future__ import annotations

from collections.abc import Callable

from scumble.models.labeler.config import LabelerConfig
from scumble.models.labeler.recipe import LabelerLosses
from scumble.presets.divsem import CAMVID_DATA, STREETS_DATA, TINY_STREETS_DATA
from scumble.training.config import Phase, TrainingConfig
from scumble.training.labeling import LabelingPreset
from scumble.training.scene_data import SceneData


def _compact(data: SceneData, *, classes: int, side: int, sample: int, total_images: int) -> LabelingPreset:
    """0.96 M parameters; things are seen up to a third larger or smaller than in the scenes.

    Args:
        data: the scenes.
        classes: of their label space.
        side: shorter side of the scenes.
        sample: side of a training sample, about 3/4 of that.
        total_images: how long.
    """
    phase = Phase(share=1, size=sample, batch_size=4, smallest_window=sample * 3 // 4)
    return LabelingPreset(
        model=LabelerConfig(classes, size=side),
        training=TrainingConfig(
            total_images=total_images,
            phases=(phase,),
            ema_half_life=min(1_000, total_images // 12),
            save_every=1_000,
            log_every=200,
            stored="float16",
        ),
        data=data,
        losses=LabelerLosses(learning_rate=2e-3),
    )


def labeler_camvid_compact() -> LabelingPreset:
    """The compact labeler on CamVid."""
    return _compact(CAMVID_DATA, classes=12, side=360, sample=256, total_images=30_000)


def labeler_streets_compact() -> LabelingPreset:
    """The compact labeler on rendered streets: the shipped ``labeler-streets``."""
    return _compact(STREETS_DATA, classes=12, side=256, sample=192, total_images=3_500)


def _tiny(data: SceneData) -> LabelingPreset:
    """A thousand parameters and a few images, for tests."""
    return LabelingPreset(
        model=LabelerConfig(12, widths=(4, 6, 8), blocks=(0, 1, 1), decoder_blocks=1, size=128),
        training=TrainingConfig(
            total_images=4,
            phases=(Phase(share=1, size=64, batch_size=2, smallest_window=96),),
            ema_half_life=10,
            save_every=2,
            log_every=2,
            workers=0,
        ),
        data=data,
    )


def labeler_camvid_tiny() -> LabelingPreset:
    """A thousand parameters and a few images, for tests."""
    return _tiny(CAMVID_DATA)


def labeler_streets_tiny() -> LabelingPreset:
    """A thousand parameters, a few images and no data, for tests."""
    return _tiny(TINY_STREETS_DATA)


LABELER: dict[str, Callable[[], LabelingPreset]] = {
    "labeler-camvid-compact": labeler_camvid_compact,
    "labeler-camvid-tiny": labeler_camvid_tiny,
    "labeler-streets-compact": labeler_streets_compact,
    "labeler-streets-tiny": labeler_streets_tiny,
}
