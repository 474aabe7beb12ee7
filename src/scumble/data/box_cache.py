"""Box records of a whole set on disk, so that its maps are read for them only once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scumble.data.boxes import RULES_VERSION, BoxArray
from scumble.files import sha256_of


def cached_boxes(
    sources: Sequence[Sequence[Path]],
    settings: Mapping[str, Any],
    make: Callable[[int], BoxArray],
    root: Path,
) -> list[BoxArray]:
    """The records of every picture of a set: stored ones if they fit, else made and stored.

    They are stored in one file in ``.scumble-cache`` in the set's folder or, where that cannot be written,
    in ``scumble`` in the user's cache folder (``XDG_CACHE_HOME``, else ``~/.cache``); if that cannot be
    written either, they are made anew each time. Stored records fit if the rules, the settings, and the
    bytes of all maps are what they were made from. A damaged file is replaced.

    Args:
        sources: for each picture the files of the maps that its records are made from.
        settings: everything else that they depend on, such as the size and the table of part categories;
            JSON-able, and its order counts.
        make: the records ``[K, 7]`` of the picture of an index.
        root: the set's folder.

    Returns:
        ``[K, 7]`` int64 for each picture.

    Raises:
        InputError: a map cannot be read.
    """
    name = f"boxes-{_key(sources, settings)}.npz"
    for folder in _folders(root):
        stored = _read(folder / name, len(sources))
        if stored is not None:
            return stored
    made = [make(index) for index in range(len(sources))]
    for folder in _folders(root):
        if _write(folder / name, made):
            break
    return made


def _key(sources: Sequence[Sequence[Path]], settings: Mapping[str, Any]) -> str:
    digests = [[sha256_of(path) for path in maps] for maps in sources]
    text = json.dumps([RULES_VERSION, dict(settings), digests])  # in their order: it is that of painting
    return hashlib.sha256(text.encode()).hexdigest()


def _folders(root: Path) -> Iterator[Path]:
    """Where the file may be, the first choice first."""
    yield root / ".scumble-cache"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():  # by the rules for this variable, another value does not count
        yield given / "scumble"
        return
    try:
        yield Path.home() / ".cache" / "scumble"
    except RuntimeError:  # a user without a home
        return


def _read(path: Path, pictures: int) -> list[BoxArray] | None:
    """The stored records; None if there are none or they are damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            boxes, counts = file["boxes"], file["counts"]
    except Exception:  # damaged archives fail with nearly every exception there is
        return None
    whole = (
        boxes.dtype == counts.dtype == np.int64 and boxes.shape[1:] == (7,) and counts.shape == (pictures,)
    )
    if not whole or (counts < 0).any() or counts.sum() != len(boxes):
        return None
    return np.split(boxes, np.cumsum(counts)[:-1]) if pictures else []


def _write(path: Path, boxes: Sequence[BoxArray]) -> bool:
    """Write the file in one step; False if the place cannot be written."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as stream:
                np.savez_compressed(
                    stream,
                    allow_pickle=False,
                    boxes=np.concatenate([np.empty((0, 7), dtype=np.int64), *boxes]),
                    counts=np.array([len(records) for records in boxes], dtype=np.int64),
                )
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError:
        return False
    return True
