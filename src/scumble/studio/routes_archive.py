"""Routes: a project as one file, and its edit list as a recipe."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, File, UploadFile
from fastapi.responses import FileResponse

from scumble.studio.archive import recipe, write_archive
from scumble.studio.models import ProjectModel
from scumble.studio.routes import Id, StudioDep
from scumble.studio.unpack import unpack

router = APIRouter(prefix="/api/projects", tags=["files"])


@router.get(
    "/{project_id}/archive",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def save_archive(studio: StudioDep, project_id: Id, tasks: BackgroundTasks) -> FileResponse:
    """The project with photo, maps, edit list, references and results as one file (a zip archive)."""
    project = studio.store.project(project_id)
    path = studio.settings.projects / f".{secrets.token_hex(8)}.scumble"
    try:
        with studio.intake.turn():
            write_archive(project, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    tasks.add_task(path.unlink, missing_ok=True)
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.about.title).strip("-") or "project"
    return FileResponse(path, media_type="application/zip", filename=f"{name}.scumble", background=tasks)


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
