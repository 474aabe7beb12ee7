"""Packing a set into tar shards, see `scumble.data.layouts.shards`."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scumble.data.layouts.listing import FileScenes, Listing
from scumble.data.layouts.shards import (
    FORMAT,
    INDEX,
    LABELS,
    NUMBERS,
    PARTS,
    instances_of,
    key_of,
    numbers_of,
    shard_name,
)
from scumble.errors import DataError, InputError
from scumble.files import write_text
from scumble.scene import IdArray, Scene

Entry = dict[str, Any]
"""What the index says of a shard."""
_FORMAT = tarfile.USTAR_FORMAT
"""One header a member, right before its content."""


@dataclass(frozen=True)
class _Job:
    """What all processes have to know."""

    listing: Listing
    folder: Path
    per_shard: int

    def __call__(self, number: int) -> Entry:
        """Write one shard."""
        try:
            return self._write(number)
        except OSError as error:
            raise InputError(
                f"{self.folder / shard_name(number)} cannot be written: {error.strerror or error}; choose "
                "another place."
            ) from None

    def _write(self, number: int) -> Entry:
        path, scenes = self.folder / shard_name(number), []
        first = number * self.per_shard
        last = min(first + self.per_shard, len(self.listing.files))
        with path.open("xb") as stream, tarfile.open(fileobj=stream, mode="w", format=_FORMAT) as tar:
            for index in range(first, last):
                entry: dict[str, Any] = {"name": self.listing.files[index].name}
                for ending, content in members(self.listing, index).items():
                    header = tarfile.TarInfo(f"{key_of(index)}.{ending}")
                    header.size = len(content)
                    entry[ending] = [stream.tell(), header.size]
                    tar.addfile(header, io.BytesIO(content))
                scenes.append(entry)
        return {"bytes": path.stat().st_size, "scenes": scenes}


def pack(
    listing: Listing,
    folder: Path,
    per_shard: int,
    workers: int = 1,
    watch: Callable[[Iterable[Entry]], Iterable[Entry]] = iter,
) -> int:
    """Write a split as shards with their index. The bytes depend on the set and ``per_shard`` alone.

    Args:
        listing: a split of a set in any layout.
        folder: of the split, which exists and is empty.
        per_shard: scenes in one tar file.
        workers: processes that read and write.
        watch: wraps the stream of shards, to show progress.

    Returns:
        The number of shards.

    Raises:
        DataError: the set has a defect.
        InputError: a file cannot be used; names it.
    """
    FileScenes(listing)  # which refuses a set with a defect
    shards = -(-len(listing.files) // per_shard)
    entries = list(watch(_written(_Job(listing, folder, per_shard), shards, workers)))
    index = {"format": FORMAT, "label_space": listing.label_space.to_dict(), "shards": entries}
    write_text(folder / INDEX, json.dumps(index, separators=(",", ":")) + "\n")
    return shards


def members(listing: Listing, index: int) -> Mapping[str, bytes]:
    """The contents of a scene's members by ending.

    Raises:
        DataError: its instance map cannot be written.
        InputError: a file cannot be used.
    """
    scene = listing.read(index)
    files = listing.files[index]
    numbers = numbers_of(scene.labels, scene.instances)
    if numbers.min() < 0 or not np.array_equal(instances_of(scene.labels, numbers), scene.instances):
        raise DataError(
            f"{files.image}: its instances are not numbered class * 1000 + k; expected such ids from the "
            f"layout {listing.layout!r}; this is an error of scumble: please report it."
        )
    found = {
        # The file itself: a JPEG that is written anew would be another picture, and a PNG larger.
        f"image{files.image.suffix.lower()}": files.image.read_bytes(),
        LABELS: _png(scene.labels),
        NUMBERS: _png(numbers),
        "json": _description(files.name, scene),
    }
    if scene.parts is not None:
        found[PARTS] = _png(scene.parts)
    return found


def _description(name: str, scene: Scene) -> bytes:
    width, height = scene.size
    return json.dumps({"name": name, "width": width, "height": height}).encode()


def _png(ids: IdArray) -> bytes:
    """Ids of up to 16 bits, in as many as they need."""
    stream = io.BytesIO()
    Image.fromarray(ids.astype(np.uint8 if ids.max() < 256 else np.uint16)).save(stream, "PNG")
    return stream.getvalue()


def _written(job: _Job, shards: int, workers: int) -> Iterator[Entry]:
    if workers == 1 or shards == 1:
        yield from map(job, range(shards))
        return
    # The listing goes to every process once, not with every task: it may name a hundred thousand files.
    with ProcessPoolExecutor(min(workers, shards), get_context("spawn"), _receive, (job,)) as pool:
        yield from pool.map(_write_received, range(shards))


_received: list[_Job] = []


def _receive(job: _Job) -> None:
    _received[:] = [job]


def _write_received(number: int) -> Entry:
    return _received[0](number)
