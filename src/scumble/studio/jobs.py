"""Jobs: what is to be computed, and how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from scumble.studio.models import JobModel, State
from scumble.studio.projects import Project, new_id
from scumble.studio.work import Task

FINAL = ("done", "failed", "cancelled")
"""States that a job does not leave."""


class CancelledError(Exception):
    """Ends the work on a job that nobody wants any more."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a job.

    Attributes:
        name: queued, progress, preview, done, failed or cancelled.
        job: the job as it was then.
    """

    name: str
    job: JobModel


@dataclass(eq=False)
class Job:
    """A job. Methods may be called from any thread.

    Attributes:
        project: on what.
        checkpoint: name of the checkpoint.
        task: what to do.
    """

    project: Project
    checkpoint: str
    task: Task
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._wakers: list[Callable[[], None]] = []
        self._cancel = threading.Event()
        self._model = JobModel(
            id=self.id,
            project=self.project.id,
            kind=self.task.kind,
            checkpoint=self.checkpoint,
            state="queued",
            done=0,
            total=self.task.steps,
            results=[],
            maps=None,
            notes=[],
            error=None,
            created=self.created,
        )
        self._events.append(Event("queued", self._model))

    @property
    def model(self) -> JobModel:
        """The job as it is now."""
        return self._model

    @property
    def finished(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self._model.state in FINAL

    def cancel(self) -> None:
        """Ask the worker to end the work, which it does before the next module of the network."""
        self._cancel.set()

    def expect_wanted(self) -> None:
        """End the work if somebody has cancelled it.

        Raises:
            CancelledError: somebody has.
        """
        if self._cancel.is_set():
            raise CancelledError

    def step(self) -> None:
        """One step is done.

        Raises:
            CancelledError: it is the last one that is wanted.
        """
        self.change("progress", done=self._model.done + 1)
        self.expect_wanted()

    def change(self, event: str, state: State | None = None, **changes: object) -> None:
        """Change what clients see, and tell them.

        Args:
            event: its name.
            state: the new one, if it is another.
            changes: other fields of the model. Nothing changes once the job has ended.
        """
        with self._lock:
            if self.finished:
                return
            update = changes if state is None else {**changes, "state": state}
            self._model = self._model.model_copy(update=update)
            self._events.append(Event(event, self._model))
            wakers = list(self._wakers)
            if self.finished:
                # Jobs are remembered long after they have ended.
                self.task = replace(self.task, operations=())
        for wake in wakers:
            wake()

    def events(self, first: int) -> list[Event]:
        """What has happened, from event number ``first`` on."""
        with self._lock:
            return self._events[first:]

    @contextmanager
    def watched(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call a function after every event, as long as the block lasts."""
        with self._lock:
            self._wakers.append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._wakers.remove(wake)
