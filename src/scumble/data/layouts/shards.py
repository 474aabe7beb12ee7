"""Large sets in few files: tar shards as WebDataset has them, with an index of all that is in them.

``scumble data pack`` writes ``SPLIT/000000.tar``, ``SPLIT/000001.tar``, ... and ``SPLIT/shards.json``. A
scene is a group of members with one key: ``00000012.image.jpg`` (the photograph's own file), ``.labels.png``
(class ids), ``.instances.png`` (number of the object within its class from 1, 0 for none), perhaps
``.parts.png``, and ``.json`` with its name and size. Training draws scenes by number, so that a run can be
continued exactly: the index says at which byte every member begins, and no shard is read as a whole. The
library webdataset streams the same files; it has no access by number, and so is not needed here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import PICTURES
from scumble.data.scenes import SceneFiles
from scumble.errors import DataError, LabelError, short
from scumble.files import MAX_FILE_BYTES, TarMember, read_image, read_instances, read_labels
from scumble.instances import INSTANCES_PER_CLASS
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, Scene

INDEX = "shards.json"
"""The file of a split that says what its shards hold."""
FORMAT = "scumble shards 1"
"""What the index begins with."""
LABELS, NUMBERS, PARTS = "labels.png", "instances.png", "parts.png"
"""Endings of the maps."""
IMAGES = tuple(f"image{ending}" for ending in PICTURES)
"""Endings that the photograph may have."""

_REMEDY = "pack the set anew with scumble data pack"


@dataclass(frozen=True)
class PackedFiles(SceneFiles):
    """The members of a scene. Its instance map is no map of ids, so it has a place of its own.

    Attributes:
        numbers: number of the object within its class at every pixel, from 1; 0 for none.
    """

    numbers: TarMember | None = None


def shard_name(number: int) -> str:
    """The file name of a shard."""
    return f"{number:06d}.tar"


def key_of(number: int) -> str:
    """What the names of all members of a scene begin with."""
    return f"{number:08d}"


def numbers_of(labels: IdArray, instances: IdArray) -> IdArray:
    """Instance ids ``[H, W]`` as numbers within their class: k + 1 for ``class * 1000 + k``, else 0.

    They have room in 16 bits however many classes there are. `instances_of` is the inverse.
    """
    return np.where(instances == labels, 0, instances - INSTANCES_PER_CLASS * labels + 1)


def instances_of(labels: IdArray, numbers: IdArray) -> IdArray:
    """The inverse of `numbers_of`."""
    return np.where(numbers == 0, labels, INSTANCES_PER_CLASS * labels + numbers - 1)


def _read(files: SceneFiles, coding: LabelCoding) -> Scene:
    assert isinstance(files, PackedFiles)
    assert files.numbers is not None
    image = read_image(files.image)
    size = (image.shape[1], image.shape[0])
    labels = read_labels(files.labels, coding, size)
    instances = instances_of(labels, read_instances(files.numbers, size))
    parts = None if files.parts is None else read_instances(files.parts, size, "part map")
    return Scene(image, labels, instances, coding.label_space, parts)


def _splits(root: Path) -> list[str]:
    return sorted(path.parent.name for path in root.glob(f"[!.]*/{INDEX}"))


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    path = root / split / INDEX
    index = _read_index(path)
    try:
        space = LabelSpace.from_dict(index["label_space"])
    except LabelError as error:
        raise LabelError(f"{path}: {error}") from None
    if label_space is not None and label_space != space:
        raise DataError(
            f"{root} was packed with the label space {space.name!r}, but {label_space.name!r} is asked for; "
            "leave the label space out, or pack the set anew with the other one."
        )
    problems: list[str] = []
    files: list[PackedFiles] = []
    for number, shard in enumerate(index["shards"]):
        archive = path.with_name(shard_name(number))
        problems += _defects(archive, shard, path)
        for scene in shard["scenes"]:
            try:
                files.append(_files(archive, shard["bytes"], key_of(len(files)), scene))
            except ValueError as error:
                raise DataError(f"{path}: scene {len(files)} {error}; {_REMEDY}.") from None
    if not files:
        problems.append(f"{path} names no scenes; expected at least one; {_REMEDY}.")
    return Listing("shards", split, LabelCoding(space), tuple(files), tuple(problems), (), _read)


def _read_index(path: Path) -> dict[str, Any]:
    """The index, whose shards are objects with a size and a list of scenes."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DataError(f"{path} has more than {MAX_FILE_BYTES:,} bytes; expected an index; {_REMEDY}.")
        index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} is no readable index of shards ({error}); {_REMEDY}.") from None
    found = index.get("format") if isinstance(index, dict) else index
    if found != FORMAT:
        raise DataError(f"{path} has the format {short(found)}; expected {FORMAT!r}; {_REMEDY}.")
    shards = index.get("shards")
    sound = isinstance(shards, list) and all(
        isinstance(shard, dict) and type(shard.get("bytes")) is int and isinstance(shard.get("scenes"), list)
        for shard in shards
    )
    if not sound or "label_space" not in index:
        raise DataError(f"{path} lacks a label space or sound entries of shards; {_REMEDY}.")
    return index


def _defects(archive: Path, shard: dict[str, Any], index: Path) -> Iterator[str]:
    """What a look at the size of a shard tells; the members are looked at when they are read."""
    wanted = shard["bytes"]
    if not archive.is_file():
        yield f"{archive} does not exist, but {index.name} names it; copy it there, or {_REMEDY}."
    elif (size := archive.stat().st_size) != wanted:
        what = "is cut short: it" if size < wanted else "is not the file that was indexed: it"
        yield f"{archive} {what} has {size:,} bytes, expected {wanted:,}; copy it again, or {_REMEDY}."


def _files(archive: Path, end: int, key: str, scene: Any) -> PackedFiles:
    """The members of a scene, of whose entry nothing is trusted; ValueError says what is wrong with it."""
    if not isinstance(scene, dict):
        raise ValueError(f"is {short(scene)}; expected a name and the places of its members")
    places = dict(scene)
    name = places.pop("name", None)
    # Masks of a set are stored under the names of its scenes.
    if type(name) is not str or Path(name).name != name or name.startswith(".") or "\0" in name:
        raise ValueError(f"has the name {short(name)}; expected that of a file, without folders")
    members = {}
    for ending, place in places.items():
        numbers = place if isinstance(place, list) and all(type(number) is int for number in place) else []
        if len(numbers) != 2 or min(numbers) < 0 or sum(numbers) >= end:
            raise ValueError(
                f"has {short(ending)} at {short(place)}; expected the first byte and the number of bytes, "
                f"within the {end:,} of {archive.name}"
            )
        members[ending] = TarMember(archive, numbers[0], numbers[1], f"{key}.{ending}")
    image = next((members[ending] for ending in IMAGES if ending in members), None)
    lacking = [ending for ending in (LABELS, NUMBERS) if ending not in members]
    if image is None or lacking:
        raise ValueError(f"has no {lacking[0] if lacking else 'image'}; expected image, {LABELS}, {NUMBERS}")
    return PackedFiles(name, image, members[LABELS], None, members.get(PARTS), members[NUMBERS])


LAYOUT = Layout(
    "shards",
    f"SPLIT/{shard_name(0)}, ... with SPLIT/{INDEX}, as scumble data pack writes them",
    lambda root: bool(_splits(root)),
    _splits,
    _list,
)
