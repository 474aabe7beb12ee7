"""Routes: checkpoints, jobs and their events, results."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from scumble.studio.events import MOST_STREAMS, stream
from scumble.studio.models import CheckpointModel, JobModel, JobRequest, ResultDetails
from scumble.studio.refusals import BusyError
from scumble.studio.routes import PNG_ANSWER, Id, StudioDep, picture, picture_file

router = APIRouter(prefix="/api", tags=["jobs"])


@router.get("/checkpoints")
def list_checkpoints(studio: StudioDep) -> list[CheckpointModel]:
    """The checkpoints that can be used, and what each can do."""
    return [entry.model for entry in studio.shelf.entries.values()]


@router.post("/projects/{project_id}/jobs", status_code=202)
def create_job(studio: StudioDep, project_id: Id, request: JobRequest) -> JobModel:
    """Have something computed; 429 if too much waits already.

    ``label`` gives the project new first maps, ``edit`` and ``preview`` paint what the operations change,
    ``synthesize`` paints the whole map, ``parts`` infers the parts of its objects. A preview takes the place
    of one of the same project that still waits.
    """
    return studio.submit(studio.store.project(project_id), request).model


@router.get("/jobs/{job_id}")
def read_job(studio: StudioDep, job_id: Id) -> JobModel:
    """A job and how far it is."""
    return studio.queue.job(job_id).model


@router.delete("/jobs/{job_id}")
def cancel_job(studio: StudioDep, job_id: Id) -> JobModel:
    """Cancel a job; one that is being worked on ends in the midst of its picture."""
    return studio.queue.cancel(job_id).model


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def read_events(
    studio: StudioDep, job_id: Id, last_event_id: Annotated[str | None, Header(max_length=20)] = None
) -> StreamingResponse:
    """Server-sent events of a job from its beginning (or behind Last-Event-ID) to its end.

    Events are ``queued``, ``progress``, ``preview``, ``done``, ``failed`` and ``cancelled``; the data of each
    is the job as it was then.
    """
    job = studio.queue.job(job_id)
    number = last_event_id or ""
    first = int(number) if number.isascii() and number.isdigit() else 0
    if studio.streams >= MOST_STREAMS:
        raise BusyError(f"{MOST_STREAMS} streams of events are open already.", 5)

    return StreamingResponse(studio.counted(stream(job, first)), media_type="text/event-stream")


@router.get("/results/{result_id}.png", response_class=Response, responses=PNG_ANSWER)
def read_result_picture(studio: StudioDep, result_id: Id) -> Response:
    """The picture of a result, or a preview that is not too old."""
    preview = studio.previews.get(result_id)
    if preview is not None:
        return picture(preview)
    project = studio.store.project_of_result(result_id)
    return picture_file(project.result_picture(result_id))


@router.get("/results/{result_id}")
def read_result(studio: StudioDep, result_id: Id) -> ResultDetails:
    """All about a result: what was asked for, seed, time, checkpoint."""
    return studio.store.project_of_result(result_id).result_details(result_id)


@router.delete("/results/{result_id}", status_code=204)
def delete_result(studio: StudioDep, result_id: Id) -> None:
    """Delete a result."""
    studio.store.project_of_result(result_id).delete_result(result_id)
