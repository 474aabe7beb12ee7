"""Reading edits from files: an edit alone, or the record of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scumble.edit import Edit
from scumble.errors import InputError


def read_recipe(path: Path) -> dict[str, Any]:
    """What a file with an edit holds.

    Raises:
        InputError: it cannot be read, or holds no object.
    """
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a recipe that can be read ({error}); give a result.json.") from error
    if not isinstance(recipe, dict):
        raise InputError(f"{path} holds {type(recipe).__name__}, expected an object with the key 'edit'.")
    return recipe


def edit_of(recipe: dict[str, Any]) -> Edit:
    """The edit of a recipe, which may be the edit itself.

    Raises:
        InputError: it is no edit.
    """
    return Edit.from_dict(recipe.get("edit", recipe))


def read_edit(path: Path) -> Edit:
    """The edit in a file.

    Raises:
        InputError: there is none.
    """
    return edit_of(read_recipe(path))
