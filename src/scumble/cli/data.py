"""``scumble data ACTION``: data sets on disk; one module for every action."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from scumble.errors import ConfigError, nearest

ACTIONS = {
    "check": "read every file of a set and name each defect",
    "masks": "store the evaluation masks of a set",
    "pack": "pack a large set into tar shards",
    "parts": "build part sets: objects with their parts, for PartNet",
    "render": "render street scenes with exact maps",
}
"""What each does; ``scumble.cli.data_ACTION.run`` does it."""


def run(arguments: Sequence[str]) -> int | None:
    """Do what the words after ``data`` say; the exit code, or None for 0."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_usage())
        return None
    if arguments[0] not in ACTIONS:
        raise ConfigError(f"There is no scumble data {arguments[0]!r}; {nearest(arguments[0], ACTIONS)}")
    code: int | None = importlib.import_module(f"scumble.cli.data_{arguments[0]}").run(arguments[1:])
    return code


def _usage() -> str:
    rows = "\n".join(f"  {name:<10}{text}" for name, text in ACTIONS.items())
    return (
        f"usage: scumble data ACTION ...\n\n{rows}\n\n"
        "scumble data ACTION --help shows the options and an example."
    )
