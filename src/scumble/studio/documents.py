"""The edit list of a project: checked, and with references to pictures resolved.

In the studio the files of a `Style` are ids of reference pictures of the project. What else a client writes
there is refused, so that no request makes the server open a file of the client's choice.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Container, Sequence
from typing import Any

from scumble.edit import Edit, Operation, Style
from scumble.errors import InputError, short
from scumble.files import MAX_PIXELS

MAX_OPERATIONS = 10_000
"""Operations that an edit list may have."""
MAX_MASK_PIXELS = 4 * MAX_PIXELS
"""Pixels of all masks of an edit list together; a few bytes can stand for millions."""
LABELS = ".labels"
"""What follows the id of a reference picture where its label map is meant."""


def parse_operations(operations: Sequence[Any], references: Container[str]) -> Edit | None:
    """The edit that a client wrote.

    Args:
        operations: as in `Edit.to_dict`, but a style's ``path`` is the id of a reference picture, and its
            ``labels`` the same id followed by ``.labels``.
        references: what a style may name.

    Returns:
        The edit, its styles as written; None where there are no operations.

    Raises:
        InputError: it is no edit, too large, or names a reference that the project does not have.
    """
    if not operations:
        return None
    if len(operations) > MAX_OPERATIONS:
        raise InputError(f"There are {len(operations)} operations; expected at most {MAX_OPERATIONS}.")
    area = sum(_mask_pixels(entry) for entry in operations)
    if area > MAX_MASK_PIXELS:
        raise InputError(
            f"The masks of the edit have {short(area)} pixels together; expected at most {MAX_MASK_PIXELS:,}."
        )
    edit = Edit.from_dict({"operations": list(operations)})
    try:
        json.dumps(edit.to_dict(), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError("The edit has a text that is no Unicode; expected plain characters.") from None

    def check(name: str) -> str:
        if name not in references:
            raise InputError(
                f"A style names the picture {short(name)}; expected the id of a reference picture of this "
                "project; upload it first."
            )
        return name

    return with_style_files(edit, check)


def written(edit: Edit | None) -> list[Any]:
    """The operations as they are sent and stored, with every default told; empty for no edit."""
    if edit is None:
        return []
    operations: list[Any] = edit.to_dict()["operations"]
    return operations


def with_style_files(edit: Edit, renamed: Callable[[str], str]) -> Edit:
    """The edit with other names for the files of its styles.

    Args:
        edit: any edit.
        renamed: gives the new name of a picture or a label map.
    """
    return Edit(tuple(_with_style_files(operation, renamed) for operation in edit.operations))


def _with_style_files(operation: Operation, renamed: Callable[[str], str]) -> Operation:
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(operation):
        style = getattr(operation, field.name)
        if isinstance(style, Style):
            labels = None if style.labels is None else renamed(style.labels)
            changed[field.name] = dataclasses.replace(style, path=renamed(style.path), labels=labels)
    return dataclasses.replace(operation, **changed) if changed else operation


def _mask_pixels(entry: Any) -> int:
    """Pixels of the masks that one written operation declares."""
    if not isinstance(entry, dict):
        return 0
    total = 0
    for value in entry.values():
        size = value.get("size") if isinstance(value, dict) else None
        if isinstance(size, list) and len(size) == 2 and all(type(n) is int and n > 0 for n in size):
            total += size[0] * size[1]
    return total
