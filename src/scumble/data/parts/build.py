"""Building part sets in the layout ``Full_Parts``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import numpy as np

from scumble.data.parts.cut import Cut, ObjectMaps, cut_objects
from scumble.data.parts.part_set import PART_ENDING, SILHOUETTE_ENDING, Split
from scumble.data.parts.supports import write_supports
from scumble.errors import DataError
from scumble.files import OutputFolder, write_image

Counts = Counter[tuple[int, Split]]
"""Objects of each category and split."""
# The published loader takes every file with one of these words anywhere in its name.
_FORBIDDEN = {"label": "lbl", "part": "prt"}


class Picture(Protocol):
    """What objects are cut from; read in another process, so it must be possible to pickle."""

    @property
    def split(self) -> Split:
        """The split of the part set."""

    @property
    def name(self) -> str:
        """Unlike that of any other picture of the split."""

    def read(self) -> ObjectMaps:
        """The objects and their parts."""


def build_part_set(
    out: Path,
    pictures: Sequence[Picture],
    cut: Cut | None = None,
    workers: int = 1,
    progress: Callable[[Iterable[Counts], int], Iterable[Counts]] = lambda counts, total: counts,
) -> Counts:
    """Cut all objects out of pictures and write them as a part set, with supports for every category.

    The files of an object are named ``PICTURE_ID_label.png`` and ``PICTURE_ID_part.png`` with
    ``ID = category * 1000 + k``. In the names of pictures the words "label" and "part", for which the
    published loader looks, become "lbl" and "prt".

    Args:
        out: the folder of the part set, new or empty; it is complete or not there.
        pictures: of one or several sources.
        cut: how objects are cut out; None for the defaults.
        workers: processes that read and cut; 1 uses none but this one.
        progress: wraps the loop over pictures, of which it is told the number.

    Returns:
        How many objects there are of each category and split.

    Raises:
        ScumbleError: a picture cannot be read; two have the same name; there are no objects; the folder
            holds something or cannot be written.
    """
    _check_names(pictures)
    counts: Counts = Counter()
    with OutputFolder(out, new=True) as folder:
        with _mapped(workers) as mapped:
            write = partial(_write, folder, cut or Cut())
            for found in progress(mapped(write, pictures), len(pictures)):
                counts += found
        if not counts:
            raise DataError(
                f"None of the {len(pictures)} pictures shows an object with parts that is large enough; "
                "expected at least one; take larger pictures or other sources."
            )
        for category in sorted({category for category, split in counts if split == "train"}):
            write_supports(folder, category)
    return counts


def _check_names(pictures: Sequence[Picture]) -> None:
    names = Counter((picture.split, _safe_name(picture.name)) for picture in pictures)
    for (split, name), number in names.most_common(1):
        if number > 1:
            raise DataError(
                f"{number} pictures of the split {split} would be called {name!r}; expected different names; "
                "rename them or build two part sets."
            )


@contextmanager
def _mapped(workers: int) -> Iterator[Callable[..., Iterable[Counts]]]:
    """The function ``map``, in so many processes."""
    if workers == 1:
        yield map
    else:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            yield partial(pool.map, chunksize=4)


def _write(root: Path, cut: Cut, picture: Picture) -> Counts:
    maps = picture.read()
    counts: Counts = Counter()
    for category, shape in cut_objects(maps, cut):
        folder = root / str(category) / maps.split
        folder.mkdir(parents=True, exist_ok=True)
        name = _safe_name(shape.name)
        write_image(folder / f"{name}{SILHOUETTE_ENDING}", shape.silhouette.astype(np.uint8) * 255)
        write_image(folder / f"{name}{PART_ENDING}", shape.parts)
        counts[category, maps.split] += 1
    return counts


def _safe_name(name: str) -> str:
    for word, instead in _FORBIDDEN.items():
        name = name.replace(word, instead)
    return name
