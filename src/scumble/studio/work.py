"""What the worker computes: the one place of the studio that runs networks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble.checkpoint import Checkpoint
from scumble.edit import Edit, PaintPart, RemovePart
from scumble.nn.inference import Precision
from scumble.pipelines.edit import EditSession
from scumble.pipelines.edit_synthesis import edit_synthesis
from scumble.pipelines.label import label_image
from scumble.pipelines.parts import ObjectParts, part_table
from scumble.pipelines.styles import InstanceStyle
from scumble.pipelines.synthesize import SynthesisSession
from scumble.scene import MAX_PARTS, IdArray, Scene
from scumble.studio.models import Kind
from scumble.studio.projects import Project

SCENES = 2
"""Scenes that are kept for the next job."""


@dataclass(frozen=True)
class Task:
    """What a job asks for.

    Attributes:
        kind: what to do.
        operations: on the first maps, as `written`; decoded only when the job's turn has come, because a few
            bytes of a mask can stand for millions of pixels.
        samples: pictures wanted.
        seed: of the first picture.
        steps: how often the work reports that it is a step further.
    """

    kind: Kind
    operations: tuple[Any, ...]
    samples: int
    seed: int
    steps: int

    @property
    def seeds(self) -> range:
        """One for each picture."""
        return range(self.seed, self.seed + self.samples)


@dataclass(frozen=True, eq=False)
class Painted:
    """One picture.

    Attributes:
        image: ``[H, W, 3]``; for a map of parts ``[H, W]``.
        seed: that it was painted with.
        seconds: to paint it.
    """

    image: NDArray[np.uint8]
    seed: int
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Done:
    """What came of a task.

    Attributes:
        pictures: in the order of the seeds.
        maps: proposed label map and instance map.
        offset: place (x, y) of the photo's upper left pixel in the pictures.
        notes: sentences for the user.
        styles: what each instance was painted with.
        objects: the parts of each object.
    """

    pictures: list[Painted] = field(default_factory=list)
    maps: tuple[IdArray, IdArray] | None = None
    offset: tuple[int, int] = (0, 0)
    notes: list[str] = field(default_factory=list)
    styles: list[InstanceStyle] = field(default_factory=list)
    objects: list[ObjectParts] = field(default_factory=list)


class Scenes:
    """The scenes of the last projects that something was computed for, and what was found of them.

    Args:
        device: where to compute.
        precision: in what numbers networks paint.
    """

    def __init__(self, device: str = "cpu", precision: Precision = "float32") -> None:
        self.device, self.precision = device, precision
        self._scenes: OrderedDict[tuple[str, int], Scene] = OrderedDict()
        self._editing: dict[str, EditSession] = {}
        self._synthesis: dict[str, SynthesisSession] = {}

    def editing(self, checkpoint: Checkpoint) -> EditSession:
        """The session of a checkpoint, which keeps what does not change from one edit to the next."""
        key = checkpoint.digest
        if key not in self._editing:
            self._editing[key] = EditSession(checkpoint, self.device, precision=self.precision)
        return self._editing[key]

    def synthesis(self, checkpoint: Checkpoint) -> SynthesisSession:
        """The same for a checkpoint that paints from maps."""
        key = checkpoint.digest
        if key not in self._synthesis:
            self._synthesis[key] = SynthesisSession(checkpoint, self.device, precision=self.precision)
        return self._synthesis[key]

    def of(self, project: Project) -> Scene:
        """Photo and first maps of a project.

        Raises:
            ConflictError: it has no maps yet.
        """
        key = (project.id, project.about.maps)
        scene = self._scenes.pop(key, None) or project.scene()
        self._scenes[key] = scene
        while len(self._scenes) > SCENES:
            self._scenes.popitem(last=False)
        return scene


def carry_out(
    task: Task,
    project: Project,
    checkpoint: Checkpoint,
    scenes: Scenes,
    step: Callable[[], None],
) -> Done:
    """Do what a job asks for.

    Args:
        task: what to do.
        project: on what.
        checkpoint: with what.
        scenes: keeps what several jobs need, and knows where to compute.
        step: called after every picture; may raise to end the work.

    Raises:
        ScumbleError: it is not possible; the message says why.
    """
    if task.kind == "label":
        found = label_image(checkpoint, project.image(), device=scenes.device)
        step()
        return Done(maps=(found.labels, found.instances))
    scene = scenes.of(project)
    edit = project.parse(list(task.operations))
    if task.kind == "parts":
        done = _parts(task, edit, scene, scenes.synthesis(checkpoint))
        step()
        return done
    if task.kind == "synthesize":
        return _synthesize(task, edit, scene, scenes.synthesis(checkpoint), step)
    assert edit is not None
    session = scenes.editing(checkpoint)
    result = session(scene, edit, task.seeds, preview=task.kind == "preview", progress=step)
    return Done(
        [Painted(sample.image, sample.seed, sample.seconds) for sample in result.samples],
        offset=result.edited.offset,
        notes=result.warnings,
        styles=result.styles,
    )


def split(edit: Edit) -> tuple[Edit | None, Edit | None]:
    """The operations that draw a map, and those from the first on that changes parts.

    A map is painted as a whole as it was drawn; parts are known, and can be changed, only after that.
    """
    first = next(
        (n for n, op in enumerate(edit.operations) if isinstance(op, RemovePart | PaintPart)),
        len(edit.operations),
    )
    drawn, rest = edit.operations[:first], edit.operations[first:]
    return Edit(drawn) if drawn else None, Edit(rest) if rest else None


Offset = tuple[int, int]


def _drawn(edit: Edit | None, scene: Scene) -> tuple[Scene, Offset, Edit | None]:
    """The scene with its map as the edit draws it, where it has moved to, and what is left of the edit."""
    drawn, rest = (None, None) if edit is None else split(edit)
    if drawn is None:
        return scene, (0, 0), rest
    edited = drawn.apply(scene, generate=False)
    return edited.scene, edited.offset, rest


def _sum(a: Offset, b: Offset) -> Offset:
    return a[0] + b[0], a[1] + b[1]


def _synthesize(
    task: Task, edit: Edit | None, scene: Scene, session: SynthesisSession, step: Callable[[], None]
) -> Done:
    scene, offset, rest = _drawn(edit, scene)
    if rest is None:
        images = session(scene.labels, scene.instances, task.seeds, progress=step).images
    else:
        result = edit_synthesis(session, scene, rest, task.seeds, progress=step)
        images, offset = result.images, _sum(offset, result.edited.offset)
    pictures = [Painted(image, seed) for image, seed in zip(images, task.seeds, strict=True)]
    return Done(pictures, offset=offset)


def _parts(task: Task, edit: Edit | None, scene: Scene, session: SynthesisSession) -> Done:
    """The parts of the objects of the map as it is after the edit."""
    scene, offset, rest = _drawn(edit, scene)
    parts = session.parts(scene.labels, scene.instances)
    if rest is not None:
        edited = rest.apply(replace(scene, parts=parts))
        scene, offset = edited.scene, _sum(offset, edited.offset)
        assert scene.parts is not None
        parts = np.where(scene.parts > MAX_PARTS, np.int32(0), scene.parts)
    objects = part_table(scene.labels, scene.instances, parts, session.categories)
    return Done([Painted(parts.astype(np.uint8), task.seed)], offset=offset, objects=objects)
