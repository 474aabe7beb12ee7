"""A whole project in one file, and back.

The file is a zip archive that other programs open too: ``photo.png``, ``labels.png``, ``instances.png``,
``edit.json`` (which ``scumble edit --recipe`` takes from within the unpacked folder), ``references/`` and
``results/``.
"""

from __future__ import annotations

import json
import re
import zipfile
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from scumble.studio.documents import parse_operations, with_style_files, written
from scumble.studio.models import Operations
from scumble.studio.projects import REFERENCES, RESULTS, Project
from scumble.studio.refusals import ConflictError

_ID = r"[A-Za-z0-9_-]{22}"
MEMBER = re.compile(
    rf"project\.json|edit\.json|photo\.png|labels\.png|instances\.png|"
    rf"references/{_ID}(\.labels)?\.png|references/{_ID}\.json|results/{_ID}\.(png|json)"
)
"""The names that members of an archive have."""
MAX_JSON = 16 * 1024 * 1024
"""Bytes of a member that is no picture."""


class ArchivedProject(BaseModel):
    """``project.json`` of an archive."""

    model_config = ConfigDict(extra="forbid")

    format: int
    title: str = Field(max_length=100)
    photo: bool
    label_space: dict[str, Any]


class ArchivedOperations(BaseModel):
    """A list of operations, as `Edit.to_dict` writes it."""

    model_config = ConfigDict(extra="forbid")

    operations: Operations


class ArchivedEdit(BaseModel):
    """``edit.json`` of an archive: a recipe, and what the studio remembers besides."""

    model_config = ConfigDict(extra="forbid")

    edit: ArchivedOperations
    undone: ArchivedOperations
    checkpoint: str | None = Field(default=None, max_length=200)
    samples: int = Field(ge=1, le=64)
    seed: int = Field(ge=0, lt=2**53)


def recipe(project: Project) -> dict[str, Any]:
    """The saved edit list as ``scumble edit --recipe`` takes it.

    The files of styles are relative to the unpacked archive.
    """
    edit = project.edit()
    return {
        "edit": {"operations": _with_paths(project, edit.operations)},
        "undone": {"operations": _with_paths(project, edit.undone)},
        **edit.choices.model_dump(),
    }


def write_archive(project: Project, stream: BinaryIO, most_bytes: int) -> None:
    """Write a project into one file.

    Args:
        project: stays as it is.
        stream: takes the file.
        most_bytes: that it may unpack to where it is opened.

    Raises:
        ConflictError: it holds more.
    """
    with project.lock, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        about = project.about
        head = ArchivedProject(
            format=about.format,
            title=about.title,
            photo=about.photo,
            label_space=project.label_space.to_dict(),
        )
        archive.writestr("project.json", head.model_dump_json())
        archive.writestr("edit.json", json.dumps(recipe(project), separators=(",", ":")))
        stored = zipfile.ZIP_STORED  # PNG is compressed already
        archive.write(project.folder / "photo.png", "photo.png", stored)
        if about.maps:
            for name in ("labels", "instances"):
                archive.write(project.folder / f"{name}.{about.maps}.png", f"{name}.png", stored)
        for folder in (REFERENCES, RESULTS):
            for file in sorted((project.folder / folder).iterdir()):
                if MEMBER.fullmatch(f"{folder}/{file.name}"):
                    archive.write(file, f"{folder}/{file.name}", stored)
        members = archive.infolist()
        if sum(member.file_size for member in members) > most_bytes:
            raise ConflictError(
                f"The project has more than the {most_bytes:,} bytes that a project file may have; delete "
                "some results first."
            )
        if any(m.file_size > MAX_JSON for m in members if m.filename.endswith(".json")):
            raise ConflictError("The edit list is too long for a project file; save a recipe instead.")


def _with_paths(project: Project, operations: list[Any]) -> list[Any]:
    edit = parse_operations(operations, _Anything())
    return written(edit and with_style_files(edit, lambda name: f"{REFERENCES}/{name}.png"))


class _Anything:
    """Holds every name: what has been saved was checked then."""

    def __contains__(self, name: object) -> bool:
        return True
