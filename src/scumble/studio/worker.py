"""The jobs that wait, and the thread that does them one after the other."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from scumble.errors import ScumbleError
from scumble.studio.jobs import CancelledError, Job
from scumble.studio.refusals import BusyError, NotHereError

REMEMBERED = 500
"""Jobs that clients can still ask for; the oldest that have ended are forgotten first."""
_log = logging.getLogger("scumble.studio")


class JobQueue:
    """A bounded queue with one worker, because there is one device.

    Args:
        work: does a job, and raises what hinders it.
        most: jobs that may wait.
        hidden: text that no message to a client may contain, such as the folder of the projects.
    """

    def __init__(self, work: Callable[[Job], None], most: int, hidden: str) -> None:
        self._work = work
        self._most = most
        self._hidden = hidden
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._seconds = 1.0
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="scumble-studio-worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End; all jobs are cancelled, the running one in the midst of its work."""
        with self._changed:
            self._stopping = True
            jobs = [*self._waiting, *([self._running] if self._running else [])]
            self._changed.notify_all()
        for job in jobs:
            self.cancel(job.id)
        self._thread.join(timeout=10)

    def submit(self, job: Job) -> None:
        """Put a job at the end. A preview takes the place of one of the same project that still waits.

        Raises:
            BusyError: too many wait already.
        """
        replaced: list[Job] = []
        with self._changed:
            if job.task.kind == "preview":
                replaced = [
                    old for old in self._waiting if old.task.kind == "preview" and old.project is job.project
                ]
                for old in replaced:
                    self._waiting.remove(old)
            if len(self._waiting) >= self._most:
                wait = min(60, max(1, round(self._seconds * len(self._waiting))))
                raise BusyError(f"{self._most} jobs are waiting already; try again in {wait} s.", wait)
            self._waiting.append(job)
            self._jobs[job.id] = job
            self._forget()
            self._changed.notify_all()
        for old in replaced:
            old.change("cancelled", "cancelled")

    def job(self, job_id: str) -> Job:
        """A job.

        Raises:
            NotHereError: there is none of this id, or it ended long ago.
        """
        with self._changed:
            if job_id not in self._jobs:
                raise NotHereError("There is no such job, or it ended long ago.")
            return self._jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        """Take a job out of the queue, or let it end soon if it runs; else nothing happens.

        Raises:
            NotHereError: there is none of this id.
        """
        job = self.job(job_id)
        job.cancel()
        with self._changed:
            waited = job in self._waiting
            if waited:
                self._waiting.remove(job)
        if waited:
            job.change("cancelled", "cancelled")
        return job

    def cancel_all(self, project_id: str) -> None:
        """Cancel all jobs of a project."""
        with self._changed:
            ids = [job.id for job in self._jobs.values() if job.project.id == project_id and not job.finished]
        for job_id in ids:
            self.cancel(job_id)

    def _forget(self) -> None:
        ended = [job_id for job_id, job in self._jobs.items() if job.finished]
        for job_id in ended[: max(0, len(self._jobs) - REMEMBERED)]:
            del self._jobs[job_id]

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                job = self._running = self._waiting.popleft()
            start = time.monotonic()
            self._do(job)
            with self._changed:
                self._running = None
                self._seconds = 0.7 * self._seconds + 0.3 * (time.monotonic() - start)

    def _do(self, job: Job) -> None:
        job.change("progress", "running")
        try:
            job.expect_wanted()
            self._work(job)
        except CancelledError:
            job.change("cancelled", "cancelled")
        except ScumbleError as error:
            job.change("failed", "failed", error=str(error).replace(self._hidden, ""))
        except Exception:
            log_id = secrets.token_hex(4)
            _log.exception("Internal error %s in a job of kind %s", log_id, job.task.kind)
            job.change("failed", "failed", error=f"Internal error; the log names it {log_id}.")
