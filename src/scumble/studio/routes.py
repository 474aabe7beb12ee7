"""What several routes use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi import Path as InPath

from scumble.studio.models import Refused
from scumble.studio.refusals import NotHereError
from scumble.studio.studio import Studio

Id = Annotated[str, InPath(pattern=r"^[A-Za-z0-9_-]{22}$", description="As the server gave it.")]
"""An id in a path; it is looked up, and never part of a file's name unless it was found."""

PNG_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}
"""What the interface's documentation says of a route that answers with a picture."""

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refused} for status in (400, 401, 403, 404, 409, 413, 422, 429, 500)
}
"""What every route may answer instead."""

_FOREVER = {"cache-control": "private, max-age=86400, immutable"}


def _studio_of(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


StudioDep = Annotated[Studio, Depends(_studio_of)]
"""What a route names to get the studio."""


def picture(png: bytes) -> Response:
    """A picture that never changes under its address."""
    return Response(png, media_type="image/png", headers=_FOREVER)


def picture_file(path: Path) -> Response:
    """A picture from a file of ours.

    Raises:
        NotHereError: it has been deleted meanwhile.
    """
    try:
        return picture(path.read_bytes())
    except FileNotFoundError:
        raise NotHereError("There is no such picture any more.") from None
