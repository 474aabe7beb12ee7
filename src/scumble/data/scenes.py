"""One scene of a data set from its files."""

from __future__ import annotations

from pathlib import Path

from scumble.files import read_image, read_instances, read_labels
from scumble.scene import LabelSpace, Scene, derive_instances


def read_scene(photograph: Path, annotation: Path, instances: Path, label_space: LabelSpace) -> Scene:
    """Read a photograph with its maps.

    Args:
        photograph: the picture.
        annotation: its label map.
        instances: its instance map; where there is none, the connected components of the thing classes
            take its place.
        label_space: of the label map.

    Raises:
        InputError: a file cannot be used, or the sizes differ; names the file.
        LabelError: the label map has ids outside the label space.
    """
    image = read_image(photograph)
    size = (image.shape[1], image.shape[0])
    labels = read_labels(annotation, label_space, size)
    if instances.is_file():
        return Scene(image, labels, read_instances(instances, size), label_space)
    return Scene(image, labels, derive_instances(labels, label_space), label_space)
