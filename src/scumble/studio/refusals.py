"""Errors of the studio, with the HTTP status that they mean."""

from __future__ import annotations

from scumble.errors import ScumbleError


class RefusedError(ScumbleError):
    """A request that is not carried out; the message is shown to the client."""

    status = 400


class NotHereError(RefusedError):
    """There is nothing with this id."""

    status = 404


class ConflictError(RefusedError):
    """The request does not fit the state of what it changes."""

    status = 409


class StaleError(ConflictError):
    """Somebody else has saved the edit list since it was read.

    Args:
        revision: the present one.
    """

    def __init__(self, revision: int) -> None:
        super().__init__(
            f"The edit list was changed elsewhere and is at revision {revision} now; read it again before "
            "saving."
        )
        self.revision = revision


class TooLargeError(RefusedError):
    """More bytes, files or pixels than are taken."""

    status = 413


class BusyError(RefusedError):
    """Too much is asked for at once.

    Args:
        message: what is too much.
        wait: seconds after which it may go.
    """

    status = 429

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait
