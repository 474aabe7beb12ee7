"""Reading the maps that ``synthesize`` and ``parts`` work on, and the support maps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scumble.checkpoint import Checkpoint
from scumble.data.parts import part_set
from scumble.files import read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.models.partnet.supports import SupportStore
from scumble.pipelines.parts import partnet_of
from scumble.scene import IdArray


def read_maps(labels: Path, instances: Path | None, space: LabelSpace) -> tuple[IdArray, IdArray]:
    """A label map and its instance map; without one the connected parts of countable classes are instances.

    Raises:
        InputError: a file cannot be read, or the sizes differ.
        LabelError: an id is outside the label space.
    """
    classes = read_labels(labels, LabelCoding.of_photograph(space))
    if instances is None:
        return classes, derive_instances(classes, space)
    size = (classes.shape[1], classes.shape[0])
    return classes, consistent_instances(classes, read_instances(instances, size), space)


def read_supports(
    root: Path | None, checkpoint: Checkpoint, categories: Mapping[int, int]
) -> SupportStore | None:
    """The support maps that a checkpoint needs, from a part set; None without one.

    Args:
        root: a part set.
        checkpoint: its PartNet says how many it looks at.
        categories: class id -> part category.

    Raises:
        ConfigError: the checkpoint has no PartNet.
        DataError: a category has fewer.
    """
    if root is None:
        return None
    k = partnet_of(checkpoint).config.supports
    return SupportStore.of({c: part_set.supports(root, c, k) for c in sorted(set(categories.values()))}, k)
