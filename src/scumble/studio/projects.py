"""A project on disk: a photo, its first maps, an edit list, reference pictures and results.

Whoever kills the process at any moment finds the folder whole: files appear in one step, and what refers to a
file is written after it.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from scumble.codec import from_plain
from scumble.edit import Edit
from scumble.errors import DataError, ScumbleError
from scumble.files import read_image, write_image, write_json
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, ImageArray, Scene
from scumble.studio.documents import LABELS, parse_operations, with_style_files, written
from scumble.studio.maps import read_ids, write_ids
from scumble.studio.models import (
    Choices,
    EditModel,
    EditSave,
    ProjectModel,
    ProjectSummary,
    ReferenceModel,
    ResultDetails,
    ResultModel,
)
from scumble.studio.refusals import ConflictError, NotHereError, StaleError
from scumble.studio.spaces import space_model

T = TypeVar("T")

FORMAT = 1
"""Version of the layout of a project."""
MAX_REFERENCES = 100
"""Reference pictures that a project may have."""

PROJECT, EDIT, PHOTO = "project.json", "edit.json", "photo.png"
REFERENCES, RESULTS = "references", "results"


def new_id() -> str:
    """An id that nobody guesses: 128 random bits in 22 characters."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class About:
    """What ``project.json`` holds.

    Attributes:
        title: for people.
        created: seconds since 1970.
        width: in pixels.
        height: in pixels.
        photo: False where there are maps alone.
        maps: version of the maps; 0 means that there are none.
        format: of the folder.
    """

    title: str
    created: float
    width: int
    height: int
    photo: bool
    maps: int
    format: int = FORMAT


class Project:
    """A project that exists. Methods may be called from any thread.

    Args:
        project_id: by which clients name it.
        folder: where it lies.

    Raises:
        DataError: the folder holds no project of this version.
    """

    def __init__(self, project_id: str, folder: Path) -> None:
        self.id = project_id
        self.folder = folder
        self.lock = threading.RLock()
        try:
            value = json.loads((folder / PROJECT).read_text(encoding="utf-8"))
            self.label_space = LabelSpace.from_dict(value.pop("label_space"))
            self.about = from_plain(About, value, PROJECT, error=DataError)
            self.references: dict[str, ReferenceModel] = {}
            for reference in _read_all(folder / REFERENCES, ReferenceModel.model_validate):
                self.references[reference.id] = reference
            found = _read_all(folder / RESULTS, ResultDetails.model_validate)
            self.results = {r.id: self._brief(r) for r in sorted(found, key=lambda r: (r.created, r.seed))}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ScumbleError) as error:
            raise DataError(f"{folder} is no project that can be read ({error}).") from error
        if self.about.format != FORMAT:
            raise DataError(f"{folder} has format {self.about.format}, but this scumble reads {FORMAT}.")

    # -- photo and maps ------------------------------------------------------------------------------------

    def image(self) -> ImageArray:
        """The photo ``[H, W, 3]``, mid grey where there are maps alone."""
        return read_image(self.folder / PHOTO)

    def maps(self) -> tuple[IdArray, IdArray]:
        """The first label map and instance map, ``[H, W]`` each.

        Raises:
            ConflictError: there are none yet.
        """
        with self.lock:
            if not self.about.maps:
                raise ConflictError("The project has no label map yet; label the photo first.")
            return read_ids(self._map("labels")), read_ids(self._map("instances"))

    def scene(self) -> Scene:
        """Photo and maps.

        Raises:
            ConflictError: there are no maps yet.
        """
        labels, instances = self.maps()
        return Scene(self.image(), labels, instances, self.label_space)

    def expect_no_operations(self) -> None:
        """Refuse to give a project other maps than those that its edit list begins from.

        Raises:
            ConflictError: the edit list is not empty.
        """
        if self.edit().operations:
            raise ConflictError("The edit list is not empty and begins from the present maps; undo it first.")

    def set_maps(self, labels: IdArray, instances: IdArray) -> int:
        """Give the project other first maps.

        Args:
            labels: ``[H, W]`` of its label space.
            instances: ``[H, W]``.

        Returns:
            The new version of the maps.

        Raises:
            ConflictError: the edit list is not empty.
        """
        with self.lock:
            self._expect_here()
            self.expect_no_operations()
            old, about = self.about.maps, replace(self.about, maps=self.about.maps + 1)
            write_maps(self.folder, about.maps, labels, instances)
            write_about(self.folder, about, self.label_space)
            self.about = about
            for name in ("labels", "instances"):
                (self.folder / f"{name}.{old}.png").unlink(missing_ok=True)
            return about.maps

    def _map(self, name: str) -> Path:
        return self.folder / f"{name}.{self.about.maps}.png"

    # -- the edit list -------------------------------------------------------------------------------------

    def edit(self) -> EditModel:
        """The saved edit list."""
        with self.lock:
            self._expect_here()
            return EditModel.model_validate_json((self.folder / EDIT).read_bytes())

    def save_edit(self, save: EditSave) -> EditModel:
        """Save an edit list; it is on disk when this returns.

        Args:
            save: the list, and the revision that it was made from.

        Raises:
            StaleError: the list has been saved by somebody else since.
            InputError: it is no edit list.
        """
        operations, undone = (written(self.checked(entries)) for entries in (save.operations, save.undone))
        with self.lock:
            present = self.edit().revision
            if save.revision != present:
                raise StaleError(present)
            edit = EditModel(revision=present + 1, operations=operations, undone=undone, choices=save.choices)
            write_json(self.folder / EDIT, edit.model_dump())
            return edit

    def checked(self, operations: list[Any]) -> Edit | None:
        """The edit that a client wrote, with the ids of references in its styles; None for no operations.

        Raises:
            InputError: it is no edit.
        """
        return parse_operations(operations, self._files())

    def parse(self, operations: list[Any]) -> Edit | None:
        """The same, ready to be carried out.

        Raises:
            InputError: it is no edit.
        """
        edit = self.checked(operations)
        return None if edit is None else with_style_files(edit, lambda n: str(self._reference_file(n)))

    # -- reference pictures --------------------------------------------------------------------------------

    def add_reference(self, image: ImageArray, labels: IdArray | None) -> ReferenceModel:
        """Keep a picture whose look instances may take.

        Args:
            image: ``[H, W, 3]``.
            labels: its label map ``[H, W]``, or None.

        Raises:
            ConflictError: there are too many.
        """
        with self.lock:
            self._expect_here()
            if len(self.references) >= MAX_REFERENCES:
                raise ConflictError(f"The project has {MAX_REFERENCES} reference pictures already.")
            height, width = image.shape[:2]
            reference = ReferenceModel(id=new_id(), width=width, height=height, labels=labels is not None)
            write_image(self._reference_file(reference.id), image)
            if labels is not None:
                write_ids(self._reference_file(reference.id + LABELS), labels)
            write_json(self.folder / REFERENCES / f"{reference.id}.json", reference.model_dump())
            self.references[reference.id] = reference
            return reference

    def add_instance_as_reference(self, instance: int) -> ReferenceModel:
        """Keep the surroundings of an instance of the photo as a picture in which it alone has its class.

        Raises:
            NotHereError: there is no such instance.
            ConflictError: there is no photo, no map, or there are too many references.
        """
        if not self.about.photo:
            raise ConflictError("The project has no photo, so its instances have no look.")
        scene = self.scene()
        row = next((row for row in scene.instance_table() if row.id == instance), None)
        if row is None:
            raise NotHereError(f"There is no instance {instance} in the first map.")
        x0, y0, x1, y1 = row.box
        around = max(x1 - x0, y1 - y0) // 2
        cut = slice(max(0, y0 - around), y1 + around), slice(max(0, x0 - around), x1 + around)
        other = next(i for i in range(len(self.label_space) + 1) if i != row.class_id)
        alone = np.where(scene.instances[cut] == instance, np.int32(row.class_id), np.int32(other))
        return self.add_reference(scene.image[cut].copy(), alone)

    def reference_picture(self, reference_id: str) -> Path:
        """The file of a reference picture.

        Raises:
            NotHereError: there is none.
        """
        if reference_id not in self.references:
            raise NotHereError("There is no such reference picture in this project.")
        return self._reference_file(reference_id)

    def _reference_file(self, name: str) -> Path:
        return self.folder / REFERENCES / f"{name}.png"

    def _files(self) -> set[str]:
        """What a style may name."""
        with self.lock:
            labelled = {id + LABELS for id, reference in self.references.items() if reference.labels}
            return labelled | self.references.keys()

    # -- results -------------------------------------------------------------------------------------------

    def add_result(self, details: ResultDetails, image: ImageArray, most: int) -> None:
        """Keep a picture.

        Args:
            details: all about it.
            image: ``[H, W, 3]``, or ``[H, W]`` for a map of parts.
            most: pictures that a project may have.

        Raises:
            ConflictError: there are that many.
        """
        with self.lock:
            self._expect_here()
            self.expect_room(1, most)
            write_image(self.result_picture(details.id), image)
            write_json(self._result_file(details.id), details.model_dump())
            self.results[details.id] = self._brief(details)

    def expect_room(self, count: int, most: int) -> None:
        """Check that results can still be kept.

        Raises:
            ConflictError: with ``count`` more there would be more than ``most``.
        """
        if len(self.results) + count > most:
            raise ConflictError(
                f"The project holds {len(self.results)} results, and {count} more would be more than {most}; "
                "delete some first."
            )

    def result_picture(self, result_id: str) -> Path:
        """The file of a result of this project."""
        return self.folder / RESULTS / f"{result_id}.png"

    def result_details(self, result_id: str) -> ResultDetails:
        """All about a result of this project.

        Raises:
            NotHereError: it has been deleted.
        """
        try:
            details = ResultDetails.model_validate_json(self._result_file(result_id).read_bytes())
            return details.model_copy(update={"project": self.id})
        except FileNotFoundError:
            raise NotHereError("There is no such result.") from None

    def delete_result(self, result_id: str) -> None:
        """Forget a picture."""
        with self.lock:
            self.results.pop(result_id, None)
            self._result_file(result_id).unlink(missing_ok=True)
            self.result_picture(result_id).unlink(missing_ok=True)

    def _brief(self, details: ResultDetails) -> ResultModel:
        # A project that came in a file has another id than where its results were made.
        fields = details.model_dump(include=set(ResultModel.model_fields))
        return ResultModel(**{**fields, "project": self.id})

    def _result_file(self, result_id: str) -> Path:
        return self.folder / RESULTS / f"{result_id}.json"

    # -- as clients see it ---------------------------------------------------------------------------------

    def summary(self) -> ProjectSummary:
        """Its row in the list."""
        about = self.about
        return ProjectSummary(
            id=self.id,
            title=about.title,
            created=about.created,
            width=about.width,
            height=about.height,
            photo=about.photo,
            maps=about.maps,
        )

    def model(self) -> ProjectModel:
        """All of it but the pictures."""
        with self.lock:
            return ProjectModel(
                **self.summary().model_dump(),
                label_space=space_model(self.label_space),
                edit=self.edit(),
                references=list(self.references.values()),
                results=list(self.results.values()),
            )

    def _expect_here(self) -> None:
        if not (self.folder / PROJECT).exists():
            raise NotHereError("The project has been deleted.")


def write_project(
    folder: Path,
    title: str,
    image: ImageArray,
    maps: tuple[IdArray, IdArray] | None,
    label_space: LabelSpace,
    *,
    photo: bool,
) -> None:
    """Write the files of a new project into an empty folder.

    Args:
        folder: which becomes a project when it is renamed.
        title: for people.
        image: ``[H, W, 3]``.
        maps: label map and instance map ``[H, W]``, or None.
        label_space: of the label map.
        photo: whether ``image`` is a photograph.
    """
    for name in (REFERENCES, RESULTS):
        (folder / name).mkdir()
    height, width = image.shape[:2]
    write_image(folder / PHOTO, image)
    if maps is not None:
        write_maps(folder, 1, *maps)
    write_json(folder / EDIT, EditModel(revision=0, operations=[], undone=[], choices=Choices()).model_dump())
    version = 0 if maps is None else 1
    write_about(folder, About(title, time.time(), width, height, photo, version), label_space)


def write_maps(folder: Path, version: int, labels: IdArray, instances: IdArray) -> None:
    """Write the maps ``[H, W]`` of a version into a project's folder."""
    write_ids(folder / f"labels.{version}.png", labels)
    write_ids(folder / f"instances.{version}.png", instances)


def write_about(folder: Path, about: About, label_space: LabelSpace) -> None:
    """Write ``project.json``, which makes a version of the maps the present one."""
    write_json(folder / PROJECT, {**vars(about), "label_space": label_space.to_dict()})


def _read_all(folder: Path, parse: Callable[[Any], T]) -> list[T]:
    return [parse(json.loads(path.read_bytes())) for path in sorted(folder.glob("*.json"))]
