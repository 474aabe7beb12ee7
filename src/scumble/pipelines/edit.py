"""Editing a photograph: an edit changes the maps, a network paints the mask, all else stays as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from scumble.allocator import has_painted
from scumble.checkpoint import Checkpoint
from scumble.edit import Edit, Edited
from scumble.errors import LabelError
from scumble.nn.inference import Precision, autocast, painting_type, prepare, usable_device
from scumble.pipelines.painters import PREVIEW_SCALES, Kept, check_edits, painter_of
from scumble.pipelines.styles import InstanceStyle
from scumble.pipelines.window import Window
from scumble.scene import ImageArray, Scene


@dataclass(frozen=True, eq=False)
class Sample:
    """One result.

    Attributes:
        image: uint8 ``[H, W, 3]``; outside the mask byte for byte the photograph.
        seed: what the style codes were drawn with.
        seconds: time to paint it.
    """

    image: ImageArray
    seed: int
    seconds: float


@dataclass(frozen=True, eq=False)
class EditResult:
    """What an edit gave.

    Attributes:
        samples: one per seed.
        edited: the new maps and the mask.
        window: where the network worked.
        styles: what each instance of the window was painted with; empty for systems without style codes.
        warnings: sentences for the user.
    """

    samples: list[Sample]
    edited: Edited
    window: Window
    styles: list[InstanceStyle]
    warnings: list[str]


class EditSession:
    """Edits of one photograph, or of several, by one network.

    What does not change from one edit to the next is kept: the look of the visible parts while photograph,
    mask and instances of the window stay the same, and what is found in its maps while these do. A session
    serves one thread.

    Args:
        checkpoint: of an editing system; its network is prepared for inference, and can then not be saved.
        device: where to compute.
        precision: in what numbers.

    Raises:
        CheckpointError: the checkpoint is of another system.
        ConfigError: the device cannot be used.
    """

    def __init__(
        self, checkpoint: Checkpoint, device: str = "cpu", *, precision: Precision = "float32"
    ) -> None:
        check_edits(checkpoint)
        self.checkpoint = checkpoint
        place = usable_device(device)
        prepare(checkpoint.network.to(place), painting_type(precision, place))
        self._kept = Kept()

    @torch.inference_mode()
    def __call__(
        self,
        scene: Scene,
        edit: Edit,
        seeds: Sequence[int] = (0,),
        *,
        preview: bool = False,
        progress: Callable[[], None] = lambda: None,
    ) -> EditResult:
        """Carry out an edit, see `edit_scene`.

        Args:
            scene: photograph and maps.
            edit: what to change.
            seeds: one for every result.
            preview: leave out the finest scale of the network.
            progress: called after every sample.
        """
        checkpoint = self.checkpoint
        if scene.label_space != checkpoint.label_space:
            raise LabelError(
                f"The scene is labelled in {scene.label_space.name!r}, but the checkpoint knows "
                f"{checkpoint.label_space.name!r}; give maps in the checkpoint's label space."
            )
        edited = edit.apply(scene)
        with autocast(checkpoint.network):
            return self._painted(edited, seeds, preview, progress)

    def _painted(
        self, edited: Edited, seeds: Sequence[int], preview: bool, progress: Callable[[], None]
    ) -> EditResult:
        painter = painter_of(self.checkpoint, edited, self._kept)
        if len(seeds) > 1 and not any(style.source == "bank" for style in painter.styles):
            painter.warnings.append(
                "No region is fully erased, so none draws its style and all samples are the same picture."
            )
        samples = []
        for seed in seeds:
            start = time.perf_counter()
            image = painter.paint(seed, PREVIEW_SCALES if preview else None)
            samples.append(Sample(image, seed, round(time.perf_counter() - start, 3)))
            progress()
            has_painted()
        return EditResult(samples, edited, painter.window, painter.styles, painter.warnings)


def edit_scene(
    checkpoint: Checkpoint,
    scene: Scene,
    edit: Edit,
    seeds: Sequence[int] = (0,),
    *,
    device: str = "cpu",
    precision: Precision = "float32",
    progress: Callable[[], None] = lambda: None,
) -> EditResult:
    """Carry out an edit.

    The network works on a window around the mask (see ``plan_window``) and its result is pasted back at the
    photograph's size. Samples are painted one at a time, so that a seed gives the same bytes alone and
    among others. For several edits of one photograph see `EditSession`.

    Args:
        checkpoint: of an editing system; its network is prepared for inference, and can then not be saved.
        scene: photograph and maps.
        edit: what to change.
        seeds: one for every result.
        device: where to compute.
        precision: in what numbers; only float32 gives the same bytes whatever the processor can do.
        progress: called after every sample.

    Raises:
        InputError: the edit cannot be carried out.
        CheckpointError: the checkpoint paints no edits, or has no style bank but needs one.
        LabelError: the scene's label space is not the checkpoint's.
    """
    session = EditSession(checkpoint, device, precision=precision)
    return session(scene, edit, seeds, progress=progress)
