"""Routes: projects, their pictures and maps, their edit lists."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, File, Form, Response, UploadFile

from scumble.edit import Edited
from scumble.edit.operations import MID_GREY
from scumble.errors import InputError
from scumble.files import MAX_PIXELS
from scumble.instances import derive_instances
from scumble.scene import IdArray
from scumble.studio.maps import ids_as_colors, png
from scumble.studio.models import (
    BlankRequest,
    EditModel,
    EditSave,
    InstanceReference,
    ProjectModel,
    ProjectSummary,
    ReferenceModel,
)
from scumble.studio.projects import PHOTO, Project, write_project
from scumble.studio.refusals import ConflictError
from scumble.studio.routes import PNG_ANSWER, Id, StudioDep, picture_file

Name = Annotated[str | None, Form(max_length=100)]

router = APIRouter(prefix="/api/projects", tags=["projects"])


@router.get("")
def list_projects(studio: StudioDep) -> list[ProjectSummary]:
    """All projects, the newest first."""
    return [project.summary() for project in studio.store.list()]


@router.post("", status_code=201)
def create_project(
    studio: StudioDep,
    photo: Annotated[UploadFile | None, File(description="PNG, JPEG, WebP, BMP or TIFF.")] = None,
    labels: Annotated[UploadFile | None, File(description="Its label map, as for `scumble edit`.")] = None,
    instances: Annotated[UploadFile | None, File(description="Its instance map, as there.")] = None,
    label_space: Name = None,
    title: Name = None,
) -> ProjectModel:
    """Begin with a photo, with or without maps; or with a label map alone.

    Without an instance map the connected parts of countable classes are the instances.
    """
    if photo is None and labels is None:
        raise InputError("There is neither a photo nor a label map; send one of them, or both.")
    if instances is not None and labels is None:
        raise InputError("There is an instance map but no label map; send both.")
    space = studio.shelf.label_space(label_space)
    with studio.intake.turn(), studio.store.making() as folder:
        image = None if photo is None else studio.intake.photograph(photo.file)
        maps = None
        if labels is not None:
            size = None if image is None else (image.shape[1], image.shape[0])
            classes = studio.intake.labels(labels.file, space, size)
            given = None if instances is None else instances.file
            maps = classes, studio.intake.instances(given, classes, space)
        if image is None:
            assert maps is not None
            image = np.full((*maps[0].shape, 3), MID_GREY, np.uint8)
        write_project(folder, title or "", image, maps, space, photo=photo is not None)
        return studio.store.added(folder).model()


@router.post("/blank", status_code=201)
def create_blank_project(studio: StudioDep, request: BlankRequest) -> ProjectModel:
    """Begin with a map of one class, for synthesis without a photo."""
    if request.width * request.height > MAX_PIXELS:
        raise InputError(f"{request.width} x {request.height} pixels are too many; expected {MAX_PIXELS:,}.")
    space = studio.shelf.label_space(request.label_space)
    if request.fill is None:
        stuff = (c.id for c in space.classes if not c.thing and c.id != space.dont_care)
        fill = next(stuff, 0)
    else:
        fill = space.index(request.fill)
    with studio.intake.turn(), studio.store.making() as folder:
        labels = np.full((request.height, request.width), fill, np.int32)
        image = np.full((*labels.shape, 3), MID_GREY, np.uint8)
        maps = labels, derive_instances(labels, space)
        write_project(folder, request.title, image, maps, space, photo=False)
        return studio.store.added(folder).model()


@router.get("/{project_id}")
def read_project(studio: StudioDep, project_id: Id) -> ProjectModel:
    """A project with its edit list, reference pictures and results."""
    return studio.store.project(project_id).model()


@router.delete("/{project_id}", status_code=204)
def delete_project(studio: StudioDep, project_id: Id) -> None:
    """Delete a project with everything in it; its jobs are cancelled."""
    studio.store.project(project_id)
    studio.queue.cancel_all(project_id)
    studio.store.delete(project_id)


@router.get("/{project_id}/photo.png", response_class=Response, responses=PNG_ANSWER)
def read_photo(studio: StudioDep, project_id: Id) -> Response:
    """The photo, turned upright; mid grey where there are maps alone."""
    return picture_file(studio.store.project(project_id).folder / PHOTO)


@router.get("/{project_id}/{which}.png", response_class=Response, responses=PNG_ANSWER)
def read_map(studio: StudioDep, project_id: Id, which: Literal["labels", "instances"]) -> Response:
    """A first map; the id of a pixel is red * 65536 + green * 256 + blue."""
    with studio.intake.turn():
        maps = studio.store.project(project_id).maps()
        return _ids(maps[0 if which == "labels" else 1])


@router.get("/{project_id}/edited/{which}.png", response_class=Response, responses=PNG_ANSWER)
def read_edited_map(
    studio: StudioDep, project_id: Id, which: Literal["labels", "instances", "mask"]
) -> Response:
    """A map as the saved edit list leaves it, or the mask of what is painted anew (white)."""
    project = studio.store.project(project_id)
    with studio.intake.turn():
        edited = _edited(project)
        if which == "mask":
            return Response(png(edited.mask.astype(np.uint8) * 255), media_type="image/png")
        return _ids(edited.scene.labels if which == "labels" else edited.scene.instances)


@router.get("/{project_id}/edit")
def read_edit(studio: StudioDep, project_id: Id) -> EditModel:
    """The saved edit list."""
    return studio.store.project(project_id).edit()


@router.put("/{project_id}/edit")
def save_edit(studio: StudioDep, project_id: Id, save: EditSave) -> EditModel:
    """Save the edit list; 409 if somebody else has saved it since the named revision."""
    with studio.intake.turn():
        return studio.store.project(project_id).save_edit(save)


@router.get("/{project_id}/references")
def list_references(studio: StudioDep, project_id: Id) -> list[ReferenceModel]:
    """The pictures whose look instances may take."""
    return list(studio.store.project(project_id).references.values())


@router.post("/{project_id}/references", status_code=201)
def add_reference(
    studio: StudioDep,
    project_id: Id,
    picture: Annotated[UploadFile, File()],
    labels: Annotated[UploadFile | None, File(description="Its label map, in the project's space.")] = None,
) -> ReferenceModel:
    """Add a picture whose look instances may take: as a whole, or with a label map class by class."""
    project = studio.store.project(project_id)
    with studio.intake.turn():
        image = studio.intake.photograph(picture.file, "The reference picture")
        classes = None
        if labels is not None:
            size = image.shape[1], image.shape[0]
            classes = studio.intake.labels(labels.file, project.label_space, size)
        return project.add_reference(image, classes)


@router.post("/{project_id}/references/instance", status_code=201)
def add_instance_as_reference(
    studio: StudioDep, project_id: Id, request: InstanceReference
) -> ReferenceModel:
    """Add an instance of the photo as a reference picture, so that others may look like it."""
    project = studio.store.project(project_id)
    with studio.intake.turn():
        return project.add_instance_as_reference(request.instance)


@router.get("/{project_id}/references/{reference_id}.png", response_class=Response, responses=PNG_ANSWER)
def read_reference(studio: StudioDep, project_id: Id, reference_id: Id) -> Response:
    """A reference picture."""
    return picture_file(studio.store.project(project_id).reference_picture(reference_id))


def _edited(project: Project) -> Edited:
    edit = project.parse(project.edit().operations)
    if edit is None:
        raise ConflictError("The edit list is empty; the maps are the first ones.")
    return edit.apply(project.scene(), generate=False)


def _ids(ids: IdArray) -> Response:
    return Response(png(ids_as_colors(ids)), media_type="image/png")
