"""The errors that scumble raises for what a user can mend.

Every message is one sentence or two: the file, the place, the value found, what was expected, the
remedy. The command line prints it and exits with code 2; any other exception is a bug.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from typing import Any


class ScumbleError(Exception):
    """Base of all errors whose message is written for the user."""


class InputError(ScumbleError):
    """A picture, map or mask cannot be used."""


class LabelError(InputError):
    """A label map or a class name does not fit the label space."""


class CheckpointError(ScumbleError):
    """A checkpoint is missing, damaged or of another kind."""


class ConfigError(ScumbleError):
    """An option or a combination of options is not possible."""


class DataError(ScumbleError):
    """A data set on disk is not what its layout promises."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A half sentence that names the closest known spelling, or lists what is known.

    Args:
        name: what the user wrote.
        known: the accepted spellings.

    Returns:
        For example ``did you mean 'car'?`` or ``known: car, road, sky``.
    """
    names = list(known)
    lowered = {candidate.lower(): candidate for candidate in names}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1)
    if close:
        return f"did you mean {lowered[close[0]]!r}?"
    return "known: " + ", ".join(names)


def short(value: Any) -> str:
    """The beginning of a value, on one line, for a message.

    Args:
        value: anything that a file may hold.
    """
    try:
        return " ".join(reprlib.repr(value).split())
    except ValueError:
        return "a number of thousands of digits"  # which Python refuses to print
