"""A running studio: its projects, its checkpoints and its worker."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import asdict

from scumble.studio.documents import written
from scumble.studio.interruption import interrupted_by
from scumble.studio.jobs import Job
from scumble.studio.maps import png
from scumble.studio.models import Ability, JobRequest, ObjectModel, ResultDetails, StyleModel
from scumble.studio.previews import Previews
from scumble.studio.projects import Project, new_id
from scumble.studio.refusals import ConflictError
from scumble.studio.settings import Settings
from scumble.studio.shelf import Shelf
from scumble.studio.store import Store
from scumble.studio.uploads import Intake
from scumble.studio.work import Done, Scenes, Task, carry_out, split
from scumble.studio.worker import JobQueue

LONGEST = 16
"""Longer side of a map that is painted, in units of the shorter one, to which memory is fitted."""


class Studio:
    """Everything that the routes need.

    Args:
        settings: folders and limits.

    Raises:
        ConfigError: the folder of projects cannot be used.
        CheckpointError: a checkpoint or the segmenter cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.shelf = Shelf(settings.checkpoints, settings.segmenter)
        self.store = Store(settings.projects, settings.max_projects)
        self.intake = Intake(settings.projects)
        self.previews = Previews()
        self.queue = JobQueue(self._work, settings.queue, f"{settings.projects}/")
        self.streams = 0
        self._scenes = Scenes(settings.device, settings.precision)

    def start(self) -> None:
        """Begin to work on jobs."""
        self.queue.start()

    def stop(self) -> None:
        """Cancel all jobs and let go of the folder."""
        self.queue.stop()
        self.store.close()

    def submit(self, project: Project, request: JobRequest) -> Job:
        """Check what a client asks for and queue it.

        Raises:
            ScumbleError: it is not possible now, or there is too much to do.
        """
        ability: Ability = "edit" if request.kind == "preview" else request.kind
        if ability == "label":
            if not project.about.photo:
                raise ConflictError("The project has no photo to label; draw its map.")
            project.expect_no_operations()
        elif not project.about.maps:
            raise ConflictError("The project has no label map yet; label the photo first.")
        entry = self.shelf.find(request.checkpoint, ability, project.label_space)
        given = project.edit().operations if request.operations is None else request.operations
        with self.intake.turn():
            edit = project.checked([] if ability == "label" else given)
        if ability == "edit" and not project.about.photo:
            raise ConflictError("The project has no photo to edit; synthesize a picture of its map.")
        if ability == "edit" and edit is None:
            raise ConflictError("The edit list is empty, so there is nothing to paint.")
        sides = sorted((project.about.width, project.about.height))
        if ability in ("synthesize", "parts") and sides[1] > LONGEST * sides[0]:
            raise ConflictError(f"The map is more than {LONGEST} times as long as wide; it is not painted.")
        samples = request.samples if request.kind in ("edit", "synthesize") else 1
        if request.kind not in ("label", "preview"):
            project.expect_room(samples, self.settings.max_results)
        # Where parts change, the picture before the change is painted first.
        twice = request.kind == "synthesize" and edit is not None and split(edit)[1] is not None
        steps = 2 * samples if twice else samples
        job = Job(
            project,
            entry.model.name,
            Task(request.kind, tuple(written(edit)), samples, request.seed, steps),
        )
        self.queue.submit(job)
        return job

    async def counted(self, stream: AsyncIterator[str]) -> AsyncIterator[str]:
        """A stream of events that counts among those that are open."""
        self.streams += 1
        try:
            async for event in stream:
                yield event
        finally:
            self.streams -= 1

    def _work(self, job: Job) -> None:
        """Do a job and keep what comes of it; called by the worker."""
        checkpoint = self.shelf.load(job.checkpoint)
        with interrupted_by(job.expect_wanted):
            done = carry_out(job.task, job.project, checkpoint, self._scenes, job.step)
        job.expect_wanted()
        if done.maps is not None:
            version = job.project.set_maps(*done.maps)
            job.change("done", "done", maps=version)
            return
        ids = [self._keep(job, done, number, checkpoint.digest) for number in range(len(done.pictures))]
        if job.task.kind == "preview":
            job.change("preview", results=ids)
        job.change("done", "done", results=ids, notes=done.notes)

    def _keep(self, job: Job, done: Done, number: int, digest: str) -> str:
        """Keep one picture of a job, and say under which id."""
        picture = done.pictures[number]
        result_id = new_id()
        if job.task.kind == "preview":
            self.previews.add(result_id, png(picture.image))
            return result_id
        details = ResultDetails(
            id=result_id,
            project=job.project.id,
            job=job.id,
            kind=job.task.kind,
            seed=picture.seed,
            seconds=picture.seconds,
            width=picture.image.shape[1],
            height=picture.image.shape[0],
            offset=done.offset,
            checkpoint=job.checkpoint,
            digest=digest,
            created=time.time(),
            operations=list(job.task.operations),
            notes=done.notes,
            styles=[StyleModel(**asdict(style)) for style in done.styles],
            objects=[ObjectModel(**asdict(row)) for row in done.objects],
        )
        job.project.add_result(details, picture.image, self.settings.max_results)
        return result_id
