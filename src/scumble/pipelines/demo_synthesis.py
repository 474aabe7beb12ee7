"""The part of the demonstration that paints from maps: pictures of one map, and parts that are edited."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scumble.edit import Edit, RemovePart
from scumble.files import write_image
from scumble.pipelines.demo import unseen_street, write_maps
from scumble.pipelines.edit_synthesis import edit_synthesis, maps_only
from scumble.pipelines.marks import show_parts
from scumble.pipelines.synthesize import SynthesisSession
from scumble.scene import IdArray, ImageArray, Scene


@dataclass(frozen=True)
class SynthesisStep:
    """One map that is painted.

    Attributes:
        name: of the folder for its files.
        title: what is done.
        sentence: what to look at.
        street: number of the rendered street, among those that no training sees, whose map it is.
        samples: number of pictures, with the seeds 0, 1, ...
        removed: a part to take away, as a selector with the name and the number of the part; None for none.
    """

    name: str
    title: str
    sentence: str
    street: int
    samples: int = 1
    removed: tuple[str, str, int] | None = None


SYNTHESIS_STEPS = (
    SynthesisStep(
        "paint",
        "Paint a map",
        "Nothing but the map is given; parts are inferred from outlines, each seed paints another picture.",
        street=57,
        samples=2,
    ),
    SynthesisStep(
        "part",
        "Change the parts",
        "The largest car loses its chassis, whose place windows and wheels take; only that car changes.",
        street=57,
        removed=("car#0", "chassis", 5),
    ),
)
"""What is shown, in order."""


@dataclass(frozen=True, eq=False)
class Painted:
    """A step that has been carried out.

    Attributes:
        step: what was wanted.
        cells: pictures to look at, each with its caption and the file that holds it, from left to right.
        files: the results.
        seconds: time of painting, without rendering and writing.
    """

    step: SynthesisStep
    cells: tuple[tuple[str, str, ImageArray], ...]
    files: tuple[str, ...]
    seconds: float


def show_synthesis(
    session: SynthesisSession,
    step: SynthesisStep,
    folder: Path,
    *,
    render: Callable[[int], Scene] = unseen_street,
    progress: Callable[[], None] = lambda: None,
) -> Painted:
    """Carry out a step and write all that belongs to it.

    ``folder`` gets ``labels.png`` and ``instances.png``, which ``scumble synthesize`` takes, for the eye
    ``map.png`` and the parts in colours, and the results ``sample_000.png``, ...

    Args:
        session: of a synthesis system that infers parts, in the label space of the streets.
        step: what to do.
        folder: is made.
        render: from a street's number to a scene of `SIDE` x `SIDE` pixels.
        progress: called after every picture.

    Raises:
        InputError: the edit does not fit the map, or a file cannot be written.
    """
    folder.mkdir()
    street = render(step.street)
    write_maps(folder, street)
    colors = street.label_space.colorize(street.labels)
    seeds = range(step.samples)
    start = time.perf_counter()
    if step.removed is None:
        result = session(street.labels, street.instances, seeds, progress=progress)
        cells = [("map", "map", colors), ("inferred parts", "parts", _parts(colors, result.parts))]
        cells += [(f"seed {n}", f"sample_{n:03d}", image) for n, image in enumerate(result.images)]
    else:
        selector, _, part = step.removed
        scene = maps_only(session.checkpoint, street.labels, street.instances, None)
        edit = Edit((RemovePart(selector, part),))
        edited = edit_synthesis(session, scene, edit, seeds, progress=progress)
        cells = [
            ("inferred parts", "parts", _parts(colors, edited.before.parts)),
            ("edited parts", "edited_parts", _parts(colors, edited.parts)),
            ("before", "before_000", edited.before.images[0]),
            ("after", "sample_000", edited.images[0]),
        ]
    seconds = round(time.perf_counter() - start, 3)
    for _, name, image in cells:
        write_image(folder / f"{name}.png", image)
    files = tuple(f"{step.name}/sample_{n:03d}.png" for n in seeds)
    shown = tuple((caption, f"{step.name}/{name}.png", image) for caption, name, image in cells)
    return Painted(step, shown, files, seconds)


def synthesis_command(step: SynthesisStep, checkpoint: str) -> list[str]:
    """The words of the ``scumble synthesize`` that gives a step's results, run in the demonstration's folder.

    Args:
        step: what is shown.
        checkpoint: a shipped name, or a folder's absolute path.
    """
    folder = step.name
    words = ["scumble", "synthesize", f"{folder}/labels.png", "--instances", f"{folder}/instances.png"]
    words += ["--checkpoint", checkpoint]
    if step.removed is not None:
        selector, name, _ = step.removed
        words += ["--remove-part", f"{selector}:{name}"]
    if step.samples > 1:
        words += ["--samples", str(step.samples)]
    return [*words, "--out", f"{folder}-again"]


def _parts(colors: ImageArray, parts: IdArray | None) -> ImageArray:
    """The parts on a faded map."""
    faded = (255 - (255 - colors.astype(np.int64)) // 3).astype(np.uint8)
    return faded if parts is None else show_parts(faded, parts)
