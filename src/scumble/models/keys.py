"""Renaming of state-dict entries between a published checkpoint and ours, both ways and strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from scumble.errors import CheckpointError


@dataclass(frozen=True)
class Entry:
    """One published entry and where it is here.

    Attributes:
        published: name in the published checkpoint.
        ours: name of our entry.
        part: which of ``parts`` equal pieces of our entry's first dimension it is.
        parts: number of pieces; convolutions that read the same input are one convolution here.
    """

    published: str
    ours: str
    part: int = 0
    parts: int = 1

    def prefixed(self, published: str, ours: str) -> Entry:
        """The entry of a submodule, seen from the module that holds it."""
        return Entry(published + self.published, ours + self.ours, self.part, self.parts)


class KeyMap:
    """The entries of one network in the order of the published checkpoint."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)

    def check_names(self, published: Mapping[str, Tensor]) -> None:
        """Refuse entries that are not exactly those of the published checkpoint.

        Raises:
            CheckpointError: an entry is missing or not known, named with the count of the others.
        """
        known = {entry.published for entry in self.entries}
        _refuse("is missing from", [name for name in known if name not in published])
        _refuse("is not expected in", [name for name in published if name not in known])

    def to_ours(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename and join published entries.

        Raises:
            CheckpointError: as `check_names` does.
        """
        self.check_names(published)
        pieces: dict[str, list[Tensor]] = {}
        for entry in sorted(self.entries, key=lambda e: e.part):
            pieces.setdefault(entry.ours, []).append(published[entry.published])
        return {name: torch.cat(parts) if len(parts) > 1 else parts[0] for name, parts in pieces.items()}

    def to_published(self, ours: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename and split our entries, in the published order."""
        return {e.published: _piece(ours[e.ours], e) for e in self.entries}


def _piece(value: Tensor, entry: Entry) -> Tensor:
    return value.chunk(entry.parts)[entry.part] if entry.parts > 1 else value


def _refuse(what: str, names: list[str]) -> None:
    if names:
        more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
        raise CheckpointError(
            f"The entry {sorted(names)[0]!r}{more} {what} the published checkpoint; "
            "it belongs to another system or to another configuration."
        )
