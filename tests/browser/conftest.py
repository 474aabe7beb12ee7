"""A studio that runs, and a browser that looks at it; skipped where there is no browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from scumble.checkpoint import save_checkpoint
from scumble.scene import Scene
from scumble.streets import render_street
from tests.browser.editor import Editor, Place
from tests.editing_fixture import untrained
from tests.ipose_fixture import ipose

uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed, so there is no studio to look at")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


def middle_of_car(scene: Scene) -> tuple[int, int]:
    """The pixel of the largest car that is farthest inside it."""
    depth = ndimage.distance_transform_edt(np.pad(scene.select("car#0"), 1))[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return int(x), int(y)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A studio with the shipped checkpoints and two small untrained ones."""
    from scumble.studio.app import create_app
    from scumble.studio.settings import Settings

    folder = tmp_path_factory.mktemp("studio")
    street = render_street(3, width=256, height=128)
    Image.fromarray(street.image).save(folder / "street.png")
    Image.fromarray(street.labels.astype(np.uint8)).save(folder / "labels.png")
    for name, checkpoint in (("divsem-tiny", untrained()), ("ipose-tiny", ipose())):
        save_checkpoint(folder / name, checkpoint, card="# untrained\n")
    settings = Settings(
        projects=folder / "projects", checkpoints=(folder / "divsem-tiny", folder / "ipose-tiny")
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    port = listener.getsockname()[1]
    photo, labels = folder / "street.png", folder / "labels.png"
    yield Place(f"http://127.0.0.1:{port}", photo, labels, folder, street.size, middle_of_car(street))
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed, so there is no browser to look with")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture
def editor(browser: Any, place: Place) -> Iterator[Editor]:
    """The page with a street open, which paints when it is told to."""
    opened = Editor(browser, place, (1280, 800))
    opened.open()
    opened.page.uncheck("#live")
    yield opened
    opened.close()
