"""The web application of the studio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import scumble
from scumble.errors import ScumbleError
from scumble.studio import routes_archive, routes_jobs, routes_projects
from scumble.studio.refusals import BusyError, RefusedError, StaleError
from scumble.studio.routes import REFUSALS
from scumble.studio.security import Guard
from scumble.studio.settings import Settings
from scumble.studio.studio import Studio

STATIC = Path(__file__).parent / "static"
"""The page and all that it loads."""


def create_app(settings: Settings) -> FastAPI:
    """The application: the interface below ``/api``, the page at ``/``.

    Args:
        settings: folders, limits, and under which names it may be addressed.

    Raises:
        ConfigError: the folder of projects cannot be used.
        CheckpointError: a checkpoint cannot be used.
    """
    studio = Studio(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        studio.start()
        yield
        studio.stop()

    app = FastAPI(
        title="scumble studio",
        version=scumble.__version__,
        description="Everything that the page of the studio does.",
        openapi_url="/api/openapi.json",
        # Their pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=REFUSALS,
    )
    app.state.studio = studio
    # Before the projects, of which one route would take "archive" for an id.
    for router in (routes_archive.router, routes_projects.router, routes_jobs.router):
        app.include_router(router)
    app.mount("/", StaticFiles(directory=STATIC, html=True, check_dir=False), name="page")
    app.add_exception_handler(ScumbleError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_values)
    app.add_exception_handler(HTTPException, _refuse_request)
    app.add_middleware(Guard, settings=settings)
    return app


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    """A message that was written for the user; it never names a folder of ours."""
    settings: Settings = request.app.state.studio.settings
    content: dict[str, object] = {"detail": str(error).replace(f"{settings.projects}/", "")}
    headers = {"retry-after": str(error.wait)} if isinstance(error, BusyError) else None
    if isinstance(error, StaleError):
        content["revision"] = error.revision
    status = error.status if isinstance(error, RefusedError) else 422
    return JSONResponse(content, status, headers)


async def _refuse_values(_: Request, error: Exception) -> JSONResponse:
    """The first value of a request that is not as documented, in one sentence; it is not repeated."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": f"{place}: {first['msg']}."}, 422)


async def _refuse_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": str(error.detail)}, error.status_code, error.headers)
