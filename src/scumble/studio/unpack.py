"""Opening a project file, which comes from anywhere.

Nothing in it is believed: members have the names that ours have or the file is refused, each is read under a
limit, photo, maps and references are decoded and written anew, and everything gets a new id. Of the pictures
of results the headers are read; they are kept as they are, and only ever sent to a browser, as PNG.
"""

from __future__ import annotations

import secrets
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeVar

from PIL import Image
from pydantic import BaseModel, ValidationError

from scumble.errors import InputError, LabelError, ScumbleError
from scumble.files import MAX_PIXELS, read_image, write_image, write_json
from scumble.files.reading import load_picture
from scumble.label_space import LabelSpace
from scumble.scene import IdArray, ImageArray, Scene
from scumble.studio.archive import MAX_JSON, MEMBER, ArchivedEdit, ArchivedProject
from scumble.studio.documents import LABELS, parse_operations, with_style_files, written
from scumble.studio.maps import ids_of, write_ids
from scumble.studio.models import Choices, EditModel, ReferenceModel, ResultDetails
from scumble.studio.projects import (
    EDIT,
    FORMAT,
    MAX_REFERENCES,
    PHOTO,
    REFERENCES,
    RESULTS,
    new_id,
    write_project,
)

M = TypeVar("M", bound=BaseModel)

MAX_MEMBERS = 5000
"""Files that an archive may hold."""
_MAX_DIRECTORY = 2 * 1024 * 1024


def unpack(stream: BinaryIO, folder: Path, most_bytes: int, most_results: int) -> None:
    """Write the files of the project that an archive holds into an empty folder.

    Args:
        stream: the archive.
        folder: which becomes a project when it is renamed.
        most_bytes: that the archive may unpack to.
        most_results: that a project may have.

    Raises:
        InputError: it is no archive of a project, or anything in it is not as ours are.
    """
    archive = OpenArchive(stream, most_bytes)
    space = archive.label_space()
    results = archive.results(most_results)
    image = archive.picture(PHOTO, folder)
    maps = None
    if "labels.png" in archive.members:
        size = (image.shape[0], image.shape[1])
        labels, instances = (archive.ids(f"{name}.png", folder, size) for name in ("labels", "instances"))
        try:
            scene = Scene(image, labels, instances, space)
        except ScumbleError as error:
            raise InputError(f"The project file: {error}") from None
        maps = scene.labels, scene.instances
    write_project(folder, archive.head.title, image, maps, space, photo=archive.head.photo)
    new_ids = _unpack_references(archive, folder, space)
    operations, undone = (
        _operations(kept.operations, {f"{REFERENCES}/{old}.png": new for old, new in new_ids.items()})
        for kept in (archive.edit.edit, archive.edit.undone)
    )
    choices = Choices(**archive.edit.model_dump(include={"checkpoint", "samples", "seed"}))
    edit = EditModel(revision=0, operations=operations, undone=undone, choices=choices)
    write_json(folder / EDIT, edit.model_dump())
    for details in results:
        _unpack_result(archive, folder, details, new_ids)


def _unpack_references(archive: OpenArchive, folder: Path, space: LabelSpace) -> dict[str, str]:
    """Unpack the reference pictures; what a style may call them, and what they are called from now on."""
    new_ids = {}
    for reference in archive.references():
        old, new = reference.id, new_id()
        new_ids[old] = new
        image = archive.picture(f"{REFERENCES}/{old}.png", folder)
        height, width = image.shape[:2]
        write_image(folder / REFERENCES / f"{new}.png", image)
        if reference.labels:
            labels = archive.ids(f"{REFERENCES}/{old}{LABELS}.png", folder, (height, width))
            try:
                space.check(labels)
            except LabelError as error:
                raise InputError(f"The project file: {error}") from None
            write_ids(folder / REFERENCES / f"{new}{LABELS}.png", labels)
            new_ids[old + LABELS] = new + LABELS
        kept = ReferenceModel(id=new, width=width, height=height, labels=reference.labels)
        write_json(folder / REFERENCES / f"{new}.json", kept.model_dump())
    return new_ids


def _unpack_result(
    archive: OpenArchive, folder: Path, details: ResultDetails, new_ids: dict[str, str]
) -> None:
    """Unpack a result under a new id; of its picture the header alone is read."""
    new = new_id()
    target = folder / RESULTS / f"{new}.png"
    archive.copy(f"{RESULTS}/{details.id}.png", target)
    try:
        with Image.open(target, formats=("PNG",)) as picture:
            size = picture.size
    except Exception as error:
        raise _damaged(error) from None
    if size != (details.width, details.height) or size[0] * size[1] > MAX_PIXELS:
        raise InputError("The project file has a result of another size than it says.")
    operations = _operations(details.operations, new_ids)
    kept = details.model_copy(update={"id": new, "operations": operations})
    write_json(folder / RESULTS / f"{new}.json", kept.model_dump())


def _operations(stored: list[Any], new_names: dict[str, str]) -> list[Any]:
    """Operations with the names that references have got here."""
    edit = parse_operations(stored, new_names)
    return written(edit and with_style_files(edit, new_names.__getitem__))


class OpenArchive:
    """An archive of which the outside has been checked.

    Args:
        stream: the file, from its beginning.
        most_bytes: that it may unpack to.

    Raises:
        InputError: it is no archive of a project, or too large.
    """

    def __init__(self, stream: BinaryIO, most_bytes: int) -> None:
        _check_end(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise _damaged(error) from None
        self.members = {info.filename: info for info in self._zip.infolist()}
        if len(self.members) != len(self._zip.infolist()):
            raise InputError("The project file has two members of the same name; it is not one of ours.")
        for name, info in self.members.items():
            if not MEMBER.fullmatch(name):
                raise InputError(f"The project file has the member {name[:80]!r}, which is not one of ours.")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(f"The member {name} is encrypted or packed in a way that is not ours.")
        if sum(info.file_size for info in self.members.values()) > most_bytes:
            raise InputError(f"The project file unpacks to more than {most_bytes:,} bytes.")
        self.head = self._parsed("project.json", ArchivedProject)
        self.edit = self._parsed("edit.json", ArchivedEdit)
        if self.head.format != FORMAT:
            raise InputError(f"The project file has format {self.head.format}, expected {FORMAT}.")

    def label_space(self) -> LabelSpace:
        """The label space of the maps.

        Raises:
            InputError: it is none.
        """
        try:
            return LabelSpace.from_dict(self.head.label_space)
        except LabelError as error:
            raise InputError(f"The project file: {error}") from None

    def copy(self, name: str, target: Path) -> None:
        """Unpack a member into a file.

        Raises:
            InputError: it is missing or damaged.
        """
        if name not in self.members:
            raise InputError(f"The project file has no {name}; it is damaged or not one of ours.")
        left = self.members[name].file_size
        try:
            with self._zip.open(name) as source, target.open("xb") as file:
                left -= _copy(source, file, left)
        except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
            raise _damaged(error) from None
        except Exception as error:  # zlib.error, and what else a damaged stream brings forth
            if isinstance(error, OSError | ScumbleError):
                raise
            raise _damaged(error) from None

    def picture(self, name: str, folder: Path) -> ImageArray:
        """A picture ``[H, W, 3]``.

        Raises:
            InputError: it is missing or cannot be used.
        """
        with self._unpacked(name, folder) as path:
            return read_image(path)

    def ids(self, name: str, folder: Path, size: tuple[int, int]) -> IdArray:
        """A map ``[H, W]``.

        Raises:
            InputError: it is missing, cannot be used, or is not of this height and width.
        """
        with self._unpacked(name, folder) as path:
            picture, _ = load_picture(path)
            if picture.mode not in ("L", "I;16", "RGB"):
                raise InputError(f"{path} is a picture of mode {picture.mode}; expected ids.")
            ids = ids_of(picture)
            if ids.shape != size:
                raise InputError(f"{path} has another size than its picture.")
            return ids

    @contextmanager
    def _unpacked(self, name: str, folder: Path) -> Iterator[Path]:
        path = folder / f".{secrets.token_hex(8)}.png"
        try:
            self.copy(name, path)
            yield path
        except ScumbleError as error:
            raise InputError(str(error).replace(str(path), f"The project file: {name}")) from None
        finally:
            path.unlink(missing_ok=True)

    def references(self) -> list[ReferenceModel]:
        """The reference pictures.

        Raises:
            InputError: there are too many, or one is not described as ours are.
        """
        names = self._named(REFERENCES)
        if len(names) > MAX_REFERENCES:
            raise InputError(f"The project file has {len(names)} references; expected {MAX_REFERENCES}.")
        return [self._parsed(name, ReferenceModel) for name in names]

    def results(self, most: int) -> Iterator[ResultDetails]:
        """The results, of which one at a time is in memory.

        Raises:
            InputError: there are more, or, on the way, one is not described as ours are.
        """
        names = self._named(RESULTS)
        if len(names) > most:
            raise InputError(f"The project file has {len(names)} results; expected at most {most}.")
        return (self._parsed(name, ResultDetails) for name in names)

    def _named(self, folder: str) -> list[str]:
        return sorted(n for n in self.members if n.startswith(f"{folder}/") and n.endswith(".json"))

    def _parsed(self, name: str, kind: type[M]) -> M:
        info = self.members.get(name)
        if info is None or info.file_size > MAX_JSON:
            raise InputError(f"The project file has no {name}, or one that is too large.")
        try:
            with self._zip.open(name) as source:
                return kind.model_validate_json(source.read(info.file_size + 1))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise InputError(f"The project file: {name} {place}: {first['msg']}.") from None
        except Exception as error:
            raise _damaged(error) from None


def _check_end(stream: BinaryIO) -> None:
    """Look at the end record before zipfile reads a directory of any size into memory.

    Raises:
        InputError: it is none, or of a larger directory than ours are.
    """
    length = stream.seek(0, 2)
    stream.seek(max(0, length - 42))
    end = stream.read()
    if len(end) < 22 or end[-22:-18] != b"PK\x05\x06" or end[-2:] != b"\0\0":
        raise InputError("This is not a project file, or it is cut short; save it again.")
    entries, directory = struct.unpack("<HI", end[-12:-6])
    if entries > MAX_MEMBERS or directory > _MAX_DIRECTORY or end[:4] == b"PK\x06\x07":
        raise InputError(f"The project file has more than {MAX_MEMBERS} members; it is not one of ours.")
    stream.seek(0)


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> int:
    copied = 0
    while block := source.read(min(1 << 20, most - copied + 1)):
        copied += len(block)
        if copied > most:
            raise zipfile.BadZipFile("a member is longer than it says")
        target.write(block)
    return copied


def _damaged(error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return InputError(f"The project file is damaged ({reason}); save or copy it again.")
