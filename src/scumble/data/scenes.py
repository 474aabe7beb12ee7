"""One scene from its files."""

from __future__ import annotations

from pathlib import Path

from scumble.files import read_image, read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances
from scumble.label_space import LabelSpace
from scumble.scene import Scene


def read_scene(photograph: Path, annotation: Path, instances: Path | None, label_space: LabelSpace) -> Scene:
    """Read a photograph with its maps.

    Args:
        photograph: the picture.
        annotation: its label map.
        instances: its instance map, in any numbering (see `consistent_instances`); None lets the connected
            components of the thing classes take its place.
        label_space: of the label map.

    Raises:
        InputError: a file cannot be used, or the sizes differ; names the file.
        LabelError: the label map has ids outside the label space.
    """
    image = read_image(photograph)
    size = (image.shape[1], image.shape[0])
    labels = read_labels(annotation, label_space, size)
    if instances is None:
        return Scene(image, labels, derive_instances(labels, label_space), label_space)
    given = read_instances(instances, size)
    return Scene(image, labels, consistent_instances(labels, given, label_space), label_space)
