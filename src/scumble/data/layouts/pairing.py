"""Which files of several folders belong together, and which are left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scumble.data.scenes import SceneFiles

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
"""Endings of photographs."""
MAPS = (".png", ".npy", ".tif", ".tiff")
"""Endings of label, instance and part maps."""


@dataclass(frozen=True)
class Found:
    """The files of one kind.

    Attributes:
        what: the kind, for messages.
        where: the folder or pattern, for messages.
        files: by the key that pairs them.
        problems: two files with one key.
        others: files with endings that are not read, by key.
    """

    what: str
    where: str
    files: Mapping[str, Path]
    problems: tuple[str, ...] = ()
    others: Mapping[str, Path] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.files)


def find(
    what: str,
    where: str,
    paths: Iterable[Path],
    endings: tuple[str, ...],
    key: Callable[[Path], str | None] = lambda path: path.stem,
) -> Found:
    """Collect the files of one kind.

    Args:
        what: the kind, for messages.
        where: the folder or pattern, for messages.
        paths: candidates; hidden files and other endings are passed over.
        endings: in lower case.
        key: what pairs a file with those of other kinds; None passes it over.
    """
    files: dict[str, Path] = {}
    others: dict[str, Path] = {}
    problems = []
    for path in sorted(paths):
        name = None if path.name.startswith(".") else key(path)
        if name is None:
            continue
        if path.suffix.lower() not in endings:
            others[name] = path
            continue
        if name in files:
            problems.append(
                f"{files[name]} and {path} are two {what}s for one scene; expected one; remove the other."
            )
            continue
        files[name] = path
    return Found(what, where, files, tuple(problems), others)


@dataclass(frozen=True)
class Pairs:
    """Scenes made of photographs and maps with the same keys, and what is wrong with them.

    Attributes:
        files: the complete scenes in the order of their names.
        problems: one message for every file that lacks its counterpart.
        remarks: what takes the place of maps that no scene has.
    """

    files: tuple[SceneFiles, ...]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]


NO_INSTANCES = (
    "no instance maps: the 8-connected components of the thing classes, from 20 pixels on, take their place"
)


def pair(images: Found, labels: Found, instances: Found | None = None, parts: Found | None = None) -> Pairs:
    """Put the files of scenes together.

    Instance and part maps are optional, but for all scenes or for none: a set that has some of them has
    lost the others.
    """
    problems = [*images.problems, *labels.problems]
    if not images:
        problems.append(
            f"{images.where} holds no {images.what}; expected files ending in {', '.join(PICTURES)}; "
            "check the folder and the split."
        )
    problems += _unpaired(images, labels) + _unpaired(labels, images)
    for optional in (instances, parts):
        if optional:
            problems += [*optional.problems, *_unpaired(images, optional), *_unpaired(optional, images)]
    files = tuple(
        SceneFiles(
            name,
            image,
            labels.files[name],
            instances.files.get(name) if instances else None,
            parts.files.get(name) if parts else None,
        )
        for name, image in images.files.items()
        if name in labels.files
    )
    return Pairs(files, tuple(problems), () if instances else (NO_INSTANCES,))


def _unpaired(those: Found, partners: Found) -> list[str]:
    """One message for every file without a partner of the other kind."""
    problems = []
    for name, path in those.files.items():
        if name in partners.files:
            continue
        remedy = "add it or remove this file"
        if name in partners.others:
            other = partners.others[name]
            remedy = f"{other} has an ending that is not read: convert or rename it"
            if other.suffix.lower() in (".jpg", ".jpeg") and partners.what != "photograph":
                remedy = f"{other} is a JPEG, whose compression changes ids: export it anew as PNG"
        problems.append(
            f"{path} has no {partners.what} of the same name in {partners.where}; expected one for every "
            f"{those.what}; {remedy}."
        )
    return problems
