"""All projects of a studio, in one folder."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from scumble.errors import ConfigError, DataError
from scumble.studio.projects import PROJECT, Project, new_id
from scumble.studio.refusals import ConflictError, NotHereError

try:
    import fcntl
except ImportError:  # Windows, where two studios on one folder are not noticed
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger("scumble.studio")
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_TEMPORARY = ".making-"
_LOCK = ".lock"


class Store:
    """The projects in a folder, found by their ids alone.

    Args:
        root: the folder; made where it is missing.
        most: projects that may exist.

    Raises:
        ConfigError: the folder cannot be used, or another studio uses it.
    """

    def __init__(self, root: Path, most: int) -> None:
        self.root = root
        self._most = most
        self._lock = threading.Lock()
        self._projects: dict[str, Project] = {}
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._held = _hold(root)
            self._read()
        except OSError as error:
            raise ConfigError(
                f"The folder of projects {root} cannot be used: {error.strerror or error}; choose another "
                "with --projects."
            ) from None

    def close(self) -> None:
        """Let another studio use the folder."""
        self._held.close()

    def list(self) -> list[Project]:
        """All projects, the newest first."""
        with self._lock:
            return sorted(self._projects.values(), key=lambda project: -project.about.created)

    def project(self, project_id: str) -> Project:
        """A project.

        Raises:
            NotHereError: there is none of this id.
        """
        with self._lock:
            found = self._projects.get(project_id)
        if found is None:
            raise NotHereError("There is no such project.")
        return found

    def project_of_result(self, result_id: str) -> Project:
        """The project that holds a result.

        Raises:
            NotHereError: none does.
        """
        for project in self.list():
            if result_id in project.results:
                return project
        raise NotHereError("There is no such result.")

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A folder that becomes a project, or vanishes if the block fails; see `added`.

        Raises:
            ConflictError: there are too many projects.
        """
        with self._lock:
            if len(self._projects) >= self._most:
                raise ConflictError(f"There are {self._most} projects; delete some first.")
        folder = self.root / f"{_TEMPORARY}{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def added(self, folder: Path) -> Project:
        """Make a project of a finished folder."""
        project_id = new_id()
        target = self.root / project_id
        folder.rename(target)
        project = Project(project_id, target)
        with self._lock:
            self._projects[project_id] = project
        return project

    def delete(self, project_id: str) -> None:
        """Delete a project with everything in it.

        Raises:
            NotHereError: there is none of this id.
        """
        project = self.project(project_id)
        with self._lock:
            self._projects.pop(project_id, None)
        with project.lock:
            # Renamed first, so that no half of it is found at the next start.
            gone = self.root / f"{_TEMPORARY}{secrets.token_hex(8)}"
            with suppress(FileNotFoundError):
                project.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def _read(self) -> None:
        for folder in self.root.iterdir():
            if folder.name.startswith(_TEMPORARY):
                shutil.rmtree(folder, ignore_errors=True)
            elif folder.name.startswith(".") and folder.name != _LOCK and folder.is_file():
                folder.unlink(missing_ok=True)
            elif _ID.fullmatch(folder.name) and (folder / PROJECT).is_file():
                try:
                    self._projects[folder.name] = Project(folder.name, folder)
                except DataError as error:
                    _log.warning("Left aside: %s", error)


def _hold(root: Path) -> IO[bytes]:
    """A file that stays locked as long as it is open and the process lives."""
    file = (root / _LOCK).open("ab")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise ConfigError(
                f"Another studio uses the folder of projects {root}; use that one, or choose another folder "
                "with --projects."
            ) from None
    return file
