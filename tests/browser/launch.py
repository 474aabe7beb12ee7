"""A studio as people start it, in a process of its own, and a browser, for benchmarks and for the tour."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scumble.streets import Streets
from tests.browser.conftest import CHROMIUM, OPTIONS, middle_of_car, playwright
from tests.browser.editor import Place


@contextmanager
def studio(projects: Path, threads: int) -> Iterator[str]:
    """The address of a studio with the shipped checkpoints.

    Args:
        projects: an empty folder.
        threads: of the CPU, for its networks.
    """
    command = [sys.executable, "-m", "scumble", "studio", "--port", "0", "--no-browser"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    with subprocess.Popen(
        [*command, "--projects", str(projects)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://[^/ ]+", process.stdout.readline())
            assert found is not None, "the studio did not start"
            yield found.group()
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield browser
        browser.close()


def street(address: str, folder: Path, number: int, size: tuple[int, int] = (256, 256)) -> Place:
    """A rendered street that no training sees, as files to give to a studio.

    Args:
        address: of the studio.
        folder: where the files are written.
        number: of the street.
        size: width and height.
    """
    scene = Streets("test", number + 1, *size)[number]
    photo, labels = folder / f"street_{number}.png", folder / f"street_{number}_labels.png"
    Image.fromarray(scene.image).save(photo)
    Image.fromarray(scene.labels.astype(np.uint8)).save(labels)
    return Place(address, photo, labels, folder, size, middle_of_car(scene))
