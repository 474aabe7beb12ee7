"""A person at the page of the studio, as far as tests need one."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PATIENCE = 120_000
"""Milliseconds to wait for what a slow machine computes."""


@dataclass(frozen=True)
class Place:
    """Where the studio is, and files to give to it.

    Attributes:
        address: of the page.
        photo: a street.
        labels: what is where in it.
        folder: for files that tests write.
        size: width and height of the photo.
        car: a pixel of its largest car.
    """

    address: str
    photo: Path
    labels: Path
    folder: Path
    size: tuple[int, int]
    car: tuple[int, int]


class Held:
    """Requests of a page that are held back until the block ends, or they are released.

    Args:
        page: whose requests.
        pattern: of their addresses.
    """

    def __init__(self, page: Any, pattern: str) -> None:
        self.page, self.pattern = page, pattern
        self.count = 0
        """How many there have been."""
        self._waiting: list[Any] | None = []

    def __enter__(self) -> Held:
        self.page.route(self.pattern, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self.page.unroute(self.pattern, self._take)

    def _take(self, route: Any) -> None:
        self.count += 1
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def wait(self, count: int) -> None:
        """Wait until there have been so many."""
        for _ in range(PATIENCE // 20):
            if self.count >= count:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{self.count} requests, expected {count}")

    def release(self) -> None:
        """Let them go, and all that follow."""
        waiting, self._waiting = self._waiting, None
        for route in waiting or []:
            route.continue_()


class Editor:
    """Drives one page.

    Args:
        browser: of playwright.
        place: where the studio is.
        size: of the window in pixels.
        touch: whether the window is of a device that is touched.
    """

    def __init__(self, browser: Any, place: Place, size: tuple[int, int], *, touch: bool = False) -> None:
        from playwright.sync_api import expect

        expect.set_options(timeout=PATIENCE)
        self.expect = expect
        self.place = place
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=touch, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)
        self.load()

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.place.address, "blob:", "data:")):
            self.strangers.append(request.url)

    def load(self) -> None:
        """Open the page."""
        self.page.goto(self.place.address)
        self.page.wait_for_selector("body[data-loaded]")

    def reload(self) -> None:
        """Open it again, as after a crash of the browser."""
        self.page.reload()
        self.page.wait_for_selector("body[data-loaded]")

    def open(self, *, labels: bool = True, checkpoint: str = "divsem-tiny") -> None:
        """Begin with the photo, with its label map or without one."""
        page = self.page
        if not page.locator("#start[open]").count():
            page.click("#open")
        if labels:
            page.click("text=The photo has a label map already")
            page.set_input_files("#photo-labels", self.place.labels)
        page.set_input_files("#photo-file", self.place.photo)
        self.expect(page.locator("#start")).to_be_hidden()
        self.expect(page.locator("#classes [role=option]").first).to_be_visible()
        if labels:
            self.choose_checkpoint(checkpoint)

    def choose_checkpoint(self, name: str) -> None:
        """Choose what paints."""
        self.tab("picture")
        self.page.select_option("#checkpoint", name)

    def tab(self, name: str) -> None:
        """Show a panel, where the window is too small for all."""
        if self.page.locator(f"#tab-{name}").is_visible():
            self.page.click(f"#tab-{name}")

    def choose(self, class_name: str, tool: str) -> None:
        """Choose a class and a tool."""
        self.tab("classes")
        self.page.fill("#search", class_name)
        self.page.locator("#classes [role=option]", has_text=class_name).first.click()
        self.page.fill("#search", "")
        self.page.click(f"#tool-{tool}")

    def slide(self, control: str, value: int) -> None:
        """Set a slider, by its id."""
        self.page.eval_on_selector(
            f"#{control}",
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }",
            value,
        )

    def at(self, pixel: tuple[float, float]) -> tuple[float, float]:
        """Where a pixel of the picture is in the window, while all of it is shown."""
        box = self.page.locator("#canvas").bounding_box()
        width, height = self.place.size
        scale = min((box["width"] - 24) / width, (box["height"] - 24) / height)
        x = box["x"] + (box["width"] - width * scale) / 2 + (pixel[0] + 0.5) * scale
        y = box["y"] + (box["height"] - height * scale) / 2 + (pixel[1] + 0.5) * scale
        return x, y

    def click(self, pixel: tuple[float, float]) -> None:
        """Click a pixel of the picture."""
        self.page.mouse.click(*self.at(pixel))

    def drag(self, pixels: Sequence[tuple[float, float]]) -> None:
        """Draw a line through pixels of the picture."""
        self.page.mouse.move(*self.at(pixels[0]))
        self.page.mouse.down()
        for pixel in pixels[1:]:
            self.page.mouse.move(*self.at(pixel), steps=4)
        self.page.mouse.up()

    def expect_operations(self, count: int) -> None:
        """Wait until the edit list has this length."""
        self.expect(self.page.locator("body")).to_have_attribute("data-operations", str(count))

    def expect_status(self, text: str) -> None:
        """Wait until the line below the picture says something."""
        self.expect(self.page.locator("#status")).to_contain_text(text)

    def save(self, what: str) -> Path:
        """Save ``picture``, ``map``, ``recipe`` or ``project``."""
        self.page.click("#save summary")
        with self.page.expect_download() as download:
            self.page.click(f"#save-{what}")
        path = self.place.folder / f"{what}-{id(self)}-{download.value.suggested_filename}"
        download.value.save_as(path)
        return path

    def map(self) -> NDArray[np.uint8]:
        """The label map that the page shows, in the colours of its classes."""
        return np.asarray(Image.open(self.save("map")).convert("RGB"))

    def operations(self) -> list[Any]:
        """The edit list as the server has it."""
        recipe = json.loads(self.save("recipe").read_text())
        operations: list[Any] = recipe["edit"]["operations"]
        return operations

    @property
    def project(self) -> str:
        """The id of the project that is open."""
        return str(self.page.url.split("#")[1])

    def edit_address(self, project: str | None = None) -> str:
        """Where the server has the edit list of a project, of the one that is open by default."""
        return f"{self.place.address}/api/projects/{project or self.project}/edit"

    def edit(self, project: str | None = None) -> Any:
        """The edit list as the server has it now, with its revision and choices."""
        answer = self.page.request.get(self.edit_address(project))
        assert answer.ok, answer.text()
        return answer.json()

    def ended(self, job: str) -> Any:
        """Wait until a job has ended, in whatever way."""
        for _ in range(PATIENCE // 50):
            state = self.page.request.get(f"{self.place.address}/api/jobs/{job}").json()
            if state["state"] in ("done", "failed", "cancelled"):
                return state
            self.page.wait_for_timeout(50)
        raise AssertionError(f"still {state}")

    def settle(self) -> None:
        """Let the page do what it does of its own accord when something has arrived."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def server_map(self, which: str) -> NDArray[np.uint8]:
        """A map of the project as the server makes it, from the saved edit list."""
        answer = self.page.request.get(f"{self.place.address}/api/projects/{self.project}/{which}.png")
        assert answer.ok, answer.text()
        return np.asarray(Image.open(io.BytesIO(answer.body())))

    def close(self) -> None:
        """Leave; nothing may have gone wrong."""
        self.context.close()
        assert not self.errors, "scripts of the page failed"
        assert not self.strangers, "the page asked other servers for something"
