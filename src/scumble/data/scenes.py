"""One scene from its files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scumble.data.parts.uids import decode_uids
from scumble.files import AnyFile, read_image, read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances
from scumble.label_coding import LabelCoding
from scumble.scene import IdArray, Scene


@dataclass(frozen=True)
class SceneFiles:
    """Where the photograph and the maps of a scene are, on the disk or in a tar file.

    Attributes:
        name: of the scene in its set.
        image: the photograph.
        labels: the label map.
        instances: the instance map, in any numbering (see `consistent_instances`), or None.
        parts: the part map (or, as a TIFF, uids of Panoptic Parts), or None.
    """

    name: str
    image: AnyFile
    labels: AnyFile
    instances: AnyFile | None = None
    parts: AnyFile | None = None


def read_scene(files: SceneFiles, coding: LabelCoding) -> Scene:
    """Read a photograph with its maps.

    Args:
        files: where they are; without an instance map the connected components of the thing classes take
            its place.
        coding: what the values of the label map mean.

    Raises:
        InputError: a file cannot be used, or the sizes differ; names the file.
        LabelError: the label map has values without a meaning.
    """
    image = read_image(files.image)
    size = (image.shape[1], image.shape[0])
    labels = read_labels(files.labels, coding, size)
    if files.instances is None:
        instances = derive_instances(labels, coding.label_space)
    else:
        given = read_instances(files.instances, size)
        instances = consistent_instances(labels, given, coding.label_space)
    parts = None if files.parts is None else _read_parts(files.parts, size)
    return Scene(image, labels, instances, coding.label_space, parts)


def _read_parts(path: AnyFile, size: tuple[int, int]) -> IdArray:
    """The part of the object at every pixel, 0 for none."""
    values = read_instances(path, size, "part map")
    if path.suffix.lower() not in (".tif", ".tiff"):
        return values
    return np.maximum(decode_uids(values, str(path)).pid, 0)
