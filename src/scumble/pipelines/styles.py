"""Which style code each instance of an edit takes, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from scumble.data.transforms import Window
from scumble.edit import Style
from scumble.errors import InputError
from scumble.files import read_image, read_labels
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.models.divsem.bank import scene_codes
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.divsem.style_encoder import GivenCodes
from scumble.nn.pooling import Instances
from scumble.scene import IdArray, ImageArray, Scene

Source = Literal["visible", "bank", "reference"]


@dataclass(frozen=True)
class InstanceStyle:
    """What one instance of the window is painted with, for the record.

    Attributes:
        instance: its id in the instance map.
        class_name: its class.
        source: its visible part, the style bank, or a reference picture.
    """

    instance: int
    class_name: str
    source: Source


class StyleSources:
    """Chooses codes for the instances of one edit.

    Args:
        instances: of the window, one picture.
        ratio: ``[K, 1]``, visible shares.
        classes: ``[K]``, class ids.
        references: codes by instance id, each ``[length]``.
        bank: where fully erased instances without a reference draw from.
        label_space: for class names.
    """

    def __init__(
        self,
        instances: Instances,
        ratio: Tensor,
        classes: Tensor,
        references: Mapping[int, Tensor],
        bank: StyleBank,
        label_space: LabelSpace,
    ) -> None:
        self.bank = bank
        self.ids = instances.id.tolist()
        self.classes = classes.tolist()
        self.references = references
        erased = (ratio[:, 0] == 0).tolist()
        self.styles = [
            InstanceStyle(
                i, label_space.names[c], "reference" if i in references else "bank" if e else "visible"
            )
            for i, c, e in zip(self.ids, self.classes, erased, strict=True)
        ]

    @property
    def without_code(self) -> list[str]:
        """Classes that should draw from the bank but have no code there."""
        drawn = {c for c, s in zip(self.classes, self.styles, strict=True) if s.source == "bank"}
        names = {c: s.class_name for c, s in zip(self.classes, self.styles, strict=True)}
        return [names[c] for c in sorted(drawn) if not self.bank.has(c)]

    def draw(self, seed: int) -> GivenCodes:
        """The codes that do not come from visible parts, drawn in ascending order of instance id."""
        generator = torch.Generator().manual_seed(seed)
        codes = torch.zeros(len(self.ids), self.bank.codes.shape[1])
        where = torch.zeros(len(self.ids), dtype=torch.bool)
        for k, style in enumerate(self.styles):
            if style.source == "visible":
                continue
            where[k] = True
            if style.source == "bank":
                codes[k] = self.bank.draw(self.classes[k], generator)
            else:
                codes[k] = self.references[self.ids[k]]
        return GivenCodes(where, codes)


def reference_code(
    generator: DivSemGenerator, style: Style, class_name: str, label_space: LabelSpace
) -> Tensor:
    """The code of an instance in a reference picture (DivSem, "style images").

    Args:
        generator: a generator with style encoder.
        style: the picture, its label map if there is one, the class if it is not ``class_name``.
        class_name: class of the instance that takes the code.
        label_space: of the label map.

    Returns:
        ``[length]``: the largest instance of the class; without a label map the whole picture.

    Raises:
        InputError: a file cannot be used, or the class does not occur in it.
    """
    image = read_image(style.path)
    if style.labels is None:
        if style.class_name is not None:
            raise InputError(
                f"The style picture {style.path} has no label map, so its {style.class_name!r} cannot be "
                "found; give --style-labels, or leave out the class to take the look of the whole picture."
            )
        wanted: IdArray = np.ones(image.shape[:2], dtype=np.int32)
        labels: IdArray = np.zeros_like(wanted)
    else:
        labels = read_labels(style.labels, label_space, (image.shape[1], image.shape[0]))
        wanted = _largest_instance(image, labels, label_space, style, class_name)
    window = Window(image, labels, wanted)
    height, width = wanted.shape
    shrink = min(1.0, generator.config.pyramid.size / min(height, width))
    window = window.resized(max(1, round(width * shrink)), max(1, round(height * shrink)))
    codes = scene_codes(generator, Scene(window.image, window.labels, window.instances, label_space), 1)
    return codes.codes[codes.ids == 1][0]


def _largest_instance(
    image: ImageArray, labels: IdArray, label_space: LabelSpace, style: Style, class_name: str
) -> IdArray:
    """1 where the largest instance of the wanted class is, else 0."""
    wanted = label_space.index(style.class_name or class_name)
    scene = Scene(image, labels, derive_instances(labels, label_space), label_space)
    rows = [row for row in scene.instance_table() if row.class_id == wanted]
    if not rows:
        raise InputError(
            f"The style picture {style.path} has no {label_space.names[wanted]!r}; "
            "name a class that occurs in its label map."
        )
    largest = max(rows, key=lambda row: row.area)
    alone: IdArray = (scene.instances == largest.id).astype(np.int32)
    return alone
