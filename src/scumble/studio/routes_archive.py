"""Routes: a project as one file, and its edit list as a recipe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Annotated, Any

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import StreamingResponse

from scumble.studio.archive import recipe, write_archive
from scumble.studio.models import ProjectModel
from scumble.studio.routes import Id, StudioDep
from scumble.studio.unpack import unpack

router = APIRouter(prefix="/api/projects", tags=["files"])


@router.get(
    "/{project_id}/archive",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def save_archive(studio: StudioDep, project_id: Id) -> StreamingResponse:
    """The project with photo, maps, edit list, references and results as one file (a zip archive)."""
    project = studio.store.project(project_id)
    settings = studio.settings
    with studio.intake.turn(), ExitStack() as unless_sent:
        # It has no name, so that nothing is left of it whatever becomes of the answer.
        file = unless_sent.enter_context(TemporaryFile(dir=settings.projects))
        write_archive(project, file, settings.max_archive_bytes)
        unless_sent.pop_all()
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.about.title).strip("-") or "project"
    headers = {
        "content-length": str(file.tell()),
        "content-disposition": f'attachment; filename="{name}.scumble"',
    }
    return StreamingResponse(_blocks(file), media_type="application/zip", headers=headers)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """A file from its beginning, which is closed after that."""
    with file:
        file.seek(0)
        while block := file.read(1 << 20):
            yield block


@router.post("/archive", status_code=201)
def open_archive(studio: StudioDep, archive: Annotated[UploadFile, File()]) -> ProjectModel:
    """Open a project file; the project gets a new id."""
    settings = studio.settings
    with studio.intake.turn(), studio.store.making() as folder:
        unpack(archive.file, folder, settings.max_archive_bytes, settings.max_results)
        return studio.store.added(folder).model()


@router.get("/{project_id}/recipe")
def read_recipe(studio: StudioDep, project_id: Id) -> dict[str, Any]:
    """The edit list for `scumble edit --recipe`; its style pictures lie beside it in the project file."""
    return recipe(studio.store.project(project_id))
