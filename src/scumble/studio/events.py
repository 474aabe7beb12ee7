"""Server-sent events: a browser is told at once what happens to a job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from scumble.studio.jobs import Job

MOST_STREAMS = 100
"""Streams that may be open at a time."""
_SIGN_OF_LIFE = 15.0
"""Seconds after which something is sent even if nothing happens, to notice that nobody listens."""


async def stream(job: Job, first: int) -> AsyncIterator[str]:
    """The events of a job from number ``first`` on, until it has ended.

    Yields:
        Text of the format ``text/event-stream``; an event's data is the job as it was then.
    """
    loop, happened = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed when the server stops
            loop.call_soon_threadsafe(happened.set)

    number = first
    with job.watched(wake):
        while True:
            happened.clear()
            # Looked at first, because an event may follow between the two questions.
            finished = job.finished
            for event in job.events(number):
                number += 1
                yield f"id: {number}\nevent: {event.name}\ndata: {event.job.model_dump_json()}\n\n"
            if finished:
                return
            try:
                await asyncio.wait_for(happened.wait(), _SIGN_OF_LIFE)
            except TimeoutError:
                yield ": waiting\n\n"
