"""A studio under test, and what its tests ask of it again and again."""

from __future__ import annotations

import io
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from numpy.typing import NDArray
from PIL import Image

from scumble.checkpoint import save_checkpoint
from scumble.scene import Scene
from scumble.studio.app import create_app
from scumble.studio.settings import Settings
from tests.editing_fixture import scene, untrained
from tests.ipose_fixture import ipose
from tests.labeler_fixture import untrained_labeler

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it recommends another library than httpx
    from fastapi.testclient import TestClient

Client = TestClient
"""A client of a studio in the same process."""

REMOVE_CAR = [{"operation": "remove", "selector": "car"}]
BOX = [{"operation": "box", "x0": 20, "y0": 30, "x1": 50, "y1": 60, "class_name": "car"}]


def write_checkpoints(folder: Path) -> tuple[Path, ...]:
    """An editing, a synthesis and a labelling checkpoint of one label space, all with random weights."""
    made = {"tiny-edit": untrained(), "tiny-paint": ipose(), "tiny-label": untrained_labeler(size=64)}
    for name, checkpoint in made.items():
        save_checkpoint(folder / name, checkpoint, card="# untrained\n")
    return tuple(folder / name for name in made)


def settings_of(checkpoints: tuple[Path, ...], projects: Path, **changes: Any) -> Settings:
    """Settings of a studio on this machine alone."""
    return Settings(projects=projects, checkpoints=checkpoints, **changes)


@contextmanager
def started(settings: Settings) -> Iterator[Client]:
    """A client in the same process; exceptions in the studio become answers, as they do outside of tests."""
    app = create_app(settings)
    with Client(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address of a studio that listens on a port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(settings), log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def png(array: NDArray[Any]) -> bytes:
    """A PNG file."""
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format="PNG")
    return stream.getvalue()


def pixels(answer: httpx.Response) -> NDArray[np.uint8]:
    """The picture of an answer."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def ids(answer: httpx.Response) -> NDArray[np.int32]:
    """The map of an answer, as a canvas reads it."""
    colors = pixels(answer).astype(np.int32)
    return colors[..., 0] * 65536 + colors[..., 1] * 256 + colors[..., 2]


def drawn(width: int = 80, height: int = 64, seed: int = 0) -> Scene:
    """A photo with maps."""
    return scene(width, height, seed)


def files_of(drawn: Scene, *, maps: bool = True) -> dict[str, Any]:
    """A photo, with or without its label map, to be sent."""
    files: dict[str, Any] = {"photo": ("photo.png", png(drawn.image))}
    if maps:
        files["labels"] = ("labels.png", png(drawn.labels.astype(np.uint8)))
    return files


def new_project(client: httpx.Client, photo: Scene | None = None, *, maps: bool = True) -> dict[str, Any]:
    """A project of a photo."""
    answer = client.post("/api/projects", files=files_of(photo or drawn(), maps=maps))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def blank_project(client: httpx.Client, width: int = 64, height: int = 64) -> dict[str, Any]:
    """A project without a photo, all road."""
    body = {"width": width, "height": height, "label_space": "camvid", "fill": "road"}
    answer = client.post("/api/projects/blank", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def save(client: httpx.Client, project: str, revision: int, operations: list[Any]) -> dict[str, Any]:
    """Save an edit list."""
    body = {"revision": revision, "operations": operations}
    answer = client.put(f"/api/projects/{project}/edit", json=body)
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def finished(client: httpx.Client, project: str, **request: Any) -> dict[str, Any]:
    """A job when it has ended."""
    answer = client.post(f"/api/projects/{project}/jobs", json=request)
    assert answer.status_code == 202, answer.text
    return ended(client, answer.json()["id"])


def ended(client: httpx.Client, job_id: str, seconds: float = 60) -> dict[str, Any]:
    """Wait until a job has ended."""
    until = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = client.get(f"/api/jobs/{job_id}").json()
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        assert time.monotonic() < until, job
        time.sleep(0.01)
