"""Walking a set: reading every scene, counting what is in it, collecting what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from scumble.data.check.agreement import disagreement
from scumble.data.layouts.listing import Listing
from scumble.errors import ScumbleError
from scumble.files import AnyFile, read_instances
from scumble.instances import INSTANCES_PER_CLASS

RARE = 0.0001
"""Classes below this share of the pixels are called rare."""
MUCH_UNKNOWN = 0.5
"""A set with a larger share of don't-care pixels is remarked upon."""
_NAMED = 12
"""Classes that a remark names; the table of classes has all."""
_FEW = 48
"""Sets up to this size are walked in this process, because starting others takes longer."""


@dataclass(frozen=True)
class Measured:
    """What one scene holds.

    Attributes:
        error: why it cannot be read, or None.
        warning: what is odd about it, or None.
        pixels: of every class, ``[N]``.
        instances: how many.
        size: width and height.
        digest: of the photograph's pixels.
    """

    error: str | None = None
    warning: str | None = None
    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    instances: int = 0
    size: tuple[int, int] = (0, 0)
    digest: str = ""


@dataclass
class Survey:
    """What was found in one split.

    Attributes:
        listing: what the folder holds.
        errors: a message for every defect.
        warnings: messages about what is odd but can be trained on.
        pixels: of every class over all scenes, ``[N]``.
        pictures: with at least one pixel of each class, ``[N]``.
        instances: over all scenes.
        sizes: how many photographs have each width and height.
        digests: the first file with each photograph.
    """

    listing: Listing
    errors: list[str]
    warnings: list[str]
    pixels: NDArray[np.int64]
    pictures: NDArray[np.int64]
    instances: int = 0
    sizes: dict[tuple[int, int], int] = field(default_factory=dict)
    digests: dict[str, AnyFile] = field(default_factory=dict)

    @property
    def dont_care_share(self) -> float:
        """Share of the pixels that do not count, 0..1."""
        void = self.listing.label_space.dont_care
        return 0.0 if void is None else float(self.pixels[void] / max(1, self.pixels.sum()))

    def unused(self) -> list[str]:
        """Names of the classes without a pixel, the don't-care class aside."""
        space = self.listing.label_space
        return [name for i, name in enumerate(space.names) if self.pixels[i] == 0 and i != space.dont_care]

    def rare(self) -> list[str]:
        """Names of the classes below a ten-thousandth of the pixels."""
        least = RARE * self.pixels.sum()
        names = self.listing.label_space.names
        return [name for i, name in enumerate(names) if 0 < self.pixels[i] < least]


def measure(listing: Listing, index: int) -> Measured:
    """Read one scene and count."""
    files = listing.files[index]
    try:
        scene = listing.read(index)
        found = None
        if files.instances is not None:
            given = read_instances(files.instances, scene.size)
            found = disagreement(scene.labels, given, scene.label_space)
    except ScumbleError as error:
        return Measured(error=str(error))
    note = None
    if found is not None and found.share > found.tolerated / 5:
        note = (
            f"{files.instances}: {found.share:.1%} of the instance pixels disagree with the label map "
            f"{files.labels}: {found.text}; make both from one annotation."
        )
    classes = len(scene.label_space)
    return Measured(
        error=note if found is not None and found.defect else None,
        warning=note,
        pixels=np.bincount(scene.labels.ravel(), minlength=classes),
        instances=int((np.unique(scene.instances) >= max(INSTANCES_PER_CLASS, classes)).sum()),
        size=scene.size,
        digest=hashlib.sha256(scene.image.tobytes()).hexdigest(),
    )


def survey(
    listing: Listing, workers: int = 1, watch: Callable[[Iterable[Measured]], Iterable[Measured]] = iter
) -> Survey:
    """Read every scene of a split.

    Args:
        listing: what the folder holds.
        workers: processes.
        watch: wraps the stream of results, to show progress.
    """
    classes = len(listing.label_space)
    zeros = np.zeros(classes, dtype=np.int64)
    result = Survey(listing, list(listing.problems), [], zeros.copy(), zeros.copy())
    for files, scene in zip(listing.files, watch(_measured(listing, workers)), strict=True):
        if scene.error is not None:
            result.errors.append(scene.error)
            continue
        if scene.warning is not None:
            result.warnings.append(scene.warning)
        result.pixels += scene.pixels
        result.pictures += scene.pixels > 0
        result.instances += scene.instances
        result.sizes[scene.size] = result.sizes.get(scene.size, 0) + 1
        if scene.digest in result.digests:
            result.warnings.append(
                f"{files.image} is the same picture as {result.digests[scene.digest]}, which therefore "
                "counts twice; remove one."
            )
        result.digests.setdefault(scene.digest, files.image)
    result.warnings += _about_classes(result)
    return result


def _measured(listing: Listing, workers: int) -> Iterator[Measured]:
    scenes = range(len(listing.files))
    if workers == 1 or len(scenes) <= _FEW:
        yield from (measure(listing, index) for index in scenes)
        return
    # The listing goes to every process once, not with every task: it may name a hundred thousand files.
    with ProcessPoolExecutor(workers, get_context("spawn"), _receive, (listing,)) as pool:
        yield from pool.map(_measure_received, scenes, chunksize=8)


_received: list[Listing] = []


def _receive(listing: Listing) -> None:
    _received[:] = [listing]


def _measure_received(index: int) -> Measured:
    return measure(_received[0], index)


def _about_classes(result: Survey) -> list[str]:
    """Odd things about a split as a whole; nothing where no scene could be read."""
    if not result.pixels.any():
        return []
    said = []
    unused, rare = result.unused(), result.rare()
    if unused:
        said.append(f"classes that never occur ({len(unused)}): {_some(unused)}")
    if rare:
        said.append(f"classes with less than {RARE:.2%} of the pixels ({len(rare)}): {_some(rare)}")
    if result.dont_care_share > MUCH_UNKNOWN:
        said.append(f"{result.dont_care_share:.0%} of the pixels are don't-care and teach nothing")
    return said


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f", ... ({more} more)" if more > 0 else "")


def shared_pictures(surveys: list[Survey]) -> list[str]:
    """One message for every photograph that two splits have in common, which falsifies every score."""
    said = []
    seen: dict[str, tuple[str, AnyFile]] = {}
    for one in surveys:
        for digest, image in one.digests.items():
            split, other = seen.setdefault(digest, (one.listing.split, image))
            if split != one.listing.split:
                said.append(
                    f"The splits {split!r} and {one.listing.split!r} share a picture ({other} and {image}); "
                    "expected none in common; remove it from one of them."
                )
    return said
