"""The checkpoints of a studio: described without their weights, and loaded once when they are first used."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scumble.checkpoint import Checkpoint, Origin, load_checkpoint
from scumble.codec import from_plain
from scumble.errors import CheckpointError, LabelError, ScumbleError
from scumble.label_space import LabelSpace
from scumble.models.divsem.config import DivSemConfig
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.labeler.config import LabelerConfig
from scumble.models.oasis.config import OASISConfig
from scumble.models.registry import SYSTEMS
from scumble.models.spmpgan.config import SPMPGANConfig
from scumble.pipelines import segmenters
from scumble.pipelines.class_names import unmatched_note
from scumble.shipped import FOLDER, shipped_checkpoints
from scumble.studio.models import Ability, CheckpointModel
from scumble.studio.refusals import ConflictError, NotHereError
from scumble.studio.spaces import space_model

_log = logging.getLogger("scumble.studio")


@dataclass(frozen=True)
class Entry:
    """A checkpoint on the shelf.

    Attributes:
        folder: where it lies.
        label_space: the classes that it knows.
        model: what clients are told of it.
    """

    folder: Path
    label_space: LabelSpace
    model: CheckpointModel


class Shelf:
    """The shipped checkpoints, and those that whoever started the studio named.

    Args:
        folders: the latter; they come first.
        segmenter: folder of a model that labels photos with the classes of all of them, before any labeler.

    Raises:
        CheckpointError: a folder is no checkpoint or no segmenter, or two have the same name.
        ConfigError: the segmenter needs a package that is not installed.
    """

    def __init__(self, folders: tuple[Path, ...] = (), segmenter: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[str, Checkpoint] = {}
        self.entries: dict[str, Entry] = {}
        for folder in (*folders, *(FOLDER / name for name in shipped_checkpoints())):
            entry = describe(folder.resolve())
            if entry.model.name in self.entries:
                raise CheckpointError(
                    f"Two checkpoints are called {entry.model.name!r}; rename the folder {folder}."
                )
            if entry.model.can:
                self.entries[entry.model.name] = entry
        if segmenter is not None:
            spaces = [entry.label_space for entry in self.entries.values()]
            found = _describe_segmenter(segmenter.resolve(), spaces)
            self.entries = {**{entry.model.name: entry for entry in found}, **self.entries}

    def find(self, name: str | None, ability: Ability, space: LabelSpace) -> Entry:
        """The checkpoint that shall do something.

        Args:
            name: as it is listed; None means the first that can.
            ability: what it shall do.
            space: of the maps that it shall work on.

        Raises:
            NotHereError: there is none of this name.
            ConflictError: it cannot do that, or knows another label space, or none can.
        """
        if name is None:
            fits = (e for e in self.entries.values() if ability in e.model.can and e.label_space == space)
            found = next(fits, None)
            if found is None:
                raise ConflictError(f"No checkpoint here can {ability} in the label space {space.name!r}.")
            return found
        if name not in self.entries:
            raise NotHereError("There is no such checkpoint.")
        entry = self.entries[name]
        if ability not in entry.model.can:
            raise ConflictError(f"The checkpoint {name!r}, of {entry.model.system}, cannot {ability}.")
        if entry.label_space != space:
            raise ConflictError(
                f"The checkpoint {name!r} knows the label space {entry.label_space.name!r}, but the project "
                f"is labelled in another, {space.name!r}."
            )
        return entry

    def label_space(self, name: str | None) -> LabelSpace:
        """A label space by name; None means that of the first checkpoint that edits.

        Raises:
            LabelError: there is none of this name.
            ConflictError: no checkpoint edits, so a name is needed.
        """
        entries = list(self.entries.values())
        if name is None:
            entry = next((e for e in entries if "edit" in e.model.can), None)
            if entry is None:
                raise ConflictError("No checkpoint here edits photos; name a label space.")
            return entry.label_space
        found = next((e.label_space for e in entries if e.label_space.name == name), None)
        return LabelSpace.load(name) if found is None else found

    def load(self, name: str) -> Checkpoint:
        """A checkpoint ready for use.

        Raises:
            CheckpointError: it has been damaged since the studio was started.
        """
        with self._lock:
            if name not in self._loaded:
                entry = self.entries[name]
                try:
                    if entry.model.system == segmenters.SYSTEM:
                        self._loaded[name] = segmenters.load_segmenter(entry.folder, entry.label_space)
                    else:
                        self._loaded[name] = load_checkpoint(entry.folder)
                except ScumbleError as error:
                    raise type(error)(str(error).replace(str(entry.folder), name)) from None
            return self._loaded[name]


def describe(folder: Path) -> Entry:
    """What a checkpoint's ``config.json`` says.

    Raises:
        CheckpointError: it cannot be read.
    """
    try:
        value = json.loads((folder / "config.json").read_bytes())
        config = from_plain(SYSTEMS[value["system"]].config, value["config"])
        origin = from_plain(Origin, value["origin"], "origin")
        space = LabelSpace.from_dict(value["label_space"])
        digest, files = str(value["digest"]), list(value["files"])
    except (OSError, ValueError, KeyError, TypeError, ScumbleError) as error:
        raise CheckpointError(f"{folder} is not a checkpoint that can be used ({error}).") from error
    can, size = _abilities(config)
    model = CheckpointModel(
        name=folder.name,
        system=value["system"],
        digest=digest,
        label_space=space_model(space),
        size=size,
        can=can,
        bank="style_bank.safetensors" in files,
        parts=_part_names(config, space),
        data=origin.data,
        licence=origin.licence,
    )
    return Entry(folder, space, model)


def _describe_segmenter(folder: Path, spaces: list[LabelSpace]) -> list[Entry]:
    """An entry for every label space of which the segmenter knows classes.

    Raises:
        CheckpointError: the folder does not name classes, or none of any label space.
        ConfigError: transformers is not installed.
    """
    segmenters.expect_transformers()
    entries: dict[str, Entry] = {}
    refusal: LabelError | None = None
    for space in spaces:
        name = f"{folder.name} ({space.name})"
        if name in entries:
            continue
        try:
            matches = segmenters.read_matches(folder, space)
        except LabelError as error:
            refusal = error
            continue
        if note := unmatched_note(matches, space):
            _log.warning("%s: %s", folder.name, note)
        model = CheckpointModel(
            name=name,
            system=segmenters.SYSTEM,
            digest=segmenters.digest_of(folder),
            label_space=space_model(space),
            size=0,
            can=["label"],
            bank=False,
            parts={},
            data=segmenters.ORIGIN.data,
            licence=segmenters.ORIGIN.licence,
        )
        entries[name] = Entry(folder, space, model)
    if not entries:
        raise CheckpointError(str(refusal))
    return list(entries.values())


def _abilities(config: Any) -> tuple[list[Ability], int]:
    """What a system can do, and the shorter side that it knows best."""
    if isinstance(config, DivSemConfig):
        return ["edit"], config.pyramid.size
    if isinstance(config, SPMPGANConfig):
        return ["edit"], config.size
    if isinstance(config, LabelerConfig):
        return ["label"], config.size
    if isinstance(config, IPOSEConfig):
        inferred: list[Ability] = [] if config.injection == "none" else ["parts"]
        return ["synthesize", *inferred], config.shorter_side
    if isinstance(config, OASISConfig):
        return ["synthesize"], config.shorter_side
    return [], 0


def _part_names(config: Any, space: LabelSpace) -> dict[str, list[str]]:
    if not isinstance(config, IPOSEConfig):
        return {}
    return {space.names[class_id]: list(config.names_of(class_id)) for class_id, _ in config.categories}
