"""The demonstration: a few edits of rendered streets, carried out and written where they can be looked at."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from scumble.checkpoint import Checkpoint
from scumble.edit import Box, Edit, Extend, FreeMask, Operation, Paint, Remove, Restyle, Style
from scumble.files import write_image
from scumble.outlines import outlined
from scumble.pipelines.edit import EditResult, edit_scene
from scumble.pipelines.marks import show_map, show_mask
from scumble.scene import MaskArray, Scene
from scumble.shipped import DEFAULT_CHECKPOINT
from scumble.streets.dataset import Streets

SIDE = 256
"""Width and height of the rendered pictures."""


@dataclass(frozen=True)
class Step:
    """One edit of the demonstration.

    Attributes:
        name: of the folder for its files.
        title: what is done.
        sentence: what to look at.
        street: number of the rendered street among those that no training sees.
        operation: the edit; masks and boxes are in pixels of a picture of `SIDE` x `SIDE`.
        samples: number of results, with the seeds 0, 1, ...
        reference: number of the street from which a `Restyle` takes the look; None for the other operations.
    """

    name: str
    title: str
    sentence: str
    street: int
    operation: Operation
    samples: int = 1
    reference: int | None = None


def _discs(*discs: tuple[int, int, int]) -> MaskArray:
    """A region ``[SIDE, SIDE]`` made of discs (x, y, radius in pixels)."""
    canvas = Image.new("1", (SIDE, SIDE))
    for x, y, radius in discs:
        ImageDraw.Draw(canvas).circle((x, y), radius, fill=1)
    return np.asarray(canvas, dtype=np.bool_)


def _stroke(*points: tuple[int, int], radius: int = 12) -> MaskArray:
    """A region ``[SIDE, SIDE]`` as a round brush of this radius in pixels leaves it."""
    canvas = Image.new("1", (SIDE, SIDE))
    draw = ImageDraw.Draw(canvas)
    draw.line(points, fill=1, width=2 * radius)
    for point in points:
        draw.circle(point, radius, fill=1)
    return np.asarray(canvas, dtype=np.bool_)


STEPS = (
    Step(
        "remove",
        "Remove a car",
        "The largest car goes; the map continues with what is behind it, and the picture follows the map.",
        street=7,
        operation=Remove("car#0"),
    ),
    Step(
        "add",
        "Add a car, in four styles",
        "A box gets the outline of a car; each result draws another look from the style bank.",
        street=43,
        operation=Box(30, 176, 114, 236, "car"),
        samples=4,
    ),
    Step(
        "repaint",
        "Turn a region into another class",
        "What is painted into the map by hand grows in the picture: a house gives way to trees.",
        street=24,
        operation=Paint(_discs((170, 88, 38), (215, 98, 34), (192, 62, 34), (142, 112, 22)), "tree"),
    ),
    Step(
        "hole",
        "Fill a free-form hole",
        "The map stays as it is; what a brush has wiped out is painted anew.",
        street=33,
        operation=FreeMask(_stroke((60, 40), (110, 110), (150, 70), (200, 180), (120, 215))),
    ),
    Step(
        "extend",
        "Extend the picture to the right",
        "The canvas grows by a quarter; the border of the map continues there.",
        street=113,
        operation=Extend(0, 0, 64, 0),
    ),
    Step(
        "restyle",
        "Take the look from another picture",
        "The largest car is painted anew, in the style of a car in a reference picture.",
        street=57,
        operation=Restyle("car#0"),
        reference=53,
    ),
)
"""What the demonstration shows, in order."""


def unseen_street(number: int) -> Scene:
    """A rendered street of `SIDE` x `SIDE` pixels that no training sees.

    Args:
        number: 0..999.
    """
    return Streets("test", 1000, SIDE, SIDE)[number]


@dataclass(frozen=True, eq=False)
class Shown:
    """A step that has been carried out.

    Attributes:
        step: what was wanted.
        scene: the rendered street.
        reference: the street whose look was taken.
        result: the pictures.
        seconds: time of the edit, without rendering and writing.
    """

    step: Step
    scene: Scene
    reference: Scene | None
    result: EditResult
    seconds: float


def show_step(
    checkpoint: Checkpoint,
    step: Step,
    folder: Path,
    *,
    render: Callable[[int], Scene] = unseen_street,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> Shown:
    """Carry out a step and write all that belongs to it.

    ``folder`` gets what ``scumble edit`` needs to do the same (``input.png``, ``labels.png``,
    ``instances.png``, ``mask.png``, and ``reference.png`` with ``reference_labels.png`` if there is one), for
    the eye ``to_repaint.png`` and ``map.png``, and the results ``sample_000.png``, ...

    Args:
        checkpoint: of an editing system, in the label space of the streets.
        step: what to do.
        folder: is made.
        render: from a street's number to a scene of `SIDE` x `SIDE` pixels.
        device: where to compute.
        progress: called after every sample.

    Raises:
        InputError: the edit does not fit the rendered street, or a file cannot be written.
        LabelError: the checkpoint has another label space.
        CheckpointError: the checkpoint has no style bank but needs one.
    """
    folder.mkdir()
    scene = render(step.street)
    operation, reference = step.operation, None
    _write_scene(folder, scene)
    if step.reference is not None and isinstance(operation, Restyle):
        reference = render(step.reference)
        picture, labels = folder / "reference.png", folder / "reference_labels.png"
        write_image(picture, reference.image)
        write_image(labels, reference.labels.astype(np.uint8))
        operation = dataclasses.replace(operation, style=Style(str(picture), labels=str(labels)))
    start = time.perf_counter()
    seeds = range(step.samples)
    edit = outlined(Edit((operation,)), checkpoint.outlines, seeds[0])
    result = edit_scene(checkpoint, scene, edit, seeds, device=device, progress=progress)
    seconds = round(time.perf_counter() - start, 3)
    _write_result(folder, result)
    return Shown(step, scene, reference, result, seconds)


def command(step: Step, checkpoint: str = DEFAULT_CHECKPOINT) -> list[str]:
    """The words of the ``scumble edit`` that gives a step's results, run in the demonstration's folder.

    Args:
        step: what is shown.
        checkpoint: a shipped name, or a folder's absolute path.
    """
    folder = step.name
    words = ["scumble", "edit", f"{folder}/input.png", "--labels", f"{folder}/labels.png"]
    words += ["--instances", f"{folder}/instances.png"]
    match step.operation:
        case Remove(selector):
            words += ["--remove", selector]
        case Restyle(selector):
            words += ["--restyle", selector]
        case Box(x0, y0, x1, y1):
            words += ["--box", *map(str, (x0, y0, x1, y1))]
        case Extend(left, top, right, bottom):
            words += ["--extend", *map(str, (left, top, right, bottom))]
        case Paint() | FreeMask():
            words += ["--mask", f"{folder}/mask.png"]
    class_name = getattr(step.operation, "class_name", None)
    if class_name:
        words += ["--class", class_name]
    if step.reference is not None:
        words += ["--style", f"{folder}/reference.png", "--style-labels", f"{folder}/reference_labels.png"]
    if step.samples > 1:
        words += ["--samples", str(step.samples)]
    if checkpoint != DEFAULT_CHECKPOINT:
        words += ["--checkpoint", checkpoint]
    return [*words, "--out", f"{folder}-again"]


def write_maps(folder: Path, scene: Scene) -> None:
    """Write ``labels.png`` and ``instances.png`` as the commands read them."""
    write_image(folder / "labels.png", scene.labels.astype(np.uint8))
    write_image(folder / "instances.png", scene.instances.astype(np.uint16))


def _write_scene(folder: Path, scene: Scene) -> None:
    write_image(folder / "input.png", scene.image)
    write_maps(folder, scene)


def _write_result(folder: Path, result: EditResult) -> None:
    edited, mask = result.edited.scene, result.edited.mask
    write_image(folder / "mask.png", mask.astype(np.uint8) * 255)
    write_image(folder / "to_repaint.png", show_mask(edited.image, mask))
    write_image(folder / "map.png", show_map(edited, mask))
    for number, sample in enumerate(result.samples):
        write_image(folder / f"sample_{number:03d}.png", sample.image)
